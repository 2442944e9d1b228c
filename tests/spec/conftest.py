"""Every spec runs on each engine: one expression, the same answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from entrepot.store.engine import DuckDB, Engine, Spark
from tests.spec.tables import flows


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All run on Sail; of a module that names ON_SPARK, those alone on Spark too: each kind of step once.

    A query of both sides takes Spark some ten seconds to plan. Where ENTREPOT_TEST_SPARK names an engine,
    all run on that one instead.
    """
    left = _is_for_sail if os.environ.get("ENTREPOT_TEST_SPARK") else _is_left_to_sail
    out = [item for item in items if left(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def _is_for_sail(item: pytest.Item) -> bool:
    return item.get_closest_marker("sail") is not None


def _is_left_to_sail(item: pytest.Item) -> bool:
    chosen = getattr(getattr(item, "module", None), "ON_SPARK", None)
    on_spark = item.get_closest_marker("spark") is not None
    named = {getattr(item, "originalname", ""), item.name.replace("spark-", "").replace("-spark", "")}
    return chosen is not None and on_spark and not named & set(chosen)


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
