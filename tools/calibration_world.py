"""One world, made, asked and scored: what a worker does."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

from entrepot.simulate import World, simulate
from tools import calibration_metrics as metrics
from tools import calibration_rules as rules

WINDOW: Final = (date(2022, 3, 1), date(2023, 2, 1))
CHANNELS: Final = ("total", "re-export", "ghost")
OURS: Final = "ours"
ALL: Final = "all"
EVERY: Final = "cells without rerouting"

Cell = tuple[str, str]
Method = Callable[[World], pa.Table]


def result(seed: int, sizes: dict[str, int], method: str | None) -> dict[str, Any]:
    """Scores of each method on the world of that seed, as plain JSON. `method`: module:function, or none."""
    world = simulate(seed, countries=sizes["countries"], products=sizes["products"])
    return score(world, _function(method)(world) if method else None)


def _function(method: str) -> Method:
    module, _, name = method.partition(":")
    found: Method = getattr(importlib.import_module(module), name)
    return found


def score(world: World, ours: pa.Table | None) -> dict[str, Any]:
    """Scores of the rules, and of ours where there is an answer of it."""
    cells = universe(world)
    truth = truth_of(world)
    true = np.array([truth.get(("total", *cell), 0.0) for cell in cells])
    answers = rules.ask(world)
    scored = {
        name: _scored(
            rules.order(answer, cells),
            np.array([answer.get(cell, (None, False, 0.0))[1] for cell in cells]),
            true,
            sum(more for _, flagged, more in answer.values() if flagged),
        )
        for name, answer in answers.items()
    }
    flags = {name: {cell for cell, told in answer.items() if told[1]} for name, answer in answers.items()}
    out: dict[str, Any] = {"seed": world.seed, "cells": len(cells), "true_cells": int((true > 0).sum())}
    if ours is not None:
        told = {(row["channel"], row["hub"], row["commodity"]): row for row in ours.to_pylist()}
        found, total = (_found(told, cells), told["total", ALL, ALL]["rerouted_usd"])
        scored[OURS] = _scored(_order(told, cells), found, true, total)
        flags[OURS] = {cell for cell, is_found in zip(cells, found, strict=True) if is_found}
        out["coverage"] = _coverage(told, cells, truth)
    confounders = world.confounders.to_pylist()
    flags[EVERY] = set(cells)
    wrong = {
        name: [cell for cell in cells if cell in found and not truth.get(("total", *cell))]
        for name, found in flags.items()
    }
    return out | {
        "scores": scored,
        "false_by_confounder": {name: metrics.by_kind(found, confounders) for name, found in wrong.items()},
    }


def universe(world: World) -> list[Cell]:
    """Every country but the two ends, by every restricted product: what an analyst would screen."""
    areas = {*world.facts["area"].to_pylist()} - {world.origin, world.destination}
    return [(hub, commodity) for hub in sorted(areas) for commodity in world.restricted]


def truth_of(world: World) -> dict[tuple[str, str, str], float]:
    """USD rerouted in the window by channel, hub and product; `all` and `total` for sums."""
    sums: dict[tuple[str, str, str], float] = {}
    for row in world.truth.to_pylist():
        if WINDOW[0] <= row["period"] <= WINDOW[1]:
            for channel in ("total", row["channel"]):
                for hub, commodity in (
                    (row["hub"], row["commodity"]), (row["hub"], ALL), (ALL, row["commodity"]), (ALL, ALL),
                ):  # fmt: skip
                    key = channel, hub, commodity
                    sums[key] = sums.get(key, 0.0) + row["rerouted_usd"]
    return sums


def _scored(
    order: list[tuple[float, ...]], is_found: np.ndarray, truth: np.ndarray, total: float | None
) -> dict[str, float | None]:
    places, is_true = metrics.places(order), truth > 0
    off = None if total is None else float(total / truth.sum() - 1)
    return {
        "average_precision": metrics.average_precision(places, is_true),
        "precision_at_10": metrics.precision_at(places, is_true, 10),
        "precision_at_50": metrics.precision_at(places, is_true, 50),
        "false_discovery_rate": metrics.false_share(is_found, is_true),
        "discoveries": float(is_found.sum()),
        "value_found": metrics.found_share(is_found, truth),
        "bias": off,
        "relative_error": None if off is None else abs(off),
    }


def _found(told: dict[tuple[str, str, str], dict[str, Any]], cells: list[Cell]) -> np.ndarray:
    return np.array([bool(told.get(("total", *cell), {}).get("discovered")) for cell in cells])


def _order(told: dict[tuple[str, str, str], dict[str, Any]], cells: list[Cell]) -> list[tuple[float, ...]]:
    """By `score` where the method gives one, else the smallest p-value first and then the largest amount."""
    return [_score_of(told.get(("total", *cell), {})) for cell in cells]


def _score_of(row: dict[str, Any]) -> tuple[float, ...]:
    if row.get("score") is not None:
        return (1.0, row["score"])
    if row.get("p_value") is None:
        return (0.0,)
    return (1.0, -row["p_value"], row["rerouted_usd"] or 0.0)


def _coverage(
    told: dict[tuple[str, str, str], dict[str, Any]],
    cells: list[Cell],
    truth: dict[tuple[str, str, str], float],
) -> dict[str, Any]:
    """Per channel and kind of sum, at each level; and for how many of those asked there is an interval."""
    hubs = sorted({hub for hub, _ in cells})
    asked = {"cell": cells, "hub": [(hub, ALL) for hub in hubs], "total": [(ALL, ALL)]}
    return {
        channel: {
            kind: _at_levels([(channel, *one) for one in ones], told, truth) for kind, ones in asked.items()
        }
        for channel in CHANNELS
    }


def _at_levels(
    keys: list[tuple[str, str, str]],
    told: dict[tuple[str, str, str], dict[str, Any]],
    truth: dict[tuple[str, str, str], float],
) -> dict[str, Any]:
    true = np.array([truth.get(key, 0.0) for key in keys])
    out: dict[str, Any] = {}
    for level in metrics.LEVELS:
        low, high = (
            np.array([told.get(key, {}).get(f"{end}_{level}_usd") for key in keys], dtype=float)
            for end in ("low", "high")
        )
        out[str(level)] = asdict(metrics.coverage(low, high, true))
        out["answered"] = float(np.isfinite(low).mean())
    return out
