"""Published claims as checks: what a claim file says, what its figures come to, and the verdict.

A claim is data (claims/<publication>/<claim>.toml). Nothing here reads a store: `answers.checked` finds the
figures, this package reads files, computes formulas and judges.
"""
