"""Armenia, Statistical Committee: monthly trade by partner, re-exports."""
