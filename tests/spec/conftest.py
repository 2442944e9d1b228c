"""Every spec runs on each engine: one expression, the same answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import Any

import pytest

from entrepot.store.engine import DuckDB, Engine, Spark
from tests.spec.tables import flows


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All run on DuckDB, and on Spark and Sail too, but of a module that names some ON_SPARK only those.

    So each kind of step runs there once. A query of both sides takes Spark some ten seconds to plan, and Sail
    one. All run on the engine too that ENTREPOT_TEST_SPARK names.
    """
    for module in {item.module for item in items if isinstance(item, pytest.Function)}:
        if gone := [name for name in _named(module) or () if not hasattr(module, name.partition("[")[0])]:
            raise pytest.UsageError(f"{module.__name__}.ON_SPARK names what is not there: {gone}")
    left = _is_for_sail if os.environ.get("ENTREPOT_TEST_SPARK") else _is_left_to_duckdb
    out = [item for item in items if left(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def _named(module: object) -> Collection[str] | None:
    """The tests that a module chooses for Spark and Sail; none: all."""
    chosen: Collection[str] | None = getattr(module, "ON_SPARK", None)
    return chosen


def _is_for_sail(item: pytest.Item) -> bool:
    return item.get_closest_marker("sail") is not None


def _is_left_to_duckdb(item: pytest.Item) -> bool:
    chosen = _named(getattr(item, "module", None))
    apart = next((one for one in ("spark", "sail") if item.get_closest_marker(one)), None)
    named = {getattr(item, "originalname", ""), item.name.replace(f"{apart}-", "").replace(f"-{apart}", "")}
    return chosen is not None and apart is not None and not named & set(chosen)


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("sail", marks=pytest.mark.sail),
        pytest.param("spark", marks=pytest.mark.spark),
    ]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """DuckDB, Sail, then Spark."""
    return DuckDB() if request.param == "duckdb" else Spark(request.getfixturevalue(request.param))


@pytest.fixture
def answer(engine: Engine) -> Callable[..., list[dict[str, Any]]]:
    """`answer(table_text, expression)`: the expression's rows over those flows."""

    def run(text: str, expr: Any) -> list[dict[str, Any]]:
        engine.register("flows", flows(text))
        found: list[dict[str, Any]] = engine.run(expr).to_pylist()
        if isinstance(engine, DuckDB):
            return found
        return [{name: _short(value) for name, value in row.items()} for row in found]

    return run


def _short(value: Any) -> Any:
    """A sum, added up in another order each time, as the short number that it comes to within 1e-12."""
    if not isinstance(value, float):
        return value
    short = float(f"{value:.9g}")
    return short if abs(short - value) <= 1e-12 * abs(value) else value
