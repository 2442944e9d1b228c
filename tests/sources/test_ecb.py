"""The ECB's exchange rates. The figures of sample.csv are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from entrepot.errors import ReadError

SAMPLE = Path(str(files("entrepot.sources.ecb").joinpath("sample.csv")))
Read = Callable[..., Any]


def changed(folder: Path, old: str, new: str) -> Path:
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    (folder / "exr.csv").write_text(text.replace(old, new), encoding="utf-8")
    return folder / "exr.csv"


def test_dollars_for_a_euro_by_month_and_by_year(read_facts: Read):
    """A cell without a rate is missing; the rate of the end of a month is no average."""
    found = read_facts(SAMPLE)
    assert found.of("usd_per_eur", "frequency", "period") == {
        ("M", date(2022, 1, 1)): 1.1111, ("M", date(2022, 2, 1)): 1.2222, ("A", date(2022, 1, 1)): 1.3333,
    }  # fmt: skip
    assert found.of("cny_per_eur") == {date(2022, 1, 1): 7.1111}
    assert (found.card.missing, found.rows["area"].null_count) == (1, 4)
    assert [(row["row"], row["reason"]) for row in found.rejects.to_pylist()] == [(7, "not an average")]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("SP00,A,2022-02", "EN00,A,2022-02", "EXR_TYPE"),
        ("2022-02,1.2222", "2022-02,0", "OBS_VALUE"),
        ("2022-02,1.2222", "2022-02,1.2x", "OBS_VALUE"),
        ("SP00,A,2022-02", "SP00,A,2022-Q1", "TIME_PERIOD"),
        ("M,USD,EUR,SP00,A,2022-02", "Q,USD,EUR,SP00,A,2022-02", "FREQ"),
        ("CNY,0", "CNY,3", "UNIT_MULT"),
    ],
)
def test_other_series_and_faults_are_rejected(
    read_facts: Read, tmp_path: Path, old: str, new: str, column: str
):
    rejects = read_facts(changed(tmp_path, old, new)).rejects.to_pylist()
    assert column in [row["column"] for row in rejects]


def test_a_file_of_days_is_refused(read_facts: Read, tmp_path: Path):
    text = "".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:3])
    (tmp_path / "days.csv").write_text(text.replace(",M,USD", ",D,USD"), encoding="utf-8")
    with pytest.raises(ReadError, match="neither months nor years"):
        read_facts(tmp_path / "days.csv")


def test_a_provisional_rate_is_an_estimate(read_facts: Read, tmp_path: Path):
    found = read_facts(changed(tmp_path, "1.2222,A", "1.2222,P"))
    assert found.rows["status"].to_pylist().count("estimated") == 1
