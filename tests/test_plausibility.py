"""The question as a user asks it of invented countries: exports by month, all else by year."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime

import pytest

from entrepot import Store, cli, plausibility
from entrepot.errors import NoDataError, UsageError

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TRADE = "reporter,partner,flow,period,commodity,value,currency,status\n"
FACTS = "Country Name,Country Code,Year,Value\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """XAA exports 12 a month to XBB in 2022, 24 in 2023, and to XCC in dollars' place euros."""
    folder = tmp_path_factory.mktemp("plausibility")
    made = Store(folder / "store")
    months = [(year, month) for year in (2022, 2023) for month in range(1, 13)]
    exports = "".join(
        f"XAA,XBB,export,{y}-{m:02},870323,{12 * (y - 2021)},USD,simulated\n" for y, m in months
    )
    euros = "XAA,XCC,export,2023,870323,100,EUR,simulated\nXAA,XDD,export,2023,870323,1,XTS,simulated\n"
    imports = "XBB,XAA,import,2023,870323,144,USD,simulated\n"
    toys = "XAA,XBB,export,2022,950300,12,USD,simulated\nXAA,XBB,export,2023,950300,24,USD,simulated\n"
    world = "XBB,WLD,import,2022,870323,144,USD,simulated\nXBB,WLD,export,2022,870323,4,USD,simulated\n"
    for name, day, text in (
        ("toys.csv", "2024-02-01", TRADE + toys),
        ("world.csv", "2024-02-01", TRADE + world),
        ("exports.csv", "2024-02-01", TRADE + exports),
        ("euros.csv", "2024-02-01", TRADE + euros),
        ("imports.csv", "2024-05-01", TRADE + imports),
        ("gdp.csv", "2024-03-01", FACTS + "B,XBB,2022,1440\nB,XBB,2023,2880\nC,XCC,2023,100000\n"),
        ("gdp_data.csv", "2025-03-01", FACTS + "B,XBB,2023,1440\n"),
        ("population.csv", "2024-03-01", FACTS + "B,XBB,2023,8\n"),
    ):
        (folder / name).write_text(text, encoding="utf-8")
        made.add(folder / name, now=NOW, published=date.fromisoformat(day))
    (folder / "made.csv").write_text(FACTS + "B,XBB,2022,10\n", encoding="utf-8")
    made.add(folder / "made.csv", now=NOW, given={"indicator": "vehicles_made_usd"})
    return made


def asked(store: Store, **question: object):
    return plausibility(store, **{"origin": "XAA", "destination": "XBB", "commodity": "87", **question})


def test_a_year_against_its_size_its_past_and_both_sides(store: Store):
    """288 of 1,440 among 8 people by the exporter, 144 by the importer; a year before 144 of 1,440."""
    answer = asked(store, period="2023")
    [row] = answer.rows.to_pylist()
    assert (row["value_usd"], row["gdp_share"], row["value_per_head_usd"]) == (288, 288 / 1440, 288 / 8)
    assert (row["gdp_share_low"], row["gdp_share_high"]) == (144 / 1440, 288 / 1440)
    assert (row["own_history_share_low"], row["own_history_share_high"], row["own_history_years"]) == (
        0.1,
        0.1,
        1,
    )
    assert (row["gdp_share_rank"], row["countries"], row["countries_below_share"]) == (1, 2, 1)
    assert (row["absorption_usd"], row["commodity"], row["period"]) == (None, "87", date(2023, 1, 1))
    assert any("no absorption" in text for text in answer.warnings)


def test_it_names_every_file_it_rests_on(store: Store):
    """Those of the facts too; not the product that was revised."""
    files = {shot.file for shot in asked(store, period="2023").snapshots}
    assert files >= {"exports.csv", "imports.csv", "gdp_data.csv", "population.csv"}
    assert "gdp.csv" not in files


def test_as_of_takes_the_product_known_then(store: Store):
    """Before the revision, and before the importer reported."""
    answer = asked(store, period="2023", as_of=date(2024, 4, 1))
    [row] = answer.rows.to_pylist()
    assert (row["gdp_usd"], row["gdp_share_low"]) == (2880, None)
    assert row["share_basis"] == "exporter alone: the importer's figure is not held"
    [early] = asked(store, period="2023", as_of=date(2024, 2, 15)).rows.to_pylist()
    assert (early["value_usd"], early["gdp_usd"], early["gdp_share"]) == (288, None, None)


def test_other_currencies_are_converted_where_a_rate_is_held_and_else_refused(store: Store):
    """A year's euros at the ECB's average; of XTS nobody knows a rate."""
    answer = asked(store, period="2023", destination="XCC,XDD")
    euros, unknown = answer.rows.to_pylist()
    assert euros["value_usd"] == pytest.approx(100 * 1.0813, rel=1e-3)
    assert (unknown["value_usd"], unknown["gdp_share"]) == (None, None)
    assert any(text.startswith("XDD 2023: not in US dollars") for text in answer.warnings)
    assert any(shot.publisher == "European Central Bank" for shot in answer.snapshots)


def test_each_year_asked_for_is_a_row_and_pairs_without_figures_are_said(store: Store):
    answer = asked(store, period="2022:2023", destination="XBB,XEE")
    assert [row["period"].year for row in answer.rows.to_pylist()] == [2022, 2023]
    assert "nothing is held of XAA to XEE in 2022, XAA to XEE in 2023." in answer.warnings


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"period": "2023-01:2023-06"}, "whole years"),
        ({"period": "2023", "flow": "re-export"}, "part of a flow"),
        ({"period": "2023", "made": "vehicles_made"}, "no fact in US dollars"),
    ],
)
def test_what_cannot_be_asked(store: Store, question: dict[str, str], says: str):
    with pytest.raises(UsageError, match=says):
        asked(store, **question)


def test_goods_nobody_restricted_stand_beside(store: Store):
    """Toys rose from 12 to 24 as vehicles did from 144 to 288: both doubled, and the reader sees it."""
    answer = asked(store, period="2023", others="95")
    [row] = answer.beside["others"].to_pylist()
    assert (row["commodity"], row["value_usd"], row["gdp_share"]) == ("95", 24, 24 / 1440)
    assert (row["own_history_share_high"], row["own_history_years"]) == (12 / 1440, 1)
    assert "toys.csv" in {shot.file for shot in answer.snapshots}
    assert answer.question["others"] == "95"
    assert {"rows", "others rows"} <= set(answer.queries)


def test_others_that_are_not_held_are_said(store: Store):
    answer = asked(store, period="2023", others="94")
    assert not answer.beside
    assert "no others: nothing is held of 94." in answer.warnings


def test_production_is_a_fact_that_the_user_adds(store: Store):
    """XBB makes 10, takes in 144 from the world and sends 4 out."""
    [row] = asked(store, period="2022", made="vehicles_made_usd").rows.to_pylist()
    assert (row["production_usd"], row["absorption_usd"]) == (10, 144 + 10 - 4)
    [other] = asked(store, period="2022", made="bicycles_made_usd").rows.to_pylist()
    assert (other["absorption_usd"], other["absorption_refused"]) == (None, "bicycles_made_usd is not held")


def test_nothing_held_is_no_data(store: Store):
    with pytest.raises(NoDataError, match="nothing held answers"):
        asked(store, period="2019")
    with pytest.raises(NoDataError, match="nothing held answers"):
        asked(store, period="2023", commodity="01")


def test_on_the_command_line(store: Store, capfdbinary: pytest.CaptureFixture[bytes]):
    words = [
        "plausibility",
        "--origin",
        "XAA",
        "--destination",
        "XBB",
        "--commodity",
        "87",
        "--period",
        "2023",
    ]
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(store.folder), "--format", "json", *words])
    plain = json.loads(capfdbinary.readouterr().out)
    assert plain["question"]["command"] == "plausibility"
    assert plain["rows"][0]["gdp_share"] == 288 / 1440
