"""The program's own tidy format, for everything that has no reader."""
