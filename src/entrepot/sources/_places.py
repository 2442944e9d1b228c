"""Areas by the names that registers of acts and votes call them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.sources._canonical import looked_up, text

_SIMULATED: Final = r"^(AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z])$"


def placed(raw: Table, known: Mapping[str, str], **columns: Value) -> Table:
    """Codes of ours for columns of names or codes, null where nothing is called that; and `is_invented`.

    known: names in lower case. `placed(raw, names, partner=raw.Country)` adds the column `partner`.
    """
    made_up = []
    for name, written in columns.items():
        raw = looked_up(raw, **{name: (text(written).lower(), known)})
        invented = raw[name].isnull() & text(written).re_search(_SIMULATED)
        raw = raw.mutate(**{name: ibis.ifelse(invented, text(written), raw[name]), f"{name}_made": invented})
        made_up.append(f"{name}_made")
    any_made = ibis.or_(*(raw[name].fill_null(False) for name in made_up))
    return raw.mutate(is_invented=any_made).drop(*made_up)


def status(placed_rows: Table, told: Value | str = "reported") -> Value:
    """`simulated` of invented countries, else what is told."""
    return ibis.ifelse(placed_rows.is_invented, "simulated", told)


def marks(*flags: tuple[Value, str]) -> Value:
    """The words of the flags that are up, with spaces between; null where none is."""
    said: Value = ibis.literal("")
    for is_up, word in flags:
        said = said + ibis.ifelse(is_up.fill_null(False), f"{word} ", "")
    return said.strip().nullif("")
