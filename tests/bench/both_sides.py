"""A made-up year of both sides of trade, as large as BACI's, and the reconciling of it: ours and in pandas.

The countries do not exist. `by_hand` follows what the Harvard Growth Lab says its mirroring does, step by
step in pandas (merge, discrepancy of each pair, 25 rounds of scores, softmax weights, values, scaling to pair
totals); it is written anew here from that description.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import ibis

from entrepot.model.flow import COLUMNS
from entrepot.model.provenance import Snapshot
from entrepot.store import Store
from entrepot.store.engine import Engine
from tests.bench.generator import MACROS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from ibis.expr.types import Table

REPORTERS, CHAPTERS, PARTS = 220, 96, 52
_CHOICE = 22  # cells to choose each from, at least, as far as there are codes: fewer need fewer
_SIDE_GIVEN = 10 / 11  # of the cells of a year, by each side
_ROUNDS = 25

_CELLS = """
CREATE TABLE area AS
SELECT range AS place, 'X' || chr((65 + range // 26)::INT) || chr((65 + range % 26)::INT) AS code,
       2.2 * normal(range, 10) AS size,
       0.05 + uniform(range, 11) AS export_sd, 0.05 + uniform(range, 12) AS import_sd
FROM range({reporters});
CREATE TABLE goods AS
SELECT printf('%02d%02d%d0', chapter + (chapter >= 77)::INT, 1 + part // 4, 1 + part % 4) AS code,
       normal(chapter * 100 + part, 20) AS size
FROM (SELECT range + 1 AS chapter FROM range(96)), (SELECT range AS part FROM range({parts}));
CREATE TABLE pair AS
SELECT e.code AS exporter, i.code AS importer, e.export_sd, i.import_sd, e.size + i.size AS size,
       hash(e.code, i.code) AS id, 1 / (1 + exp(-(e.size + i.size) / 1.5)) AS share
FROM area e, area i WHERE e.place <> i.place;
"""
_CELL = """
SELECT p.*, g.code AS commodity, hash(p.id, g.code) AS cell,
       exp(10 + 0.8 * p.size + 0.8 * g.size + 1.2 * normal(hash(p.id, g.code), 30)) AS truth
FROM pair p, goods g
WHERE uniform(hash(p.id, g.code), 31) < {scale} * p.share
"""
_SIDE = """
SELECT {reporter} AS reporter, {partner} AS partner, '{basis}' AS partner_basis, '{flow}' AS flow,
       DATE '2021-01-01' AS period, 'A' AS frequency, commodity, 6::TINYINT AS digits, 'HS2017' AS
       hs_revision,
       NULL::VARCHAR AS partner2, NULL::VARCHAR AS procedure, NULL::VARCHAR AS transport,
       NULL::VARCHAR AS location, '' AS breakdown, '{valuation}' AS valuation,
       round(truth * {freight} * exp({sd} * normal(cell, {salt})), 2) AS value, 'USD' AS currency,
       NULL::DOUBLE AS net_weight_kg, NULL::DOUBLE AS quantity, NULL::VARCHAR AS quantity_unit,
       false AS is_estimated, 'simulated' AS status, 'tidy' AS source, left(md5({reporter}), 16) AS snapshot,
       0::BIGINT AS row
FROM made WHERE uniform(cell, {salt} + 5) < {given}
"""
_SIDES = (
    {"reporter": "exporter", "partner": "importer", "basis": "destination", "flow": "export"}
    | {"valuation": "fob", "freight": 1.0, "sd": "export_sd", "salt": 40},
    {"reporter": "importer", "partner": "exporter", "basis": "origin", "flow": "import"}
    | {"valuation": "cif", "freight": 1.06, "sd": "import_sd", "salt": 50},
)


def generate(target: Path, cells: int, seed: int = 1) -> None:
    """Write both sides of about `cells` cells as Parquet in the store's columns and order."""
    with TemporaryDirectory(dir=target.parent) as scratch:
        config = {"memory_limit": "1500MB", "temp_directory": scratch}
        with duckdb.connect(str(Path(scratch, "made.duckdb")), config=config) as made:
            made.execute(MACROS.format(seed=seed))
            parts = min(PARTS, 1 + _CHOICE * cells // (REPORTERS * (REPORTERS - 1) * CHAPTERS))
            made.execute(_CELLS.format(reporters=REPORTERS, parts=parts))
            ((pairs,),) = made.sql("SELECT sum(share) FROM pair").fetchall()
            either = 1 - (1 - _SIDE_GIVEN) ** 2
            scale = cells / either / pairs / (CHAPTERS * parts)
            made.execute(f"CREATE TABLE made AS {_CELL.format(scale=scale)}")
            both = " UNION ALL ".join(_SIDE.format(given=_SIDE_GIVEN, **side) for side in _SIDES)
            order = "ORDER BY flow, commodity, reporter, partner"
            options = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2"
            made.execute(f"COPY (SELECT * FROM ({both}) {order}) TO '{target}' ({options})")


class Made(Store):
    """A store whose rows are one Parquet file: adding is timed elsewhere."""

    def __init__(self, source: Path, engine: str | Engine = "duckdb") -> None:
        super().__init__(source.parent / "none", engine)
        self._views["made"] = [str(source)]

    def flows(self, as_of: date | None = None, sources: object = ()) -> Table:
        return ibis.table(COLUMNS, name="made")

    def snapshots(self, as_of: date | None = None) -> list[Snapshot]:
        return []


def ours(source: Path, target: Path) -> None:
    """As the command line does it with --output."""
    from entrepot import reconcile
    from entrepot.present.files import as_parquet, whole_parquet

    answer = reconcile(Made(source), period="2021", digits=6)
    if answer.whole is None:
        target.write_bytes(as_parquet(answer))
    else:
        whole_parquet(answer, target)


def by_hand(source: Path, target: Path) -> None:
    """The same question in pandas."""
    import pandas as pd

    columns = ["reporter", "partner", "flow", "commodity", "value"]
    rows = pd.read_parquet(source, columns=columns)
    key = ["exporter", "importer", "commodity"]
    exports = rows[rows["flow"] == "export"].drop(columns="flow")
    exports = exports.rename(columns={"reporter": "exporter", "partner": "importer", "value": "x"})
    imports = rows[rows["flow"] == "import"].drop(columns="flow")
    imports = imports.rename(columns={"reporter": "importer", "partner": "exporter", "value": "m"})
    both = exports.merge(imports, on=key, how="outer")
    both["m"] /= 1.06
    pairs = both.groupby(key[:2], as_index=False)[["x", "m"]].sum()
    pairs = _scored(pairs)
    pairs["total"] = _weighted(pairs)
    both = both.merge(pairs[["exporter", "importer", "w", "total"]], on=key[:2], how="left")
    both["value"] = _weighted(both)
    both["value"] *= both["total"] / both.groupby(key[:2])["value"].transform("sum")
    both.to_parquet(target, compression="zstd")


def _weighted(rows: pd.DataFrame) -> pd.Series:
    value = rows["w"] * rows["x"] + (1 - rows["w"]) * rows["m"]
    return value.fillna(rows["x"]).fillna(rows["m"])


def _scored(pairs: pd.DataFrame) -> pd.DataFrame:
    """Scores of exporters and importers, each from the other, and the softmax weight of each pair."""
    import numpy as np

    used = pairs[(pairs["x"] >= 10_000) & (pairs["m"] >= 10_000)]
    apart = (used["x"] - used["m"]).abs() / (used["x"] + used["m"])
    gaps = used.assign(d=apart).pivot_table(index="exporter", columns="importer", values="d")
    held, gap = gaps.notna().to_numpy(), gaps.fillna(0).to_numpy()
    exporters, importers = np.ones(gap.shape[0]), np.ones(gap.shape[1])
    for _ in range(_ROUNDS):
        exporters, importers = _round(gap, held, importers), _round(gap.T, held.T, exporters)
    weights = np.exp(exporters)[:, None] / (np.exp(exporters)[:, None] + np.exp(importers)[None, :])
    table = gaps * 0 + weights
    long = table.stack().rename("w").reset_index()
    return pairs.merge(long, on=["exporter", "importer"], how="left").fillna({"w": 0.5})


def _round(gap: np.ndarray, held: np.ndarray, other: np.ndarray) -> np.ndarray:
    score: np.ndarray = 1 / ((gap @ other) / held.sum(axis=1).clip(1)).clip(1e-9)
    return score / score.mean()
