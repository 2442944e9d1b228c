"""The steps of `entrepot reconcile` put together, as one expression each, for specs."""

from __future__ import annotations

from typing import Any

from entrepot.measures import both_sides as _sides
from entrepot.measures import reconcile as _reconcile
from entrepot.measures.both_sides import Scope
from entrepot.measures.reliability import SCHEMA, gaps
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS


class Both:
    """Both sides: `marked`, `tally`, `sides`, `gaps`, `reconciled`, `rules` as expressions."""

    def __init__(self, period: str = "2021", base: str = "", commodity: str = "TOTAL", **more: Any) -> None:
        self.windows, self.base = (parse_window(period),), (parse_window(base or period),)
        self.margin = more.pop("margin", 0.0)
        self.margins, self.rates = more.pop("margins", None), more.pop("rates", None)
        basket = None if "digits" in more else parse_commodity(commodity)
        windows = tuple(dict.fromkeys((*self.base, *self.windows)))
        self.scope = Scope(windows, basket, **more)
        chosen = _sides.choices(FLOWS, self.scope, self.rates)
        self.marked = _sides.marked(FLOWS, self.scope, chosen, self.rates)
        self.tally = _sides.tally(self.marked)
        share = _sides.unspecified(self.tally)
        self.sides = _sides.sides(self.marked, chosen, share, self.margins, margin=self.margin)
        self.gaps = gaps(self.sides, self.base)

    def reconciled(self, **deviations: float) -> Any:
        """With standard deviations given: XAA_exporter=0.1; others 0.5."""
        return _reconcile.reconciled(self.sides, reliable(**deviations), self.windows)

    def rules(self) -> Any:
        """Of all stages."""
        done = self.reconciled()
        return (
            _reconcile.by_rule(self.tally)
            .union(_reconcile.by_flag(self.sides, self.base, self.windows))
            .union(_reconcile.by_status(done))
        )


def reliable(**deviations: float) -> Any:
    given = {"(others)_exporter": 0.5, "(others)_importer": 0.5} | deviations
    names = [name.split("_") for name in given]
    columns: dict[str, list[Any]] = {
        "reporter": [reporter for reporter, _ in names],
        "role": [role for _, role in names],
        "standard_deviation": list(given.values()),
        "low": list(given.values()),
        "high": list(given.values()),
        "pairs": [10] * len(names),
        "flows": [10] * len(names),
        "method": ["fitted"] * len(names),
    }
    return constant(columns, SCHEMA)
