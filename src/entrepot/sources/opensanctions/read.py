"""Nothing is read into the store: files are kept as they came, and read when a shipment is screened."""

from __future__ import annotations

from typing import Final

from entrepot.sources._format import Format

FORMATS: Final[tuple[Format, ...]] = ()
