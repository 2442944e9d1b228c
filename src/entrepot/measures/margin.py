"""How much dearer goods are on arrival than on departure: the CIF/FOB margin, fitted before an event.

The relational part (`observations`) is an expression; the fit is a library's, on some thousand rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

FALLBACK = 0.06
"""The factor the IMF's Direction of Trade Statistics uses between CIF and FOB (DOTS Yearbook 2017)."""
Z90 = 1.6448536269514722  # half of a 90 % interval, in standard errors
FLOOR = 1_000_000.0  # a side below it is mostly noise of thresholds and rounding
APART = 3.0  # sides further apart than this factor are a conceptual gap, not freight
HIGHEST = 0.25
FEWEST_PAIRS = 30
FACTS = ("distance_km", "is_contiguous", "is_landlocked")
COVARIATES = (
    "log_distance",
    "log_distance_squared",
    "contiguous",
    "origin_landlocked",
    "destination_landlocked",
)


def both_sides(exports: Table, imports: Table) -> Table:
    """One row per origin, destination and year that both sides report: export_value, import_value.

    exports, imports: of measures.sides.yearly, each one side and one kind of rate, in one currency.
    """
    left = exports.select("origin", "destination", "year", export_value="value")
    right = imports.select("origin", "destination", "year", import_value="value")
    return left.inner_join(right, ["origin", "destination", "year"]).filter(
        ibis._.export_value > 0, ibis._.import_value > 0
    )


def observations(pairs: Table, facts: Table) -> Table:
    """The pairs with what may explain freight: distance_km, is_contiguous, landlocked origin and destination.

    pairs: origin, destination and any other columns. facts: model.indicator.COLUMNS. A covariate nobody holds
    is null. Source: CEPII GeoDist's variables, as BACI uses them (Gaulier and Zignago, CEPII WP 2010-23).
    """
    found = pairs
    for name in ("distance_km", "is_contiguous"):
        fact = facts.filter(facts.indicator == name).select(
            **{name: facts.value}, origin=facts.area, destination=facts.partner
        )
        found = found.left_join(fact, ["origin", "destination"]).drop("origin_right", "destination_right")
    for side in ("origin", "destination"):
        fact = facts.filter(facts.indicator == "is_landlocked").select(
            **{f"{side}_landlocked": facts.value, side: facts.area}
        )
        found = found.left_join(fact, side).drop(f"{side}_right")
    return found


@dataclass(frozen=True)
class Fit:
    """A fitted margin: coefficients with clustered covariance, over so many pairs and years."""

    names: tuple[str, ...]
    coefficients: Any
    covariance: Any
    scale: float
    years: dict[str, float]  # share of the observations: the margin is that of an ordinary year
    observations: int
    pairs: int
    rules: tuple[dict[str, Any], ...]

    def predicted(self, row: dict[str, Any]) -> tuple[float, float] | None:
        """The margin of a pair and its standard error; None where a covariate is not held."""
        held = _explained(row)
        if held is None:
            return None
        import numpy as np

        x = np.array([held.get(name, self.years.get(name, 1.0)) for name in self.names])
        ratio = math.exp(float(x @ self.coefficients))
        return ratio - 1, ratio * math.sqrt(float(x @ self.covariance @ x))

    def table(self) -> pa.Table:
        """The coefficients with their standard errors, for print."""
        import numpy as np

        errors = np.sqrt(np.diag(self.covariance))
        return pa.table(
            {
                "coefficient": list(self.names),
                "estimate": [float(one) for one in self.coefficients],
                "standard_error": [float(one) for one in errors],
            }
        )


def fit(seen: pa.Table) -> Fit | str:
    """ln(M cif / X fob) on the covariates and year effects: a robust fit, or why there is none.

    seen: of `observations` with year, export_value, import_value (one currency). Tukey's biweight gives each
    observation its weight; standard errors are clustered by pair, since years of one pair are no witnesses of
    their own. Formula: Gaulier and Zignago, CEPII WP 2010-23, without the unit values (totals have none) and
    with landlocked origins beside landlocked destinations. A rank-deficient fit is refused, not solved.
    """
    rows, rules = _usable(seen.to_pylist())
    pairs = {(row["origin"], row["destination"]) for row in rows}
    if len(pairs) < FEWEST_PAIRS:
        return f"{len(pairs)} pairs with both sides and covariates are held, {FEWEST_PAIRS} are needed"
    import numpy as np

    names, design = _design(rows)
    if np.linalg.matrix_rank(design) < len(names):
        return "the covariates held do not tell their effects apart"
    y = np.array([math.log(row["import_value"] / row["export_value"]) for row in rows])
    groups = np.unique([f"{row['origin']} {row['destination']}" for row in rows], return_inverse=True)[1]
    coefficients, covariance, scale = _robust(y, design, groups)
    years = {n: float(share) for n, share in zip(names, design.mean(axis=0), strict=True) if "year" in n}
    return Fit(names, coefficients, covariance, scale, years, len(rows), len(pairs), tuple(rules))


def _robust(y: Any, design: Any, groups: Any) -> tuple[Any, Any, float]:
    from statsmodels.regression.linear_model import WLS  # the whole of its API takes seconds to import
    from statsmodels.robust.norms import TukeyBiweight
    from statsmodels.robust.robust_linear_model import RLM

    robust = RLM(y, design, M=TukeyBiweight()).fit()
    weighted = WLS(y, design, weights=robust.weights).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return weighted.params, weighted.cov_params(), float(robust.scale)


def _usable(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows a fit may use, and what each rule set aside."""
    kept, rules = list(rows), []
    for name, keeps in _RULES.items():
        out = [row for row in kept if not keeps(row)]
        kept = [row for row in kept if keeps(row)]
        rules.append({"rule": name, "rows": len(out), "value": sum(row["export_value"] for row in out)})
    rules.append({"rule": "kept", "rows": len(kept), "value": sum(row["export_value"] for row in kept)})
    return kept, rules


def _explained(row: dict[str, Any]) -> dict[str, float] | None:
    if any(row[name] is None for name in _HELD) or row["distance_km"] <= 0:
        return None
    distance = math.log(row["distance_km"])
    return {
        "log_distance": distance,
        "log_distance_squared": distance**2,
        "contiguous": row["is_contiguous"],
        "origin_landlocked": row["origin_landlocked"],
        "destination_landlocked": row["destination_landlocked"],
    }


_HELD = ("distance_km", "is_contiguous", "origin_landlocked", "destination_landlocked")
_RULES = {
    f"a side below {FLOOR:,.0f}": lambda row: min(row["export_value"], row["import_value"]) >= FLOOR,
    f"sides apart by more than a factor of {APART:g}": lambda row: (
        1 / APART <= row["import_value"] / row["export_value"] <= APART
    ),
    "distance or geography not held": lambda row: _explained(row) is not None,
}


def _design(rows: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], Any]:
    """Constant, covariates that vary, and an effect for each year but the first."""
    import numpy as np

    explained = [_explained(row) or {} for row in rows]
    years = sorted({row["year"] for row in rows})
    columns = {"constant": [1.0] * len(rows)}
    columns |= {name: [one[name] for one in explained] for name in COVARIATES}
    columns |= {f"year {year:%Y}": [float(row["year"] == year) for row in rows] for year in years[1:]}
    varying = {n: c for n, c in columns.items() if n == "constant" or len(set(c)) > 1}
    return tuple(varying), np.array(list(varying.values())).T


def margins(wanted: pa.Table, fitted: Fit | str) -> pa.Table:
    """One row per origin and destination as asked: margin, margin_error (one standard error), margin_source.

    wanted: origin, destination (as asked), weight (value before the event) and the covariates of each member
    pair. A group's margin is the mean over its members' by weight, its error as of errors that move together
    (an upper bound). A fit below 0 or above 25 % measures something else than freight: the fallback is taken.
    """
    groups: dict[tuple[str, str], list[tuple[float, tuple[float, float] | None]]] = {}
    for row in wanted.to_pylist():
        found = None if isinstance(fitted, str) else fitted.predicted(row)
        groups.setdefault((row["asked_origin"], row["asked_destination"]), []).append((row["weight"], found))
    rows = [
        {"origin": pair[0], "destination": pair[1], **_mean(parts, fitted)} for pair, parts in groups.items()
    ]
    return pa.Table.from_pylist(rows, schema=MARGINS)


MARGINS = pa.schema(
    [
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("margin", pa.float64()),
        ("margin_error", pa.float64()),
        ("margin_source", pa.string()),
    ]
)


def _mean(parts: Sequence[tuple[float, tuple[float, float] | None]], fitted: Fit | str) -> dict[str, Any]:
    known = [(weight, *found) for weight, found in parts if found is not None]
    total = sum(weight for weight, *_ in known)
    if isinstance(fitted, str) or not total:
        return _fallback(
            fitted if isinstance(fitted, str) else "distance or geography of the pair is not held"
        )
    margin = sum(weight * one for weight, one, _ in known) / total
    error = sum(weight * one for weight, _, one in known) / total
    if not 0 <= margin <= HIGHEST:
        return _fallback(f"the fit gives {margin:+.1%} with an error of {error:.1%}, which is no freight")
    told = f"fitted on {fitted.pairs} pairs, {fitted.observations} pair-years"
    return {"margin": margin, "margin_error": error, "margin_source": told}


def _fallback(why: str) -> dict[str, Any]:
    told = f"fallback {FALLBACK:.0%}, its interval 0 to {2 * FALLBACK:.0%}: {why}"
    return {"margin": FALLBACK, "margin_error": FALLBACK / Z90, "margin_source": told}
