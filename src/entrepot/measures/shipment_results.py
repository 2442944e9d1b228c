"""From what the rules say of each shipment to what a person reads: flags, reasons, outcomes.

One flag means that somebody is to look; none means that these rules found nothing, and never "cleared".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import ibis

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Column, IntegerValue, StringValue, Table

    from entrepot.model.rule import Rule

WHO: Final = ("shipment", "exporter", "consignee", "end_user", "hs_code")
"""What a case is about, whatever its rule: a decision about one consignee says nothing of another."""

REVIEW, DECIDED, REFUSED, UNREAD, NOTHING = "review", "decided", "refused", "not all read", "no flag"
"""Outcomes: a flag or match nobody decided about; all decided by people; one of them to refuse; no flag, and
some cell was not understood; no flag, which is no clearance."""

SHOWN: Final = ("exporter_country", "via", "destination", "hs_code", "date", "value", "currency", "consignee")
_RAISING: Final = "corridor"  # a discovered corridor asks for everything that is not known


def verdicts(judged: Table, rules: Sequence[Rule]) -> Table:
    """One row per shipment and rule: what it says ("true", "false", "unknown") and why.

    judged: shipments with, for every rule, its column and `<rule>__because`; see measures.shipment_rules.
    place: of the rule in the order of its files.
    """
    return _each(judged, rules, lambda rule: {"result": _word(judged[rule.column])})


def flags(judged: Table, rules: Sequence[Rule]) -> Table:
    """One row per flag, a rule that is true of a shipment, and why.

    facts: the fields it rests on and what stands in them, by which a decision knows it again.
    """
    return _each(
        judged,
        rules,
        lambda rule: {"facts": _facts(judged, dict.fromkeys((*WHO, *rule.field_names)))},
        lambda rule: judged[rule.column],
    )


def _each(judged: Table, rules: Sequence[Rule], more: Any, kept: Any = None) -> Table:
    def one(place: int, rule: Rule) -> Table:
        rows = judged.filter(kept(rule)) if kept else judged
        named = {"rule": ibis.literal(rule.id), "place": ibis.literal(place, type="int64")}
        return rows.select("row", "shipment", **named, **more(rule), because=f"{rule.column}__because")

    return ibis.union(*(one(place, rule) for place, rule in enumerate(rules)), distinct=False)


def _facts(judged: Table, fields: Iterable[str]) -> StringValue:
    """`name=value; ` of each field told. A semicolon in a value is %3B: no text looks like two fields."""
    told = [
        ibis.ifelse(judged[name].isnull(), "", ibis.literal(f"{name}=") + _marked(judged[name]) + "; ")
        for name in fields
    ]
    return reduce(lambda one, other: one + other, told)


def _marked(value: Column) -> StringValue:
    return value.cast("string").replace("%", "%25").replace(";", "%3B")


def _word(result: BooleanValue) -> StringValue:
    return ibis.cases((result, "true"), (~result, "false"), else_="unknown")


def outcomes(judged: Table, rules: Sequence[Rule], cases: Table) -> Table:
    """One row per shipment: its outcome, how many flags, which, what to ask for, and what each rule says.

    cases: row; open, decided, refused, matches, unread: how many of the shipment's flags and matches nobody
    decided about, somebody did, and to refuse it; its matches; its cells that were not understood. A
    shipment without a row has none of each. ask_for: what to ask of whoever orders: of each flag, and where
    its corridor is a discovered one, of all that is unknown too. unknown: rules that nothing was told for.
    """
    counts = {name: cases[name] for name in ("open", "decided", "refused", "matches", "unread")}
    joined = judged.left_join(cases.select(cases_row=cases.row, **counts), judged.row == cases.row)
    n = {name: joined[name].fill_null(0) for name in counts}
    told = joined.mutate(
        outcome=ibis.cases(
            (n["open"] > 0, REVIEW),
            (n["refused"] > 0, REFUSED),
            (n["decided"] > 0, DECIDED),
            (n["unread"] > 0, UNREAD),
            else_=NOTHING,
        ),
        flags=_count(joined[rule.column].fill_null(False) for rule in rules),
        flagged=_listed((joined[rule.column].fill_null(False), rule.id, " ") for rule in rules),
        unknown=_count(joined[rule.column].isnull() for rule in rules),
        ask_for=_listed((_is_asked(joined, rule, rules), rule.asks, " ") for rule in rules),
        matches=n["matches"],
        unread=n["unread"],
        **{rule.column: _word(joined[rule.column]) for rule in rules},
    )
    first = ("row", "shipment", "outcome", "flags", "flagged", "matches", "unknown", "unread", *SHOWN)
    return told.select(*first, "ask_for", *(rule.column for rule in rules))


def _is_asked(judged: Table, rule: Rule, rules: Sequence[Rule]) -> BooleanValue:
    flagged = judged[rule.column].fill_null(False)
    if _RAISING not in {one.id for one in rules}:
        return flagged
    return flagged | (judged[_RAISING].fill_null(False) & judged[rule.column].isnull())


def _count(found: Iterable[BooleanValue]) -> IntegerValue:
    return reduce(lambda one, other: one + other, [one.cast("int64") for one in found])


def _listed(parts: Iterable[tuple[BooleanValue, str, str]]) -> StringValue:
    texts = [ibis.ifelse(when, f"{mark}{text}", "") for when, text, mark in parts]
    return reduce(lambda one, other: one + other, texts).strip()


def totals(judged: Table, rules: Sequence[Rule]) -> Table:
    """One row per rule: of how many shipments it is true, false and unknown."""

    def one(place: int, rule: Rule) -> Table:
        result = judged[rule.column]
        return judged.agg(
            flags=judged.count(where=result),
            not_flagged=judged.count(where=~result),
            unknown=judged.count(where=result.isnull()),
        ).mutate(rule=ibis.literal(rule.id), place=ibis.literal(place, type="int64"))

    return ibis.union(*(one(place, rule) for place, rule in enumerate(rules)), distinct=False)
