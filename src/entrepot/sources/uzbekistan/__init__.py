"""Uzbekistan, Statistics Agency: annual trade by partner."""
