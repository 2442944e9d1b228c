"""The margin between CIF and FOB is fitted, and says so where it cannot be; ordinary drift is ranked."""

from __future__ import annotations

import math
import random
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from entrepot.measures import margin, noise

TRUE = {"constant": -0.4, "distance": 0.06}


def world(
    years: tuple[int, ...] = (2019, 2020, 2021), pairs: int = 80, seed: int = 7, **more: Any
) -> pa.Table:
    """Pairs whose imports are dearer by distance, with noise, and one pair in ten that is off by a half."""
    chance = random.Random(seed)
    rows = []
    for place in range(pairs):
        distance = math.exp(chance.uniform(5.5, 9.5))
        for year in years:
            freight = TRUE["constant"] + TRUE["distance"] * math.log(distance)
            odd = 0.5 if place % 10 == 0 else 0.0
            sent = math.exp(chance.uniform(15, 20))
            rows.append(
                {
                    "origin": f"O{place}", "destination": "XBB", "year": date(year, 1, 1),
                    "export_value": sent,
                    "import_value": sent * math.exp(freight + odd + chance.gauss(0, 0.03)),
                    "distance_km": distance,
                    "is_contiguous": float(place % 7 == 0),
                    "origin_landlocked": float(place % 3 == 0),
                    "destination_landlocked": float(place % 5 == 0),
                }
                | more
            )  # fmt: skip
    return pa.Table.from_pylist(rows)


NEAR = {
    "distance_km": 3000.0, "is_contiguous": 0.0, "origin_landlocked": 0.0, "destination_landlocked": 0.0,
}  # fmt: skip


def test_the_fit_finds_the_margin_it_was_made_with():
    """Within three of its own standard errors, outliers or not."""
    fitted = margin.fit(world())
    assert isinstance(fitted, margin.Fit)
    found, error = fitted.predicted(NEAR) or (0.0, 0.0)
    true = math.exp(TRUE["constant"] + TRUE["distance"] * math.log(3000)) - 1
    assert 0 < error < 0.05
    assert abs(found - true) < 3 * error


def test_every_year_before_the_event_is_used():
    """Three years tell more than one: a lag that is never joined would leave the error as it was."""
    one, three = margin.fit(world(years=(2021,))), margin.fit(world())
    assert isinstance(one, margin.Fit)
    assert isinstance(three, margin.Fit)
    assert three.observations == 3 * one.observations
    assert (three.predicted(NEAR) or (0, 9))[1] < (one.predicted(NEAR) or (0, 0))[1]


def test_rules_of_the_fit_fire_and_add_up():
    """What is too small, too far apart or without geography is set aside, counted, and adds up."""
    rows = world().to_pylist()
    rows[0] |= {"export_value": 10.0, "import_value": 11.0}
    rows[1] |= {"import_value": rows[1]["export_value"] * 4}
    rows[2] |= {"distance_km": None}
    fitted = margin.fit(pa.Table.from_pylist(rows))
    assert isinstance(fitted, margin.Fit)
    assert [rule["rows"] for rule in fitted.rules] == [1, 1, 1, len(rows) - 3]
    assert sum(rule["value"] for rule in fitted.rules) == pytest.approx(sum(r["export_value"] for r in rows))


def test_too_few_pairs_are_no_fit():
    """Twenty pairs are told to be too few, and the fallback is named as one."""
    told = margin.fit(world(pairs=20))
    assert isinstance(told, str)
    assert "20 pairs" in told
    wanted = {"asked_origin": "XAA", "asked_destination": "XBB", "weight": 1.0, **NEAR}
    row = margin.margins(pa.Table.from_pylist([wanted]), told).to_pylist()[0]
    assert row["margin"] == 0.06
    assert row["margin_source"].startswith("fallback 6%")
    assert row["margin_error"] * 1.6448536 == pytest.approx(0.06)


def test_a_rank_deficient_fit_is_refused():
    """Contiguity that is landlockedness under another name cannot be told apart from it."""
    rows = [row | {"is_contiguous": row["origin_landlocked"]} for row in world().to_pylist()]
    assert margin.fit(pa.Table.from_pylist(rows)) == "the covariates held do not tell their effects apart"


def test_a_margin_that_is_no_freight_gives_way_to_the_fallback():
    """Imports below exports everywhere: the fit says minus 20 %, which is no cost of transport."""
    rows = [row | {"import_value": row["export_value"] * 0.8} for row in world().to_pylist()]
    fitted = margin.fit(pa.Table.from_pylist(rows))
    wanted = {"asked_origin": "XAA", "asked_destination": "XBB", "weight": 1.0, **NEAR}
    row = margin.margins(pa.Table.from_pylist([wanted]), fitted).to_pylist()[0]
    assert row["margin"] == 0.06
    assert "-20.0%" in row["margin_source"]


def test_a_groups_margin_weighs_its_members():
    """Nine parts of a near member, one of a far one."""
    fitted = margin.fit(world())
    assert isinstance(fitted, margin.Fit)
    far = NEAR | {"distance_km": 9000.0}
    asked = {"asked_origin": "EU27", "asked_destination": "XBB"}
    table = pa.Table.from_pylist([asked | NEAR | {"weight": 9.0}, asked | far | {"weight": 1.0}])
    row = margin.margins(table, fitted).to_pylist()[0]
    parts = [(fitted.predicted(one) or (0, 0))[0] for one in (NEAR, far)]
    assert row["margin"] == pytest.approx(0.9 * parts[0] + 0.1 * parts[1])


def drifted(changes: list[float]) -> pa.Table:
    """One pair a change: the ratio of its sides moves by it from 2020 to 2021."""
    rows = []
    for place, change in enumerate(changes):
        pair = {"origin": "XAA", "destination": f"D{place}", "export_value": 100.0}
        rows.append(pair | {"year": date(2020, 1, 1), "import_value": 100.0})
        rows.append(pair | {"year": date(2021, 1, 1), "import_value": 100.0 * math.exp(change)})
    return pa.Table.from_pylist(rows)


def test_the_band_of_ordinary_drift_is_of_order_statistics():
    """Of 39 changes the second from each end: 36 of 40 places for the next one lie between them."""
    changes = [place / 100 for place in range(-19, 20)]
    assert noise.band(changes) == (-0.18, 0.18)
    assert noise.band(changes[:18]) is None


def test_an_origins_own_years_come_first():
    """Where the origin has nineteen ordinary changes of its own, others do not widen its band."""
    mine, world_ = drifted([0.01] * 19), drifted([5.0] * 60)
    mine = mine.append_column("choice", pa.array(["asked"] * len(mine)))
    row = noise.bands(mine, world_, 2021, 1, ["D0"]).to_pylist()[0]
    assert row["drift_high"] == pytest.approx(0.01)
    assert row["drift_source"] == "XAA with its customers"


def test_years_of_the_event_are_no_yardstick():
    """Changes into years after the base are what is asked about."""
    assert noise.drifts(drifted([0.3] * 5), until=2020, lag=1) == []
