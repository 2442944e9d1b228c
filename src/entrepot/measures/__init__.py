"""Measures: functions from tables to a table. No I/O, no clock, no flag that changes what they mean."""
