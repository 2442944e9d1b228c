"""The European Central Bank's euro reference rates: averages of months and years."""
