"""A list of parties of the user's own, as CSV or XLSX."""
