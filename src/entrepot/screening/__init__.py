"""Case by case: shipments and the parties to them, each held against dated rules and lists.

    read        a CSV, a workbook or a Parquet file becomes shipments; what is unclear is told (cells)
    lists       published lists of parties; names finds who may be on them, and says why
    corridors   rerouted trade found in statistics; bands: usual prices; derive: what libraries make of texts
    run         stage by stage: every rule true, false or unknown of each (measures.shipment_rules)
    decisions   what people decided about matches and flags; records: that a search was made (log)
    result      what is handed out

A flag asks for a person's look. No flag is no clearance, and unknown is never false.
"""

from entrepot.screening.screen import Settings, screen

__all__ = ["Settings", "screen"]
