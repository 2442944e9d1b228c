"""International Trade Administration of the United States: the Consolidated Screening List."""
