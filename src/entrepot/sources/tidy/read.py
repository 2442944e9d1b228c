"""Reads the tidy format: CSV, XLSX or Parquet with the canonical column names. See docs/reference/tidy.md."""

from __future__ import annotations

from functools import lru_cache

import ibis
from ibis.expr.operations import Node
from ibis.expr.types import Table, Value

from entrepot.model.flow import Flow, Status
from entrepot.sources._canonical import (
    Check,
    canonical,
    digits,
    hs_revision,
    month,
    not_a_number,
    number,
    plain_month,
    text,
    unknown,
    year,
)
from entrepot.sources._format import Format
from entrepot.sources._head import Head
from entrepot.sources.tidy import _sidecar, beside
from entrepot.sources.tidy._areas import coded, unmarked

_KEYS = frozenset({"reporter", "partner", "flow", "period", "commodity"})
_NUMBERS = ("value", "value_usd", "value_eur", "net_weight_kg", "quantity")
_TEXTS = (
    "partner2",
    "procedure",
    "transport",
    "location",
    "valuation",
    "quantity_unit",
    "hs_revision",
    "currency",
)
_OPTIONAL = frozenset((*_NUMBERS, *_TEXTS, "partner_basis", "frequency", "is_estimated", "status", "cites"))
_CODES = {
    "partner_basis": ("origin", "destination", "consignment"),
    "valuation": ("cif", "fob"),
    "flow": tuple(Flow),
    "status": tuple(Status),
}


def recognise(head: Head) -> bool:
    """The five key columns under their own names, and a value."""
    return head.has(*_KEYS) and any(name in head.columns for name in _NUMBERS)


def interpret(raw: Table, head: Head) -> Table:
    """One row is one cell; areas by code or by name."""
    usual = "EUR" if head.has("value_eur") and not head.has("value_usd") else "USD"
    return _interpreted(raw.op(), usual)


@lru_cache(maxsize=32)
def _interpreted(op: Node, usual: str) -> Table:
    """The same columns are the same expression: to put it together takes half of adding a small file."""
    raw = op.to_expr()
    # Beneath the join with the names of areas: an engine reads a text that repeats once, up to there.
    read = raw.mutate(
        period_read=_period(raw.period.strip()), **{f"{name}_read": number(raw[name]) for name in _NUMBERS}
    )
    named = coded(read, "reporter", "partner")
    period = named.period_read
    frequency = ibis.coalesce(
        text(named.frequency), ibis.ifelse(named.period.strip().length() == 4, "A", "M")
    )
    commodity = text(named.commodity)
    value, currency = _value(named)
    flow = text(named.flow).lower()
    basis = ibis.coalesce(
        text(named.partner_basis), ibis.ifelse(flow.contains("import"), "origin", "destination")
    )
    checks = [
        unknown("reporter", raw.reporter, named.reporter_code, "area"),
        unknown("partner", raw.partner, named.partner_code, "area"),
        unknown("period", raw.period, period, "period: write 2021, 2021-03 or 2021-03-01"),
        Check("commodity", raw.commodity, commodity.isnull(), "no commodity: write TOTAL for all goods"),
        Check(
            "currency",
            text(named.currency),
            currency.isnull() & value.notnull(),
            "no currency beside `value`",
        ),
        *(not_a_number(name, named[name], read=named[f"{name}_read"]) for name in _NUMBERS),
        unmarked(named, "reporter", "partner"),
        *_unlike_currencies(named),
        *(_one_of(name, text(named[name]).lower()) for name in _CODES),
    ]
    return canonical(
        named,
        checks,
        reporter=named.reporter_code,
        partner=named.partner_code,
        partner_basis=basis,
        flow=flow,
        period=period,
        frequency=frequency,
        commodity=commodity,
        digits=ibis.ifelse(
            (commodity == "TOTAL") | commodity.re_search(r"^[0-9]+$"), digits(commodity), ibis.null("int8")
        ),
        hs_revision=ibis.coalesce(
            text(named.hs_revision),
            ibis.ifelse(commodity == "TOTAL", ibis.null("string"), hs_revision(period)),
        ),
        value=value,
        currency=ibis.coalesce(currency, usual),
        net_weight_kg=named.net_weight_kg_read,
        quantity=named.quantity_read,
        is_estimated=text(named.is_estimated).lower().isin(["true", "1", "yes"]).fill_null(False),
        status=ibis.coalesce(text(named.status).lower(), "reported"),
        **{
            name: text(named[name])
            for name in ("partner2", "procedure", "transport", "location", "quantity_unit")
        },
        valuation=text(named.valuation).lower(),
    )


def _unlike_currencies(named: Table) -> list[Check]:
    """A value must be said once, in one currency."""
    said = {name: text(named[name]).notnull() for name in ("value", "value_usd", "value_eur")}
    currency = text(named.currency).upper()
    twice = ibis.or_(
        said["value"] & (said["value_usd"] | said["value_eur"]), said["value_usd"] & said["value_eur"]
    )
    unlike = (said["value_usd"] & (currency != "USD")) | (said["value_eur"] & (currency != "EUR"))
    return [
        Check(
            "value", named.period, twice, "a value in more than one column: give each currency its own row"
        ),
        Check("currency", named.currency, unlike, "not the currency of the value's column"),
        Check("currency", named.currency, ~currency.re_search(r"^[A-Z]{3}$"), "not an ISO 4217 code"),
    ]


def _period(written: Value) -> Value:
    dated = written.re_search(r"^\d{4}-\d{2}(-\d{2}( 00:00:00)?)?$")
    otherwise = ibis.ifelse(dated, month(written), ibis.null("date"))
    return ibis.coalesce(plain_month(written), year(written), otherwise)


def _value(raw: Table) -> tuple[Value, Value]:
    value = ibis.coalesce(raw.value_read, raw.value_usd_read, raw.value_eur_read)
    named = ibis.cases(
        *(
            (raw[f"value_{one.lower()}_read"].notnull() | text(raw[f"value_{one.lower()}"]).notnull(), one)
            for one in ("USD", "EUR")
        ),
        else_=ibis.null("string"),
    )
    return value, ibis.coalesce(text(raw.currency).upper(), named)


def _one_of(name: str, value: Value) -> Check:
    allowed = _CODES[name]
    missing = value.isnull() if name == "flow" else ibis.literal(False)
    return Check(name, value, missing | ~value.isin(allowed), f"not one of: {', '.join(allowed)}")


FORMATS = (
    Format(
        "tidy",
        recognise,
        interpret,
        handled=_KEYS,
        optional=_OPTIONAL,
        ignored={
            **dict.fromkeys(("digits", "breakdown", "source", "snapshot", "row"), "derived anew"),
        },
        load=beside.load,
        card=_sidecar.card,
        published=_sidecar.published,
    ),
    *beside.FORMATS,
)
