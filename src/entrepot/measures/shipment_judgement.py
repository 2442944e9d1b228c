"""What a rule says of a shipment: true (look at it), false or null (unknown), and why, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

import ibis

from entrepot.measures.shipment_evidence import Found
from entrepot.model.shipment import DETAILED

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Column, NumericValue, StringValue, Table

    Text: TypeAlias = StringValue | Column | str

MAIN = "consignee"
"""The role without which a rule over several roles is unknown."""


@dataclass(frozen=True)
class Judgement:
    """A column of true, false and null, and one of text that says why; the text is never null."""

    result: BooleanValue
    because: StringValue


Judge: TypeAlias = "Callable[[Table], Judgement]"


@dataclass(frozen=True)
class Rule:
    """How to judge a table of shipments, with what of the evidence beside it, after which steps."""

    judge: Judge
    found: tuple[Found, ...] = ()
    steps: Mapping[str, Judge] = field(default_factory=dict)


def judgement(
    *branches: tuple[BooleanValue, bool | None, Text], otherwise: Text, last: bool | None = False
) -> Judgement:
    """The result and the text of the first branch whose condition is true; else `last`, with `otherwise`.

    A condition that is null does not hold: whatever must not end as false needs a branch of its own.
    """
    results = [(when, ibis.literal(result, type="boolean")) for when, result, _ in branches]
    texts = [(when, said(text)) for when, _, text in branches]
    final = ibis.literal(last, type="boolean")
    return Judgement(ibis.cases(*results, else_=final), ibis.cases(*texts, else_=said(otherwise)))


def said(*parts: Text) -> StringValue:
    """The parts one after another; one that is null is written as a question mark."""
    texts = [ibis.literal(part) if isinstance(part, str) else _text(part) for part in parts]
    return reduce(lambda one, other: one + other, texts)


def _text(part: Column) -> StringValue:
    return part.cast("string").fill_null("?")


def plain(number: NumericValue, digits: int = 2) -> StringValue:
    """A number as a reader writes it: rounded to one digit or more, whole ones without a point."""
    return number.cast("float64").round(digits).cast("string").re_replace(r"\.0$", "")


def absent(shipments: Table, *fields: str) -> BooleanValue:
    """Whether any of the fields is not told."""
    return reduce(lambda one, other: one | other, [shipments[one].isnull() for one in fields])


def untold(shipments: Table, *fields: str) -> StringValue:
    """`not told: ` and the names of those fields that are not."""
    return ibis.literal("not told: ") + listed((shipments[one].isnull(), ibis.literal(one)) for one in fields)


def listed(parts: Iterable[tuple[BooleanValue, Text]], mark: str = ", ") -> StringValue:
    """The texts whose condition is true, with a mark between."""
    texts = [ibis.ifelse(when.fill_null(False), said(mark, text), "") for when, text in parts]
    return reduce(lambda one, other: one + other, texts).substr(len(mark))


def same(one: StringValue, other: StringValue) -> BooleanValue:
    """Whether two names are one but for case and space; null where either is not told."""
    return one.strip().lower() == other.strip().lower()


def step(shipments: Table, name: str) -> Judgement:
    """A judgement that was made before, as a step of others: it stands in columns of its own."""
    return Judgement(shipments[f"step_{name}"], shipments[f"step_{name}__because"])


def over_roles(shipments: Table, name: str) -> Judgement:
    """One judgement of the steps `<name>_<role>`: true where any is, else unknown where any is, else false.

    The text is that of the steps that decide it. A step is unknown where something is told that does not
    suffice; where nothing is, for the consignee only (`if_untold`): the other roles are often nobody.
    """
    steps = [step(shipments, f"{name}_{role}") for role in DETAILED]
    result = reduce(lambda one, other: one | other, [one.result for one in steps])
    # not identical_to: Ibis puts no brackets around the `or`
    deciding = [((one.result == result) | (one.result.isnull() & result.isnull()), one) for one in steps]
    return Judgement(result, listed(((when, one.because) for when, one in deciding), "; "))


def if_untold(role: str) -> bool | None:
    """What a step for a role is of which nothing is told."""
    return None if role == MAIN else False
