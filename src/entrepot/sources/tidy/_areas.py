"""Areas as users write them: by code or by name, invented ones too, which must be marked."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.area import aggregates, lookup
from entrepot.sources._canonical import Check, looked_up, text


def coded(raw: Table, *columns: str) -> Table:
    """For each column one more, `<column>_code`, with the code of ours; null where nothing is called that."""
    known = {**lookup("name"), **lookup("iso2"), **lookup("iso3"), **_own_codes()}
    lower = {key.lower(): code for key, code in known.items()}
    # Beneath the join: an engine asks a text that repeats once, up to there.
    read = raw.mutate(**{f"{name}_invented": _invented(raw[name]) for name in columns})
    named = looked_up(read, **{f"{name}_code": (read[name].strip().lower(), lower) for name in columns})
    return named.mutate(
        **{
            f"{name}_code": ibis.coalesce(named[f"{name}_code"], named[f"{name}_invented"])
            for name in columns
        }
    )


def unmarked(named: Table, *columns: str) -> Check:
    """The check that rows of invented countries say so."""
    invented = ibis.or_(*(named[f"{name}_code"] == named[f"{name}_invented"] for name in columns))
    return Check(
        "status",
        named.status,
        invented & (text(named.status).lower().fill_null("") != "simulated"),
        "an invented country, so the row must say status simulated",
    )


def _own_codes() -> dict[str, str]:
    """The codes of this program, those of groups and special areas too: what it writes it can read."""
    schemes = (lookup(scheme) for scheme in ("gacc", "eurostat", "comtrade", "name"))
    return {code: code for code in (*aggregates(), *(code for scheme in schemes for code in scheme.values()))}


def _invented(name: Value) -> Value:
    """ISO 3166 user-assigned codes stand for countries that do not exist."""
    code = name.strip().upper()
    is_assigned = code.re_search(r"^(A[A][A-Z]|Q[M-Z][A-Z]|X[A-Z][A-Z]|Z[Z][A-Z])$") & (code != "XKX")
    return ibis.ifelse(is_assigned, code, ibis.null("string"))
