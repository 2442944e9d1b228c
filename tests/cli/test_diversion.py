"""`entrepot diversion` as a user types it: a simulated world, and one the other way round made by hand."""

from __future__ import annotations

import csv
import json
import math
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from entrepot import Store
from entrepot.simulate import simulate
from entrepot.simulate.files import ADDED, write

NOW = datetime(2026, 1, 2, tzinfo=UTC)
Row = dict[str, Any]


def rows_of(done: Any) -> list[Row]:
    assert done.returncode == 0, done.stderr.decode()
    return list(json.loads(done.stdout)["rows"])


# ------------------------------------------------------------------ a simulated world
@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The question on a world whose hubs are XAK, XAL and XAX, as words."""
    folder = tmp_path_factory.mktemp("simulated")
    made = simulate(1, countries=24, products=40)
    write(made, folder)
    store = Store(folder / "store")
    for name in ADDED:
        store.add(folder / name, now=NOW)
    ends = ("--origin", made.origin, "--destination", made.destination)
    spans = ("--base", "2020-01:2022-01", "--window", "2022-03:2022-12")
    goods = ("--commodity", ",".join(made.restricted))
    return ("diversion", "--store", str(folder / "store"), *ends, *spans, *goods, "--format", "json")


@pytest.fixture
def hubs(run, simulated):
    return rows_of(run(*simulated, "--via", "XAK,XAL,XAX,XAT"))


def test_rows_of_a_simulated_world(hubs):
    """All hubs and four by name, three rows each; what reached the destination through them is held within.

    The truth of these four, from truth.csv: 12.2 m (XAL), 5 m (XAK), 2.7 m (XAX), 0 (XAT, an old entrepot).
    """
    assert {row["hub"] for row in hubs} == {"all", "XAK", "XAL", "XAX", "XAT"}
    assert [row["channel"] for row in hubs] == ["total", "re-export", "ghost"] * 5
    total = {row["hub"]: row for row in hubs if row["channel"] == "total"}
    assert total["all"]["low_90_usd"] < 19.9e6 < total["all"]["high_90_usd"]
    assert total["XAL"]["low_90_usd"] < 12.2e6 < total["XAL"]["high_90_usd"]
    assert total["XAX"]["low_90_usd"] < 2.7e6 < total["XAX"]["high_90_usd"]
    assert total["XAT"]["low_90_usd"] < 0 < total["XAT"]["high_90_usd"]
    assert total["XAL"]["low_90_usd"] > 0 > total["XAT"]["low_90_usd"]


def test_channels_add_up(hubs):
    """Draw by draw re-export and ghost are the total; their middles nearly so."""
    for at in range(0, len(hubs), 3):
        total, again, ghost = (row["rerouted_usd"] for row in hubs[at : at + 3])
        assert again + ghost == pytest.approx(total, rel=0.2, abs=1.5e6)


def test_by_cell_and_by_product(run, simulated):
    cells = rows_of(run(*simulated, "--via", "XAL", "--by", "cell"))
    assert {row["hub"] for row in cells} == {"XAL"}
    tested = [row for row in cells if row["channel"] == "total"]
    assert len(tested) == len({row["commodity"] for row in tested}) > 10
    assert all(row["discovered"] in (True, False) and 0 <= row["false_share"] <= 1 for row in tested)
    assert "transit before" in tested[0]["explanations"]
    goods = rows_of(run(*simulated, "--via", "XAL", "--by", "product"))
    assert {row["commodity"] for row in goods} == {row["commodity"] for row in tested}
    assert {(row["hub"], row["channel"]) for row in goods} == {("all", "total")}
    assert goods == sorted(goods, key=lambda row: -row["rerouted_usd"])


# ------------------------------------------------------------------ an origin that publishes nothing
HUBS = [f"XB{letter}" for letter in "ABCDEFGHIJKLMN"]  # the first two are neighbours of the destination
GOODS = [f"8703{n}" for n in range(21, 33)]
YEARS = range(2017, 2023)
MOVED = 5e6  # of each good, by way of XBA, in 2022
SILENT = (
    *("diversion", "--origin", "XOR", "--destination", "XDE", "--commodity", ",".join(GOODS)),
    *("--base", "2018:2021", "--window", "2022", "--near", "XBA,XBB"),
)


def wobble(*places: int) -> float:
    """Three in a hundred up or down, the same in each run."""
    return 1 + 0.06 * math.sin(sum((n + 1) * 7.3 * place for n, place in enumerate(places)))


def world() -> list[Row]:
    """XOR says nothing. Hubs tell what they take from it and send XDE; XDE what it takes from XOR."""
    found = []
    for (h, hub), (g, good), year in product(enumerate(HUBS), enumerate(GOODS), YEARS):
        size = 1e6 * (1 + h % 5) * (1 + g % 4)
        moved = MOVED if (hub, year) == ("XBA", 2022) else 0.0
        told = {"period": year, "commodity": good}
        found.append(arrived(hub, size * wobble(h, g, year - 2016) + moved) | told)
        left = {"reporter": hub, "partner": "XDE", "flow": "export", "valuation": "fob"}
        sent_on = size * wobble(g, h, year - 2010) + moved * 1.1
        found.append(left | {"value_usd": round(sent_on), "status": "simulated"} | told)
    for (g, good), year in product(enumerate(GOODS), YEARS):
        direct = (1e6 if year == 2022 else 20e6) * (1 + g % 4) * wobble(g, 3, year - 2016)
        found.append(arrived("XDE", direct) | {"period": year, "commodity": good})
    return found


def arrived(reporter: str, fob: float) -> Row:
    """What a country says came from XOR, freight included."""
    ends = {"reporter": reporter, "partner": "XOR", "flow": "import", "valuation": "cif"}
    return ends | {"value_usd": round(fob * 1.06), "status": "simulated"}


def written(rows: list[Row], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("silent")
    Store(folder / "store").add(written(world(), folder / "world.csv"), now=NOW)
    return str(folder / "store")


@pytest.fixture
def answered(run, silent):
    """The answer as JSON, and what was said beside it."""
    done = run("--store", silent, *SILENT, "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_hubs_tell_what_a_silent_origin_does_not(answered):
    """Twelve goods of 5 m each: 60 m entered XBA beyond expectation and went on."""
    rows = {(row["hub"], row["channel"]): row for row in answered["rows"]}
    whole = rows["XBA", "total"]
    assert whole["rerouted_usd"] == pytest.approx(12 * MOVED, rel=0.05)
    assert (whole["discovered"], whole["legs"]) == (True, "arrived onward")
    assert [row["hub"] for row in rows.values() if row["discovered"]] == ["XBA"]
    assert rows["XBA", "re-export"]["rerouted_usd"] == pytest.approx(12 * MOVED, rel=0.05)
    used = {row["leg"]: row["calibrated_on"] for row in answered["beside"]["legs"]}
    assert used["sent"] == used["received"] == "not used"
    assert used["arrived"].startswith("12 hubs far from the destination")


def test_it_says_that_ghosts_cannot_be_seen(answered):
    ghosts = [row for row in answered["rows"] if row["channel"] == "ghost"]
    assert all(row["rerouted_usd"] is None and row["p_value"] is None for row in ghosts)
    (said,) = [text for text in answered["warnings"] if text.startswith("ghost cannot be seen for XBA")]
    assert "they, or the origin, do not tell" in said
    assert not any(text.startswith("re-export cannot") for text in answered["warnings"])


def test_the_goods_of_the_hub_are_the_cells_discovered(answered):
    found = answered["beside"]["discovered"]
    assert [row["hub"] for row in found[:12]] == ["XBA"] * 12
    assert {row["commodity"] for row in found[:12]} == set(GOODS)
    assert all(row["rerouted_usd"] == pytest.approx(MOVED, rel=0.1) for row in found[:12])


def test_formats_hold_the_same_rows(run, silent, answered, tmp_path):
    plain = run("--store", silent, *SILENT, "--format", "csv")
    (first, *_) = rows = list(csv.DictReader(plain.stdout.decode().splitlines()))
    assert len(rows) == len(answered["rows"]) == 3 * (len(HUBS) + 1)
    assert (first["hub"], first["channel"]) == ("all", "total")
    assert float(first["rerouted_usd"]) == pytest.approx(answered["rows"][0]["rerouted_usd"])
    assert run("--store", silent, *SILENT, "--output", "a.xlsx").returncode == 0
    book = python_calamine.load_workbook(tmp_path / "a.xlsx")
    header, *sheet = book.get_sheet_by_name("rows").to_python()
    assert header == list(first)
    assert [row[1] for row in sheet] == [row["hub"] for row in rows]


def test_on_the_terminal(run, silent):
    done = run("--store", silent, *SILENT, "--via", "XBA", COLUMNS="140")
    assert b"re-export" in done.stdout
    assert b"ghost cannot be seen for XBA" in done.stderr


def test_one_good_is_too_little_for_fourteen_hubs(run, silent):
    """With 60 misses no p-value is below 1/61: among fourteen hubs none can be discovered, of two one can."""
    asked = [word if word != ",".join(GOODS) else "8703" for word in SILENT]
    every = rows_of(run("--store", silent, *asked, "--format", "json"))
    (xba,) = [row for row in every if (row["hub"], row["channel"]) == ("XBA", "total")]
    assert xba["p_value"] == pytest.approx(1 / 61)
    assert not any(row["discovered"] for row in every)
    named = rows_of(run("--store", silent, *asked, "--via", "XBA,XBB", "--format", "json"))
    assert [row["hub"] for row in named if row["discovered"]] == ["XBA"]


# ------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "x"), "--model 'x' is not known. Use one of: trend, donors, gravity."),
        (("--by", "x"), "--by 'x' is not known. Use one of: hub, product, chapter, cell."),
        (("--margin", "7"), "is not a share from 0 to 1"),
        (("--base", "2018:2022"), "must end before window 2022 begins"),
        (("--base", "soon"), "soon"),
        (("--origin", "Nowhereland"), "Nowhereland"),
        (("--commodity", "cars"), "'cars' is not understood"),
    ],
)
def test_bad_usage_says_what_to_do(run, silent, words, said):
    done = run("--store", silent, *SILENT, *words)
    told = " ".join(done.stderr.decode().split())
    assert (done.returncode, said in told) == (2, True), told
    assert done.stdout == b""


def test_goods_nobody_trades_are_no_data(run, silent):
    done = run("--store", silent, *SILENT, "--commodity", "010121")
    assert done.returncode == 1
    assert "entrepot status" in " ".join(done.stderr.decode().split())


def test_an_empty_store_is_no_data(run):
    assert run(*SILENT).returncode == 1


# ------------------------------------------------------------------ partners that are not held in the window
def test_partners_held_in_the_base_alone_did_not_fall_to_nothing(run, tmp_path):
    """Twenty partners far away are told of in 2021 and not in 2022: that is no zero to learn from."""
    far = [f"X{letter}{other}" for letter in "CD" for other in "ABCDEFGHIJ"]
    lines = ["reporter,partner,flow,period,commodity,value,currency,status"]
    for year, partners in ((2021, [*far, "XBB", "XBC"]), (2022, ["XBB", "XBC"])):
        lines += [
            f"XAA,{one},export,{year},TOTAL,{1000 + place},USD,simulated"
            for place, one in enumerate(partners)
        ]
    file = tmp_path / "held.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = Store(tmp_path / "store")
    store.add(file, now=NOW)
    asked = ("--origin", "XAA", "--destination", "XBC", "--base", "2021", "--window", "2022", "--via", "XBB")
    done = run("--store", str(tmp_path / "store"), "diversion", *asked)
    assert done.returncode == 1
    assert b"donors needs 8 partners far from the destination; 0 are held" in done.stderr


def _near(value):
    """Sums over threads end in other last digits."""
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


def test_one_hub_in_full(run, silent, answered):
    """The row of the list, the tests it passed, and of each month, or year, what was to be expected."""
    done = run("--store", silent, *SILENT, "--hub", "XBA", "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    rows = [row for row in answered["rows"] if row["hub"] == "XBA"]
    assert told["rows"] == [{name: _near(value) for name, value in row.items()} for row in rows]
    assert {row["leg"] for row in told["beside"]["path"]} == {"arrived", "onward"}
    assert told["beside"]["placebos"][0]["is_asked"]
    assert len(told["beside"]["explanations"]) == 7


def test_a_good_goes_with_a_hub(run, silent):
    done = run("--store", silent, *SILENT, "--good", "870321")
    assert done.returncode == 2
    assert "--hub" in done.stderr.decode()
