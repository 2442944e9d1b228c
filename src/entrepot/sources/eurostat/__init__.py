"""Eurostat: international trade in goods of the EU members (Comext)."""
