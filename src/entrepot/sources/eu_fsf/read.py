"""Nothing is read into the store: a list of parties is read when a shipment is screened (parties.py)."""

from __future__ import annotations

from typing import Final

from entrepot.sources._format import Format

FORMATS: Final[tuple[Format, ...]] = ()
