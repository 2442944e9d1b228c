"""Kyrgyzstan, National Statistical Committee: annual trade by partner, imports by item."""
