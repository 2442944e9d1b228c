"""Whether two answers are the same: the same columns and rows, counts and texts exact, values to 1e-9."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

CLOSE = 1e-9


def differences(ours: pa.Table, other: pa.Table, key: Sequence[str]) -> list[str]:
    """What differs, in words; nothing where the answers are the same. key: what tells the rows apart."""
    one, two = (_sorted(table, key) for table in (ours, other))
    if set(one.columns) != set(two.columns):
        return [f"columns {sorted(set(one.columns) ^ set(two.columns))}"]
    if len(one) != len(two):
        return [f"{len(one)} rows and {len(two)}"]
    return [name for name in one.columns if not _same(one[name], two[name])]


def _sorted(table: pa.Table, key: Sequence[str]) -> pl.DataFrame:
    found = pl.DataFrame(table)
    return found.sort(list(key))


def _same(one: pl.Series, two: pl.Series) -> bool:
    if not one.dtype.is_float():
        kind = pl.Int64 if one.dtype.is_integer() else pl.String if one.dtype == pl.Categorical else one.dtype
        return one.cast(kind).equals(two.cast(kind))
    if not (one.is_null() == two.is_null()).all():
        return False
    near = (one - two).abs() <= CLOSE * one.abs()
    return bool(near.fill_null(value=True).all())
