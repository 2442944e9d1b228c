"""Every method over all commodities of a chain: sums, draws, choices, hubs and paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from entrepot.measures import chained
from entrepot.measures.chain import PRODUCTION, READINGS, Worlds
from entrepot.measures.chained import METHODS

MOST_HUBS, MOST_PATHS = 10, 15
ANY, DIRECT, OTHERS = "any", "0", "1+"
"""Numbers of hubs: direct trade and by way of others; direct alone; by way of others alone."""
_OLD, _LEAST_HUB = 0.5, 0.001
_MOST_UNSURE = 0.1


class Totals:
    """Every method over all commodities: add some, then read."""

    def __init__(
        self, names: tuple[str, ...], hops: int | None, codes: int, *, production: str, has_base: bool
    ) -> None:
        self.other_production = next(one for one in PRODUCTION if one != production)
        self.names, self.hops, self.has_base = names, hops, has_base
        self._count = chained.draws_of(codes, len(names))
        self.states = ("window", "base", "excess") if has_base else ("window",)
        self.sums: dict[tuple[str, str, str], Any] = {}
        self.draws: dict[tuple[str, str], Any] = {}
        self.choices: dict[tuple[str, str, str], float] = defaultdict(float)
        self.by_code: dict[str, dict[str, float]] = {}
        self._parts: list[Worlds] = []
        self._unsure = [0.0, 0.0]

    def add(self, here: Worlds) -> None:
        """Some commodities more."""
        for state in self.states:
            for reading in READINGS:
                told = chained.tally(here, state, reading, self.hops)
                for name, value in told.items():
                    self._add((state, reading, name), value.sum(axis=0))
                if reading == "both":
                    self._add_codes(here, state, told)
            if state != "base":
                self._add_draws(here, state)
                self._add_choices(here, state)
        for place, part in enumerate(chained.unsure_share(here)):
            self._unsure[place] += part
        self._parts.append(here)

    def _add(self, key: tuple[str, str, str], value: Any) -> None:
        self.sums[key] = self.sums[key] + value if key in self.sums else value

    def _add_codes(self, here: Worlds, state: str, told: dict[str, Any]) -> None:
        for at, code in enumerate(here.codes):
            row = self.by_code.setdefault(code, {})
            for method in METHODS:
                if method in told:
                    row[f"{state} {method}"] = _by_others(method, told[method][at], told["proportional"][at])

    def _add_draws(self, here: Worlds, state: str) -> None:
        for name, value in chained.drawn(here, state, self._count, self.hops).items():
            key = (state, name)
            self.draws[key] = self.draws[key] + value if key in self.draws else value

    def _add_choices(self, here: Worlds, state: str) -> None:
        other = replace(here, made=self.other_production)
        told = chained.tally(other, state, hops=self.hops)
        for method in set(METHODS) & set(told):
            value = _by_others(method, told[method].sum(axis=0), told["proportional"].sum(axis=0))
            self.choices[state, "production", method] += value
        self.choices[state, "made", "proportional"] += float(chained.made_by_origin(here, state).sum())

    # ------------------------------------------------------------ reading
    def value(self, state: str, method: str, hops: str, reading: str = "both") -> float | None:
        """One number; None where the method does not give it."""
        if (state, reading, method) not in self.sums:
            return None
        found = self.sums[state, reading, method]
        series = self.sums[state, reading, "proportional"]
        return _at(method, found, series, hops)

    def interval(self, state: str, method: str, hops: str, value: float | None) -> tuple[float | None, ...]:
        """90 % over the draws, wide enough to hold the value; none where too much has no deviation."""
        if value is None or method not in ("proportional", "entropy") or not self.is_sure:
            return (None, None)
        draws = self.draws.get((state, method))
        if draws is None:
            return (None, None)
        return _ends([_at(method, one, one, hops) for one in draws], value)

    @property
    def is_sure(self) -> bool:
        """Whether nearly all trade has an interval of its own."""
        return self._unsure[0] <= _MOST_UNSURE * self._unsure[1]

    def sides(self, state: str, method: str, hops: str) -> tuple[float | None, ...]:
        """Lowest and highest over whose figures are taken."""
        told = [self.value(state, method, hops, reading) for reading in READINGS]
        known = [one for one in told if one is not None]
        return (min(known), max(known)) if known else (None, None)

    def through(self, state: str) -> Any:
        """By country, of proportional tracing."""
        return self.sums[state, "both", "through"]

    def hubs(self) -> list[int]:
        """Those through which most passes: beyond the base where there is one."""
        ranking = self.through("excess" if self.has_base else "window")
        also = self.through("window")
        order = sorted(
            range(len(self.names)), key=lambda at: (-about(ranking[at]), -about(also[at]), self.names[at])
        )
        least = _LEAST_HUB * max(float(also.sum()), float(ranking.sum()))
        return [at for at in order if max(also[at], ranking[at]) > least][:MOST_HUBS]

    def through_evenly(self, state: str) -> list[float]:
        """By entropy, of each of the hubs."""
        told = [chained.through_evenly(here, state, self.hubs(), self.hops) for here in self._parts]
        return [sum(values) for values in zip(*told, strict=True)]

    def of_hub(self, state: str, hub: int, value: float) -> tuple[float | None, ...]:
        """The interval of what passes through a hub."""
        draws = self.draws.get((state, "through"))
        if draws is None or not self.is_sure:
            return (None, None)
        return _ends(list(draws[:, hub]), value)

    def paths(self) -> Iterator[dict[str, Any]]:
        """The largest chains, over all commodities."""
        nets = {state: [here.net(state) for here in self._parts] for state in self.states}
        chosen = {
            path
            for here, net in zip(self._parts, nets["window"], strict=True)
            for at in range(len(here.codes))
            for path in chained.paths(replace(net, flow=net.flow[at], made=net.made[at]), MOST_PATHS)
            if self.hops is None or len(path) - 2 <= self.hops
        }
        whole = self.value("window", "proportional", OTHERS) or 0.0
        found = [
            (path, {state: sum(chained.along(net, path) for net in nets[state]) for state in self.states})
            for path in sorted(chosen)
        ]
        for path, told in sorted(found, key=lambda one: (-about(one[1]["window"]), one[0]))[:MOST_PATHS]:
            yield {
                "path": " > ".join(self.names[at] for at in path),
                "hops": str(len(path) - 2),
                **valued({state: told.get(state) for state in ("window", "base", "excess")}),
                "share": share(told["window"], whole),
            }

    def cautions(self) -> Iterator[str]:
        """Hubs that were so before, and what is not known of the base and of the sides."""
        for at in self.hubs() if self.has_base else ():
            now, before = (float(self.through(state)[at]) for state in ("window", "base"))
            if now > 0 and before >= _OLD * now:
                told = f"{short(min(before, now))} of {short(now)} USD passed through in the base"
                yield f"{self.names[at]}: entrepot already before: {told}."
        if self.has_base:
            lost = sum(float((here.window["both"] * here.unknown).sum()) for here in self._parts)
            if lost > 0:
                told = f"{short(lost)} USD of the window is between countries that tell nothing of the base"
                yield f"{told}: it is excess for the maximum flow alone."
        if not self.is_sure:
            part = self._unsure[0] / self._unsure[1]
            yield f"no 90 % intervals: {part:.0%} of the trade followed has none of its own."


def short(value: float) -> str:
    """A number for people."""
    for scale, unit in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= scale:
            return f"{value / scale:,.3g} {unit}"
    return f"{value:,.3g}"


def _at(method: str, found: Any, series: Any, hops: str) -> float | None:
    """One number of hubs out of what a method gives."""
    direct = float(series[0])
    if method in ("maximum flow", "least"):
        told = {ANY: float(found), OTHERS: max(float(found) - direct, 0.0)}
        return told.get(hops)
    if hops == ANY:
        return float(found.sum())
    return float(found[1:].sum()) if hops == OTHERS else float(found[int(hops.rstrip("+"))])


def _by_others(method: str, found: Any, series: Any) -> float:
    return _at(method, found, series, OTHERS) or 0.0


def _ends(draws: list[Any], value: float) -> tuple[float, float]:
    import numpy as np

    low, high = (float(end) for end in np.quantile(np.array(draws, dtype=float), (0.05, 0.95)))
    return min(low, value), max(high, value)


def share(part: float | None, whole: float | None) -> float | None:
    """A ratio; None where either is not known."""
    return part / whole if part is not None and whole else None


def valued(told: dict[str, float | None]) -> dict[str, float | None]:
    """Window, base and excess as columns; change as a ratio."""
    now, before = told["window"], told["base"]
    change = share(now, before)
    return {
        "value_usd": now,
        "base_value_usd": before,
        "change": None if change is None else change - 1,
        "excess_usd": told["excess"],
    }


def about(value: float) -> float:
    """Six digits: sums differ in the last from run to run, and rows are not to change places for it."""
    return float(f"{value:.6g}")
