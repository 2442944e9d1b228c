"""Case by case: shipments and the parties to them, each held against dated rules and lists.

What is told
    read        a CSV, a workbook, a Parquet file or one shipment in words; template: an empty workbook
    cells       what one cell says, and why it is not understood
    derive      what libraries make of texts (words): the country of a telephone, a usual mailbox, a forwarder

What it is held against
    lists       published lists of parties; names finds who may be on them, and says why
    corridors   rerouted trade found in statistics (_saved, _spans); bands: usual prices
    evidence    all of it, gathered once for measures.shipment_rules

What comes of it
    screen      one screening from the user's words to the answer; run: its stages, each a Parquet file
    result      what is handed out, and what goes on record

What stays
    records     that a search was made; cases: what people may decide about; decisions: what they did
    log         lines that cannot be changed unseen; said: what may be written in them
    answered    what is on record, as answers; certificate: one search as a text

A flag asks for a person's look. No flag is no clearance, and unknown is never false.
"""

from entrepot.screening.screen import Settings, screen

__all__ = ["Settings", "screen"]
