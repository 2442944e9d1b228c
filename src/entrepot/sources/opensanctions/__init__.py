"""OpenSanctions: lists of sanctioned parties of many authorities, in one form."""
