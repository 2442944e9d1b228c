"""The same question about rerouted trade on both engines, over a small made-up store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from entrepot.answers import diversion
from entrepot.store import Store
from entrepot.store.engine import Spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HUBS, CODES = [f"XH{chr(65 + place)}" for place in range(14)], ("870310", "870320", "870410", "010121")
NEAR = "XHA"


def made(folder: Path) -> Path:
    """XAA sends to all hubs, which send a half on to XBB; in 2022 ten times as much by way of XHA."""
    random, lines = np.random.default_rng(1), ["reporter,partner,flow,period,commodity,value_usd,status"]
    for hub in HUBS:
        for code in CODES:
            for year in range(2017, 2023):
                more = 10 if (hub, year) == (NEAR, 2022) and code.startswith("87") else 1
                value = 1e6 * more * np.exp(random.normal(0, 0.05))
                legs = (
                    ("XAA", hub, "export", 1.0),
                    (hub, "XAA", "import", 1.06),
                    (hub, "XBB", "export", 0.5),
                )
                lines += [
                    f"{who},{whom},{flow},{year},{code},{value * share:.0f},simulated"
                    for who, whom, flow, share in legs
                ]
    path = folder / "made.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.spark
def test_spark_gives_the_rows_of_duckdb(tmp_path: Path, spark: SparkSession) -> None:
    folder = tmp_path / "store"
    Store(folder).add(made(tmp_path), now=datetime(2026, 1, 1, tzinfo=UTC))
    rows = [
        diversion(
            store,
            origin="XAA",
            destination="XBB",
            commodity="87",
            base="2017:2021",
            window="2022",
            near=NEAR,
            model="trend",
        ).rows.to_pylist()
        for store in (Store(folder), Store(folder, Spark(spark)))
    ]
    assert [row["hub"] for row in rows[0]] == [row["hub"] for row in rows[1]]
    for one, other in zip(*rows, strict=True):
        assert list(other) == list(one)
        for name, value in one.items():
            told = pytest.approx(value, rel=1e-6, nan_ok=True) if isinstance(value, float) else value
            assert other[name] == told, name
    total = next(row for row in rows[1] if row["hub"] == NEAR and row["channel"] == "total")
    assert total["rerouted_usd"] > 5e6
