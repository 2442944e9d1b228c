"""The tidy format takes what it documents and sets the rest aside with a reason."""

from __future__ import annotations

import pytest

HEADER = "reporter,partner,flow,period,commodity,value_usd,status\n"
GOOD = "XAA,XBB,export,2021-01,8703,1,simulated\nXAA,XBB,export,2021-02,8703,1,simulated\n"


def put(tmp_path, text, name="tidy.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "period", ["2021-1-15", "2021-03:2021-12", "2009/10", "2021Q1", "-2021-12", "202111.0", "0000", "2021-13"]
)
def test_a_period_is_a_year_or_a_month_and_nothing_like_it(read, tmp_path, period):
    """What is not written as documented is not guessed at."""
    reading = read(put(tmp_path, f"{HEADER}{GOOD}XAA,XBB,export,{period},8703,5,simulated\n"))
    (row,) = reading.rejects.to_pylist()
    assert (row["row"], row["column"]) == (4, "period")


@pytest.mark.parametrize("period", ["2021-03", "2021-03-01"])
def test_a_month_may_be_written_as_its_first_day(read, tmp_path, period):
    """Both spellings of the documentation mean March 2021."""
    reading = read(put(tmp_path, f"{HEADER}XAA,XBB,export,{period},8703,5,simulated\n"))
    assert [f"{row['period']:%Y-%m}" for row in reading.flows.to_pylist()] == ["2021-03"]


@pytest.mark.parametrize(
    ("columns", "cells", "column"),
    [
        ("value,value_usd", "7000,1000", "value"),
        ("value_usd,value_eur", "7000,6000", "value"),
        ("value_usd,currency", "7000,EUR", "currency"),
        ("value,currency", "7000,dollars", "currency"),
        ("value,currency", "7000,", "currency"),
    ],
)
def test_one_value_in_one_currency(read, tmp_path, columns, cells, column):
    """A value said twice, or in a currency that is not its column's, is not relabelled."""
    good = "1," if columns.startswith("value_") else "1,USD" if "currency" in columns else ","
    header = f"reporter,partner,flow,period,commodity,{columns},net_weight_kg,status\n"
    rows = (
        f"XAA,XBB,export,2021-01,8703,{good},1,simulated\nXAA,XBB,export,2021-02,8703,{cells},1,simulated\n"
    )
    (row,) = read(put(tmp_path, header + rows)).rejects.to_pylist()
    assert (row["row"], row["column"]) == (3, column)


def test_a_weight_without_a_value_keeps_the_currency_of_its_column(read, tmp_path):
    """No dollars are invented in a file of euros."""
    header = "reporter,partner,flow,period,commodity,value_eur,net_weight_kg,status\n"
    rows = "XAA,XBB,export,2021-01,87,500,10,simulated\nXAA,XBB,export,2021-02,87,,20,simulated\n"
    reading = read(put(tmp_path, header + rows))
    assert {row["currency"] for row in reading.flows.to_pylist()} == {"EUR"}


def test_half_a_cell_twice_is_not_the_cell(read, tmp_path):
    """A weight in one row and a value in another are unlike: neither is stored, both are told."""
    header = "reporter,partner,flow,period,commodity,value_usd,net_weight_kg,status\n"
    rows = "XAA,XBB,export,2021-01,87,,5,simulated\nXAA,XBB,export,2021-01,87,700,,simulated\n"
    more = "XAA,XBB,export,2021-02,87,1,1,simulated\nXAA,XBB,export,2021-03,87,1,1,simulated\n"
    reading = read(put(tmp_path, header + rows + more))
    assert ([row["row"] for row in reading.rejects.to_pylist()], len(reading.flows)) == ([2, 3], 2)


def test_an_invented_country_beside_kosovo_is_still_invented(read, tmp_path):
    """XKX is a country; XAA is not, whoever its partner."""
    reading = read(put(tmp_path, f"{HEADER}{GOOD}XAA,XKX,export,2021-01,8703,7000,\n"))
    assert [row["column"] for row in reading.rejects.to_pylist()] == ["status"]
