"""Showing answers: tables, files, charts, the report. Formats only; every number comes from a measure."""
