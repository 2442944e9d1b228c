"""One hub of a study of rerouted trade, or some of its goods: what it was held against, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.answers import _explained
from entrepot.answers._rerouted import Rows
from entrepot.measures.discovery import RATE
from entrepot.measures.legs import LEGS
from entrepot.measures.placebos import chosen, misses, path

if TYPE_CHECKING:
    from entrepot.measures.conformal import Flags, Floats
    from entrepot.measures.leg_arrays import Leg

_MONEY = ("value", "expected", "low_90", "high_90", "actual")
_TEXT, _FLOAT, _DAY, _FLAG = pa.string(), pa.float64(), pa.date32(), pa.bool_()
_PATH = pa.schema(
    [
        *(("leg", _TEXT), ("reporter", _TEXT), ("partner", _TEXT), ("period", _DAY)),
        *((name, _FLOAT) for name in ("value", "expected", "low_90", "high_90")),
        *(("is_base", _FLAG), ("is_window", _FLAG)),
    ]
)
_PLACEBOS = pa.schema(
    [
        *(("hub", _TEXT), ("first", _DAY), ("last", _DAY), ("actual", _FLOAT), ("expected", _FLOAT)),
        *(("miss", _FLOAT), ("is_asked", _FLAG)),
    ]
)
_RULES = pa.schema([("rule", _TEXT), ("is_met", _FLAG), ("figure", _FLOAT), ("threshold", _FLOAT)])
Row = dict[str, Any]


@dataclass(frozen=True)
class Dossier:
    """One hub of a study; code: the goods asked for that begin with it, all where it is empty."""

    all_rows: Rows
    hub: str
    code: str
    margin: float = 0.0  # from FOB, in which a study expects, to CIF, in which imports are told

    @property
    def place(self) -> int:
        """Its place among the hubs."""
        return self.all_rows.legs.hubs.index(self.hub)

    def tables(self) -> dict[str, pa.Table]:
        """rules, explanations, path (each leg by month), placebos."""
        study, legs = self.all_rows.study, self.all_rows.legs
        goods = [int(one) for one in self._goods(study.entering.leg).nonzero()[0]]
        told = {
            "rules": pa.Table.from_pylist(list(self._rules()), schema=_RULES),
            "explanations": _explained.table(study, self.place, goods, legs, self._p_value),
            "path": pa.Table.from_pylist(list(self._path()), schema=_PATH),
            "placebos": pa.Table.from_pylist(
                misses(study.entering, self.place, self._goods(study.entering.leg)), schema=_PLACEBOS
            ),
        }
        return {name: _in_currency(table, legs.currency) for name, table in told.items()}

    def _goods(self, leg: Leg) -> Flags:
        return chosen(leg, self.code)

    # ------------------------------------------------------------ what became of it, by which rule
    @cached_property
    def _cells(self) -> Any:
        """Its cells of the family."""
        hub, good = self.all_rows.study.family
        return ((hub == self.place) & self._goods(self.all_rows.study.entering.leg)[good]).nonzero()[0]

    @cached_property
    def _p_value(self) -> float:
        study = self.all_rows.study
        if len(self._cells) == 1:
            return float(study.p_values["entering"][self._cells[0]])
        draws = self._would_be(study.entering.leg)
        actual = study.entering.leg.window[0][self.place, self._goods(study.entering.leg)].sum()
        return study.hub_p_value(actual - draws) if draws is not None else 1.0

    def _rules(self) -> Iterator[Row]:
        """What was met, and what was not; is_met is null where it could not be looked at."""
        study, here = self.all_rows.study, self._cells
        if len(here) == 1:
            yield from self._of_cell(int(here[0]))
        else:
            yield _rule("more entered than chance gives", self._p_value, _explained.UNUSUAL)
        flags, _ = study.found("total")
        count = float(flags[here].sum())
        yield {"rule": "goods discovered", "is_met": count > 0, "figure": count, "threshold": 1.0}
        if not self.code:
            found = bool(self.all_rows.found[self.place])
            yield {"rule": "hub discovered", "is_met": found, "figure": None, "threshold": RATE}

    def _of_cell(self, cell: int) -> Iterator[Row]:
        study = self.all_rows.study
        seen = {"leaving": "re-export", "short": "ghost"}
        for name, says in _SAYS.items():
            is_seen = name not in seen or bool(study.sees(seen[name])[self.place])
            p_value = float(study.p_values[name][cell]) if is_seen else None
            yield _rule(says, p_value, _explained.UNUSUAL)
        _, local = study.found("total")
        yield _rule("both, against cells without rerouting", float(study.p_of("total")[cell]), None)
        yield _rule("chance that nothing was rerouted", float(local[cell]), None)

    # ------------------------------------------------------------ month by month
    def _path(self) -> Iterator[Row]:
        for name in LEGS:
            leg = self.all_rows.legs.leg(name)
            values = self._values[name]
            if values:
                ends = self._ends[name]
                for row in path(values, leg.spans[0], self._as_told(leg)):
                    yield {"leg": name, "reporter": ends[0], "partner": ends[1], **row}

    def _would_be(self, leg: Leg) -> Floats | None:
        return self.all_rows.study.would_be(leg.name, self.place, self._goods(leg) if self.code else None)

    def _as_told(self, leg: Leg) -> Floats | None:
        """What would be, valued as the side values that tells of the leg."""
        draws = self._would_be(leg)
        is_import = leg.name in ("arrived", "received")
        return draws * (1 + self.margin) if draws is not None and is_import else draws

    @property
    def _ends(self) -> dict[str, tuple[str, str]]:
        """Of each leg who tells of it, and of trade with whom."""
        legs = self.all_rows.legs
        origin, destination = "+".join(legs.origin), "+".join(legs.destination)
        return {
            "sent": (origin, self.hub),
            "arrived": (self.hub, origin),
            "onward": (self.hub, destination),
            "received": (destination, self.hub),
        }

    @cached_property
    def _values(self) -> dict[str, dict[Any, float | None]]:
        return _values(self.all_rows, [self.hub], self.code)


def together(rows: Rows) -> pa.Table:
    """What left the origin for all hubs counted, slot by slot, beside what was to be expected: as `path`."""
    study, legs = rows.study, rows.legs
    leg = study.entering.leg
    hubs = [leg.hubs[place] for place in rows.counted]
    values = _values(rows, hubs, "")["sent"] if hubs else {}
    if not values:
        return _in_currency(_PATH.empty_table(), legs.currency)
    actual = study.entering.actual[rows.counted][:, leg.listed].sum()
    would_be = actual - study.hubs["entering"][rows.counted].sum(axis=0)
    ends = {"leg": "sent", "reporter": "+".join(legs.origin), "partner": "+".join(hubs)}
    found = [{**ends, **row} for row in path(values, leg.spans[0], would_be)]
    return _in_currency(pa.Table.from_pylist(found, schema=_PATH), legs.currency)


def _values(rows: Rows, hubs: list[str], code: str) -> dict[str, dict[Any, float | None]]:
    """Of each leg its values by slot, over these hubs and the goods the study is of."""
    legs, leg = rows.legs, rows.study.entering.leg
    goods = [name for name, kept in zip(leg.goods, chosen(leg, code), strict=True) if kept]
    told = legs.rows.filter(legs.rows.hub.isin(hubs), legs.rows.is_listed, legs.rows.good.isin(goods))
    summed = told.group_by("leg", "slot").agg(value=told.value.sum()).order_by(["leg", "slot"])
    found: dict[str, dict[Any, float | None]] = {name: {} for name in LEGS}
    for row in legs.run("path", summed).to_pylist():
        found[row["leg"]][row["slot"]] = row["value"]
    return found


_SAYS = {
    "entering": "more entered than chance gives",
    "leaving": "more went on than chance gives",
    "short": "less arrived than left, beyond chance",
}


def _rule(says: str, figure: float | None, threshold: float | None) -> Row:
    met = None if figure is None or threshold is None else figure <= threshold
    return {"rule": says, "is_met": met, "figure": figure, "threshold": threshold}


def _in_currency(table: pa.Table, currency: str) -> pa.Table:
    return table.rename_columns([f"{n}_{currency.lower()}" if n in _MONEY else n for n in table.column_names])
