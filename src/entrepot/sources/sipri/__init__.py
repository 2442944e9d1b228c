"""The arms transfers register of the Stockholm International Peace Research Institute."""
