"""Votes in the General Assembly of the United Nations."""
