"""What is drawn for a question of rerouted trade, and which of it is looked at once for all rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from entrepot.answers._legs import Legs
from entrepot.model.commodity import parse_commodity
from entrepot.model.period import parse_window
from entrepot.store import Store


def test_a_year_told_by_two_files_names_both(tmp_path: Path) -> None:
    """One file a month is alike within a month; two are not within a year, and neither may be lost."""
    snapshots = [_added(tmp_path, months) for months in (range(1, 7), range(7, 13))]
    assert _named(tmp_path, "2020", "2021") == {" ".join(sorted(snapshots))}
    assert _named(tmp_path, "2020-01:2020-12", "2021-01:2021-06") == {" ".join(sorted(snapshots))}
    spans = ("2020", "2021"), ("2020-01:2020-12", "2021-01:2021-06")
    settled = [_legs(tmp_path, *one)._settled["sent"] for one in spans]
    assert ["snapshot" in (columns or ()) for columns in settled] == [False, True]


def test_two_files_of_one_month_are_both_named(tmp_path: Path) -> None:
    snapshots = [_added(tmp_path, range(1, 13), code) for code in ("870310", "870320")]
    assert _named(tmp_path, "2020-01:2020-12", "2021-01:2021-06") == set(snapshots)
    assert _named(tmp_path, "2020-01:2020-12", "2021-01:2021-06", "8703") == {" ".join(sorted(snapshots))}


def _added(folder: Path, months: range, code: str = "870310") -> str:
    lines = [
        f"XAA,XHA,export,{year}-{month:02d},{code},5,simulated" for year in (2020, 2021) for month in months
    ]
    path = folder / f"{months.start}-{code}.csv"
    path.write_text("\n".join(["reporter,partner,flow,period,commodity,value_usd,status", *lines]) + "\n")
    return Store(folder / "store").add(path, now=datetime(2026, 1, 1, tzinfo=UTC)).card.snapshot


def _named(folder: Path, base: str, window: str, goods: str = "870310,870320") -> set[str]:
    return set(_legs(folder, base, window, goods).sums["snapshots"].to_pylist())


def _legs(folder: Path, base: str, window: str, goods: str = "870310,870320") -> Legs:
    spans = parse_window(base), parse_window(window)
    basket = parse_commodity(goods)
    return Legs(Store(folder / "store"), ("XAA",), ("XBB",), basket, None, *spans, (), None, "USD", None)
