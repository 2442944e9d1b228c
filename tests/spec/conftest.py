"""Every spec runs on each engine: one expression, the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entrepot.store.engine import DuckDB, Engine, Spark
from tests.spec.tables import flows


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
