"""Prices of crude oil. The figures of sample.csv are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from entrepot.errors import ReadError

SAMPLE = Path(str(files("entrepot.sources.prices").joinpath("sample.csv")))
BRENT = "brent_usd_per_barrel"
Read = Callable[..., Any]


def written(folder: Path, name: str, *rows: str) -> Path:
    (folder / name).write_text("Date,Price\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder / name


def test_a_month_is_a_month_whatever_day_it_is_dated(read_facts: Read):
    """Of the world: no area. An empty price is missing."""
    found = read_facts(SAMPLE, given={"indicator": BRENT})
    assert found.of(BRENT) == {date(2022, 4, 1): 111.1, date(2022, 5, 1): 222.2}
    assert (found.card.missing, found.rows["area"].null_count) == (1, 2)


def test_years_are_years(read_facts: Read, tmp_path: Path):
    found = read_facts(written(tmp_path, "brent-annual.csv", "2019-06-30,1", "2020-06-30,2"))
    assert found.of(BRENT, "period", "frequency") == {(date(2019, 1, 1), "A"): 1, (date(2020, 1, 1), "A"): 2}


@pytest.mark.parametrize("second", ["2022-04-18", "2022-04-22", "2022-07-15"])
def test_days_weeks_and_quarters_are_refused(read_facts: Read, tmp_path: Path, second: str):
    with pytest.raises(ReadError, match="neither one a month nor one a year"):
        read_facts(written(tmp_path, "brent.csv", "2022-04-15,1", f"{second},2"))


def test_a_file_whose_name_does_not_say_so_is_not_recognised(read_facts: Read, tmp_path: Path):
    """A date and a price may be of anything."""
    with pytest.raises(ReadError, match="tidy format"):
        read_facts(written(tmp_path, "wheat-monthly.csv", "2022-04-15,1", "2022-05-15,2"))


def test_real_prices(read_facts: Read, data: Path):
    found = read_facts(data / "reference" / "brent-monthly.csv")
    assert found.of(BRENT)[date(2022, 6, 1)] == pytest.approx(122.71)
    assert (found.card.rows, found.card.rejects) == (471, 0)
    assert any("by the file's name" in note for note in found.card.warnings)
