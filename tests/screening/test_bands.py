"""Bands for shipments: one query for all origins, codes and months, and what they rest on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from entrepot import Store
from entrepot.screening.bands import SCHEMA, bands

HEAD = "reporter,partner,flow,period,commodity,value,currency,net_weight_kg,status,valuation,partner_basis"
OTHERS = ("XBB", "XCC", "XDD", "XEE", "XFF", "XGG", "XHH", "XII")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """XAA tells dollars, XAE euros: the same bearings at 4 to 11 a kilogram in March 2022."""
    folder = tmp_path_factory.mktemp("bands")
    lines = [
        f"{reporter},{other},export,2022-03,848210,{(4 + place) * 10},{money},10,simulated,fob,destination"
        for reporter, money in (("XAA", "USD"), ("XAE", "EUR"))
        for place, other in enumerate(OTHERS)
    ]
    (folder / "exports.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    held = Store(folder / "store")
    held.add(folder / "exports.csv", now=datetime(2023, 1, 2, tzinfo=UTC), published=date(2022, 12, 1))
    return held


def wanted(*rows: tuple[str | None, str | None, date | None]) -> pa.Table:
    names = ("origin", "commodity", "month")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def test_each_origin_code_and_month_once(store):
    """Two shipments of a month are one band; a national code is its first six digits."""
    asked = wanted(
        ("XAA", "848210", date(2022, 5, 3)),
        ("XAA", "84821010", date(2022, 5, 30)),
        ("XAA", "848210", date(2022, 10, 1)),
        ("XAA", "854231", date(2022, 5, 1)),
        ("XKG", "848210", date(2022, 5, 1)),
    )
    rows, shots = bands(store, asked)
    assert rows.schema == SCHEMA
    (row,) = rows.to_pylist()
    assert (row["origin"], row["commodity"], row["month"]) == ("XAA", "848210", date(2022, 5, 1))
    assert row["middle"] == pytest.approx((7 * 8) ** 0.5)
    assert (row["low"] < 4, row["high"] > 11) == (True, True)
    assert [shot.snapshot for shot in shots] == [row["snapshots"]]


def test_euros_are_dollars_of_their_month_and_the_rates_are_behind_it(store):
    month = date(2022, 3, 1)
    rows, shots = bands(store, wanted(("XAE", "848210", month), ("XAA", "848210", month)))
    dollars, euros = rows.to_pylist()
    assert euros["middle"] / dollars["middle"] == pytest.approx(1.1019, abs=0.001)
    assert (dollars["currencies"], euros["currencies"]) == ("USD", "EUR")
    assert [shot.source for shot in shots] == ["tidy", "ecb"]


def test_what_is_not_told_asks_nothing(store):
    rows, shots = bands(store, wanted((None, "848210", date(2022, 3, 1)), ("XAA", "84", date(2022, 3, 1))))
    assert (len(rows), shots) == (0, [])


def test_nothing_held_or_nothing_published_yet_is_no_band(store, tmp_path: Path):
    asked = wanted(("XAA", "848210", date(2022, 3, 1)))
    assert len(bands(Store(tmp_path), asked)[0]) == 0
    assert len(bands(store, asked, as_of=date(2022, 11, 30))[0]) == 0
    assert len(bands(store, asked, as_of=date(2022, 12, 1))[0]) == 1


def test_many_bands_are_sought_in_parts_and_say_the_same(store, monkeypatch):
    asked = wanted(*[(one, "848210", date(2022, month, 1)) for one in ("XAE", "XAA") for month in (3, 4, 5)])
    whole, _ = bands(store, asked)
    monkeypatch.setattr("entrepot.screening.bands._AT_ONCE", 2)
    assert bands(store, asked)[0].to_pylist() == whole.to_pylist()
    assert len(whole) == 6
