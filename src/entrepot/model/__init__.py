"""What a flow is: columns, areas, commodities, periods, provenance. No input, no output, no clock."""
