"""prices, unit-values and revisions as a user types them, on simulated figures."""

from __future__ import annotations

import json

import pytest

FIRST = """reporter,partner,flow,period,commodity,value_usd,net_weight_kg,status
XAA,XBB,import,2022-01,2709,1000,2000,simulated
XAA,XBB,import,2022-02,2709,1000,2000,simulated
XAA,XBB,import,2022-07,2709,3000,3000,simulated
XAA,XBB,import,2022-02,2701,500,1000,simulated
XAA,XBB,import,2022-07,2701,250,1000,simulated
XAA,XBB,import,2022-02,sea coal,100,,simulated
XAA,XBB,import,2022-07,sea coal,100,50,simulated
"""
SECOND = """reporter,partner,flow,period,commodity,value_usd,net_weight_kg,status
XAA,XBB,import,2022-07,2709,3300,3000,simulated
XAA,XBB,import,2022-08,2709,2000,2000,simulated
"""
FUEL = ("--reporter", "XAA", "--partner", "XBB", "--flow", "import", "--commodity")


@pytest.fixture
def fuels(run, tmp_path):
    """Two vintages of simulated imports of fuels."""
    for name, text, day in (("first.csv", FIRST, "2022-09-01"), ("second.csv", SECOND, "2022-12-01")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert run("add", name, "--published", day).returncode == 0
    return tmp_path / "entrepot-data"


def answered(done):
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_prices_has_the_keys_in_order_and_a_row_for_all(run, fuels):
    """Each code, then the basket: crude half as dear again as of September, coal half as cheap."""
    words = ("prices", *FUEL, "2709,2701,item:sea coal", "--base", "2022-02", "--window", "2022-07")
    found = answered(run(*words, "--as-of", "2022-09-30", "-f", "json"))
    rows = found["rows"]
    first = "commodity value_ratio price_index volume_index matched_share undetermined"
    assert list(rows[0])[:6] == first.split()
    assert [row["commodity"] for row in rows] == ["2701", "2709", "sea coal", "2709,2701,sea coal"]
    assert [row["price_index"] for row in rows[:3]] == [pytest.approx(0.5), pytest.approx(2), None]
    whole = rows[-1]
    assert whole["price_index"] * whole["volume_index"] * whole["unmatched"] == pytest.approx(3350 / 1600)
    assert whole["matched_share"] == pytest.approx(1500 / 1600)
    assert any("not determined: XAA XBB sea coal" in warning for warning in found["warnings"])
    assert any("not an index" in warning and "2709" in warning for warning in found["warnings"])


def test_unlike_months_and_missing_ones_are_told(run, fuels):
    """Two months against one are averages; a month of silence is named, and so is the calendar."""
    words = ("prices", *FUEL, "2709", "--base", "2022-01:2022-02", "--window", "2022-07")
    found = answered(run(*words, "-f", "json"))
    assert found["rows"][0]["value_ratio"] == pytest.approx(3300 / 1000)
    assert any("averages a month" in warning for warning in found["warnings"])
    assert any("29.5 days" in warning for warning in found["warnings"])
    later = answered(run(*words[:-1], "2022-08:2022-09", "-f", "json"))
    assert any("fewer than 2 months have a value in the window" in warning for warning in later["warnings"])


def test_codes_of_which_nothing_is_held_are_named(run, fuels):
    """A basket of which a part is missing says which."""
    words = ("prices", *FUEL, "2709,2711", "--base", "2022-02", "--window", "2022-07", "-f", "json")
    assert "nothing is held of 2711." in answered(run(*words))["warnings"]


def test_prices_of_nothing_held_is_no_data(run, fuels):
    done = run("prices", *FUEL, "8703", "--base", "2022-02", "--window", "2022-07")
    assert (done.returncode, done.stdout) == (1, b"")


def test_unit_values_by_month_and_year(run, fuels):
    """Dollars a tonne; a month without a weight has none."""
    found = answered(run("unit-values", *FUEL, "2709,item:sea coal", "--as-of", "2022-09-30", "-f", "json"))
    told = [(r["commodity"], r["period"][:7], r["unit_value"], r["quantity_unit"]) for r in found["rows"]]
    assert told == [
        ("2709", "2022-01", 500, "t"),
        ("2709", "2022-02", 500, "t"),
        ("2709", "2022-07", 1000, "t"),
        ("sea coal", "2022-07", 2000, "t"),
        ("sea coal", "2022-02", None, None),
    ]
    year = answered(run("unit-values", *FUEL, "2709", "--by", "year", "-f", "json"))["rows"]
    assert [row["unit_value"] for row in year] == [pytest.approx(7300 / 9)]


@pytest.mark.parametrize(
    "more",
    [
        ("--by", "commodity"),
        ("--by", "year", "--against", "crude_usd_per_barrel"),
        ("--against", "crude_usd_per_barrel", "--lags", "soon"),
        ("--against", "crude_usd_per_barrel", "--lags", "-1"),
        ("--against", "crude_usd_per_barrel", "--per", "0.1", "--per-range", "0.2:0.3"),
        ("--against", "crude_usd_per_barrel", "--per", "0"),
    ],
)
def test_what_unit_values_cannot_be_asked(run, fuels, more):
    assert run("unit-values", *FUEL, "2709", *more).returncode == 2


@pytest.fixture
def priced(run, fuels, tmp_path):
    """The same store with a price of the world in it, in dollars and in euros."""
    (tmp_path / "price.csv").write_text("Date,Price\n2022-01-15,80\n2022-02-15,60\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("Date,Price\n2022-01-15,70\n2022-02-15,50\n", encoding="utf-8")
    for name, currency in (("price.csv", "usd"), ("other.csv", "eur")):
        given = f"indicator=crude_{currency}_per_barrel"
        assert run("add", name, "--given", given, "--published", "2022-03-01").returncode == 0
    return (*FUEL, "2709", "--period", "2022-01:2022-02", "-f", "json", "--against")


def test_unit_values_against_a_price(run, priced):
    """500 a tonne are 50 a barrel of a tenth: 30 and 10 below, the range and the widest month beside."""
    factor = ("--per", "0.1", "--per-range", "0.09:0.11")
    found = answered(run("unit-values", *priced, "crude_usd_per_barrel", *factor))
    rows = found["rows"]
    assert [row["gap"] for row in rows] == [-30, -10]
    assert (rows[1]["gap_low"], rows[1]["gap_high"]) == (45 - 80, 55 - 60)
    widest = found["beside"]["widest"]
    assert [(row["lag"], row["period"][:7], row["gap"]) for row in widest] == [
        (0, "2022-01", -30),
        (1, "2022-02", -30),
    ]
    assert found["question"]["per_range"] == [0.09, 0.11]
    assert any("0.1 of quantity_unit" in warning for warning in found["warnings"])
    assert any("cif" in warning for warning in found["warnings"])
    assert "price.csv" in {shot["file"] for shot in found["provenance"]["snapshots"]}


def test_a_price_not_held_and_one_in_another_currency_are_refused(run, priced):
    """What there is, and why not; a price by another unit needs a factor."""
    assert run("unit-values", *priced, "crude_usd_per_barrel").returncode == 2
    absent = run("unit-values", *priced, "coal_usd_per_tonne", "--per", "1")
    assert absent.returncode == 1
    assert "crude_eur_per_barrel, crude_usd_per_barrel" in absent.stderr.decode()
    euros = run("unit-values", *priced, "crude_eur_per_barrel", "--per", "1")
    assert euros.returncode == 2
    assert "another currency" in euros.stderr.decode()


def test_revisions_between_two_days(run, fuels):
    """One month revised by a tenth, one new; the three others are counted, and shown if asked."""
    words = ("revisions", *FUEL, "2709", "--since", "2022-09-30", "-f", "json")
    found = answered(run(*words))
    told = [(r["period"][:7], r["what"], r["value_before"], r["value_after"]) for r in found["rows"]]
    assert told == [("2022-07", "revised", 3000, 3300), ("2022-08", "new", None, 2000)]
    assert found["rows"][0]["change"] == pytest.approx(0.1)
    assert {row["what"]: row["rows"] for row in found["beside"]["summary"]} == {
        "revised": 1, "new": 1, "unchanged": 2,
    }  # fmt: skip
    assert "2 of 4 rows are unchanged." in found["warnings"]
    assert {shot["file"] for shot in found["provenance"]["snapshots"]} == {"first.csv", "second.csv"}
    assert len(answered(run(*words, "--unchanged"))["rows"]) == 4


def test_revisions_where_nothing_was_published_between(run, fuels):
    """No difference is no news where there was nothing new."""
    words = ("revisions", *FUEL, "2709", "--since", "2022-09-30", "--as-of", "2022-10-31", "-f", "json")
    found = answered(run(*words))
    assert found["rows"] == []
    assert any("nothing was published between 2022-10-01 and 2022-10-31" in w for w in found["warnings"])


@pytest.mark.parametrize(("since", "code"), [("2022-12-31", 2), ("2022-08-01", 1), ("soon", 2)])
def test_what_revisions_cannot_be_asked(run, fuels, since, code):
    """A later day than that of --as-of, a day before anything was published, no day."""
    done = run("revisions", *FUEL, "2709", "--since", since, "--as-of", "2022-12-01")
    assert (done.returncode, done.stdout) == (code, b"")
