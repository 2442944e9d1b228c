"""The rules in use elsewhere, each on sums a reader would do by hand."""

from __future__ import annotations

import statistics

import pytest

from entrepot.measures.rules import growth_and_z, increment, smaller_increment, year_on_year
from entrepot.model.constant import constant

BY = ("hub",)


def yearly(**hubs):
    """Values of each hub from 2017 on; None is a year that is missing."""
    cells = [
        (hub, 2017 + n, float(v))
        for hub, values in hubs.items()
        for n, v in enumerate(values)
        if v is not None
    ]
    names = ("hub", "year", "value")
    return constant(
        dict(zip(names, zip(*cells, strict=True), strict=True)),
        {"hub": "string", "year": "int64", "value": "float64"},
    )


def sums(**hubs):
    """The base and the window of each hub."""
    base, window = zip(*hubs.values(), strict=True)
    return constant(
        {"hub": list(hubs), "base_value": base, "window_value": window},
        {"hub": "string", "base_value": "float64", "window_value": "float64"},
    )


def by_hub(rows):
    return {row["hub"]: row for row in rows}


def test_growth_unusual_for_the_cell_itself(engine):
    """+10 %, -10 %, +20 % before, then doubled: z is 1 less their mean over their sample deviation."""
    values = [100, 110, 99, 118.8, 237.6]
    row = engine.run(growth_and_z(yearly(XBB=values), 2021, BY, floor=200)).to_pylist()[0]
    usual = [0.1, -0.1, 0.2]
    assert row["growth"] == pytest.approx(1.0)
    assert row["z"] == row["score"] == pytest.approx((1 - statistics.mean(usual)) / statistics.stdev(usual))
    assert (row["growths"], row["is_flagged"]) == (3, True)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ([100, 110, 99, 118.8, 237.6], {"floor": 300}),
        ([100, 110, 99, 118.8, 170], {"floor": 100}),
        ([100, 300, 90, 250, 500], {"floor": 100}),
        ([100, 110, None, 118.8, 237.6], {"floor": 100}),
        ([100, 100, 100, 100, 200], {"floor": 100}),
    ],
    ids=["below the floor", "grew by less than half", "usual for it", "too few years", "no deviation"],
)
def test_not_flagged(engine, values, options):
    rows = engine.run(growth_and_z(yearly(XBB=values), 2021, BY, **options)).to_pylist()
    assert [row["is_flagged"] for row in rows] == [False]


def test_a_missing_year_makes_no_growth_rate(engine):
    """Of 2017, 2018, 2020, 2021 and 2022 two growth rates lie before 2022, and not three over a gap."""
    rows = engine.run(growth_and_z(yearly(XBB=[1, 2, None, 4, 5, 9]), 2022, BY, floor=0)).to_pylist()
    assert [(row["growths"], row["z"]) for row in rows] == [(2, None)]


def test_year_on_year(engine):
    """A third more is flagged, a quarter more is not, and from nothing there is no growth."""
    rows = by_hub(
        engine.run(
            year_on_year(sums(XBB=(3.0, 4.0), XCC=(4.0, 5.0), XDD=(0.0, 9.0), XEE=(None, 9.0)), BY)
        ).to_pylist()
    )
    assert {hub: row["is_flagged"] for hub, row in rows.items()} == {
        "XBB": True, "XCC": False, "XDD": False, "XEE": False,
    }  # fmt: skip
    assert (rows["XCC"]["score"], rows["XDD"]["score"]) == (0.25, None)


def test_increment(engine):
    rows = by_hub(
        engine.run(increment(sums(XBB=(3.0, 4.5), XCC=(4.0, 1.0), XEE=(None, 9.0)), BY)).to_pylist()
    )
    assert {hub: (row["score"], row["is_flagged"]) for hub, row in rows.items()} == {
        "XBB": (1.5, True), "XCC": (-3.0, False), "XEE": (None, False),
    }  # fmt: skip


def test_the_smaller_of_two_increments(engine):
    """In 5 more and out 2 more: 2. Out 1 less: -1, not flagged. On one leg alone: no row."""
    inward = sums(XBB=(1.0, 6.0), XCC=(1.0, 6.0), XDD=(1.0, 6.0))
    outward = sums(XBB=(1.0, 3.0), XCC=(2.0, 1.0))
    rows = engine.run(smaller_increment(inward, outward, BY)).to_pylist()
    assert [(row["hub"], row["score"], row["is_flagged"]) for row in rows] == [
        ("XBB", 2.0, True), ("XCC", -1.0, False),
    ]  # fmt: skip
