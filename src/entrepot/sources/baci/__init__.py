"""CEPII's BACI: bilateral trade by HS6 product, both sides of Comtrade reconciled into one figure."""
