"""Every spec runs on each engine: one expression, the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entrepot.store.engine import DuckDB, Engine, Spark
from tests.spec.tables import flows


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a module that names ON_SPARK, those alone run on Spark too: each kind of step once, not each case.

    A query of both sides takes Spark some ten seconds to plan; all cases together would take half an hour.
    """
    out = [item for item in items if _is_left_to_duckdb(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def _is_left_to_duckdb(item: pytest.Item) -> bool:
    chosen = getattr(getattr(item, "module", None), "ON_SPARK", None)
    on_spark = item.get_closest_marker("spark") is not None
    named = {getattr(item, "originalname", ""), item.name.replace("spark-", "").replace("-spark", "")}
    return chosen is not None and on_spark and not named & set(chosen)


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """DuckDB, then Spark."""
    return DuckDB() if request.param == "duckdb" else Spark(request.getfixturevalue("spark"))


@pytest.fixture
def answer(engine: Engine) -> Callable[..., list[dict[str, Any]]]:
    """`answer(table_text, expression)`: the expression's rows over those flows."""

    def run(text: str, expr: Any) -> list[dict[str, Any]]:
        engine.register("flows", flows(text))
        return engine.run(expr).to_pylist()

    return run
