"""Red flags of shipments: every rule, true, false or unknown for every shipment, and why.

A flag means that somebody should look, never that somebody is guilty; false is no clearance; what cannot be
known is null and never false. A rule is a function from shipments (with what was found for them) to a
Judgement and a line in the table of its module; its title, citation and fields are in rules/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Final

from entrepot.measures import shipment_goods, shipment_parties
from entrepot.measures.shipment_evidence import Evidence
from entrepot.measures.shipment_judgement import Judge

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

RULES: Final = (
    {"listed_party": shipment_parties.RULES["listed_party"]} | shipment_goods.RULES | shipment_parties.RULES
)
"""Every rule by its id, with _ for -; in the order of the columns."""


def judged(shipments: Table, evidence: Evidence, rules: Iterable[str] = tuple(RULES)) -> Table:
    """One row per shipment: `row`, for each rule its result and `<rule>__because`: why, never null.

    shipments: the columns of `model.shipment.derived_schema`, each `row` once. rules: those wanted.
    """
    chosen = {name: RULES[name] for name in rules}
    finds = dict.fromkeys(one for rule in chosen.values() for one in rule.found)
    found = reduce(_beside, (find(shipments, evidence) for find in finds), shipments.select("row"))
    known = _beside(found, shipments)
    steps = {name: judge for rule in chosen.values() for name, judge in rule.steps.items()}
    known = known.mutate(**_columns(known, steps, "step_"))
    return known.select("row", **_columns(known, {name: rule.judge for name, rule in chosen.items()}))


def _columns(shipments: Table, judges: Mapping[str, Judge], prefix: str = "") -> dict[str, Value]:
    """The columns of several judgements: `<name>` and `<name>__because`."""
    made = {f"{prefix}{name}": judge(shipments) for name, judge in judges.items()}
    return {
        n: v for name, one in made.items() for n, v in ((name, one.result), (f"{name}__because", one.because))
    }


def _beside(shipments: Table, found: Table) -> Table:
    """What was found beside each shipment; null where nothing was."""
    named = found.rename(found_row="row")
    return shipments.left_join(named, shipments.row == named.found_row).drop("found_row")
