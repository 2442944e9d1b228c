"""Customs of China through the Wind terminal: monthly imports of fossil fuels from Russia."""
