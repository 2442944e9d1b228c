"""The list of hubs and the dossier of one, on a small simulated world: XAA to XBB, by way of XHA in 2022."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from entrepot import answers
from entrepot.errors import NoDataError, UsageError
from entrepot.model.answer import Answer
from entrepot.present.figure import Section, is_simulated
from entrepot.present.report import render
from entrepot.reporting import PAGES, Asked
from entrepot.reporting._rerouting import Unanswered, unanswered
from entrepot.store import Store

HUBS = [f"X{one}{chr(65 + place)}" for one in "HI" for place in range(14)]  # the first borders XBB
CODES = ("870310", "870321", "870410", "847130", "847141", "850440", "851762", "010121")
GOODS = ",".join(CODES[:-1])
HUB, BASE, WINDOW = "XHA", "2017:2021", "2022"
ASKED = Asked("XAA", "XBB", GOODS, base=BASE, window=WINDOW, hub=HUB)
QUESTION: dict[str, Any] = {
    "origin": "XAA",
    "destination": "XBB",
    "commodity": GOODS,
    "base": BASE,
    "window": WINDOW,
    "currency": "USD",
}


def made(folder: Path) -> Path:
    """XAA sends to all hubs, which record it and send a half on; in 2022 ten times the cars through XHA."""
    random = np.random.default_rng(1)
    lines = ["reporter,partner,flow,period,commodity,value_usd,net_weight_kg,status"]
    for code in CODES:
        for year in range(2017, 2023):
            direct = 2e7 if year < 2022 else 4e6
            lines.append(
                f"XAA,XBB,export,{year},{code},{direct * np.exp(random.normal(0, 0.05)):.0f},,simulated"
            )
            for hub in HUBS:
                more = 10 if (hub, year) == (HUB, 2022) and code.startswith("87") else 1
                value = 1e6 * more * np.exp(random.normal(0, 0.05))
                legs = (
                    ("XAA", hub, "export", 1.0),
                    (hub, "XAA", "import", 1.06),
                    (hub, "XBB", "export", 0.5),
                )
                lines += [
                    f"{who},{whom},{flow},{year},{code},{value * share:.0f},{value / 50:.0f},simulated"
                    for who, whom, flow, share in legs
                ]
    path = folder / "made.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("hubs")
    held = Store(folder / "store")
    borders = [f"XBB,{hub},{int(hub == HUB)},1000,1000" for hub in HUBS]
    near = folder / "distances.csv"
    near.write_text("\n".join(["iso_o,iso_d,contig,dist,distw", *borders]) + "\n", encoding="utf-8")
    for path in (made(folder), near):
        held.add(path, now=datetime(2026, 1, 1, tzinfo=UTC), published=date(2025, 1, 1))
    return held


def sections(store: Store, page: str, part: str, asked: Asked = ASKED) -> list[Section]:
    return list(PAGES[page].part(part).make(store, asked))


def rows(section: Section) -> list[dict[str, Any]]:
    assert section.answer is not None
    return list(section.answer.rows.to_pylist())


def totals(answer: Answer) -> list[dict[str, Any]]:
    return [row for row in answer.rows.to_pylist() if row["channel"] == "total"]


# ------------------------------------------------------------------ the list
def test_the_list_is_the_command_s(store):
    first = sections(store, "hubs", "list")[0]
    assert rows(first) == totals(answers.diversion(store, **QUESTION))
    assert set(first.shown) <= set(rows(first)[0])
    assert first.sentences[0].startswith("Of 28 hubs looked at, none was found at a false discovery rate")
    assert rows(first)[1]["hub"] == HUB


def test_each_row_leads_to_its_dossier(store):
    first = sections(store, "hubs", "list")[0]
    assert first.leads_to == "dossier"
    assert [one.get("hub", "all") for one in first.links] == [row["hub"] for row in rows(first)]


def test_chapters_of_each_hub(store):
    """Cars alone went by way of XHA: its chapter 87 stands first."""
    (grid,) = sections(store, "hubs", "chapters")
    first = rows(grid)[0]
    assert (first["hub"], first["commodity"]) == (HUB, "87")
    assert grid.links[0] == {"hub": HUB, "good": "87"}
    assert first["low_90_usd"] < first["actual_usd"] - first["expected_usd"] < first["high_90_usd"]
    assert {row["commodity"] for row in rows(grid)} == {"84", "85", "87"}


# ------------------------------------------------------------------ the overview
def test_the_overview_sets_all_hubs_together_beside_what_was_expected(store):
    """The bar of the window is what the list's first row says; the band lies around what was expected."""
    (section,) = sections(store, "overview", "together", replace(ASKED, via=f"{HUB},XHB"))
    (window,) = [row for row in rows(section) if row["is_window"]]
    listed = answers.diversion(store, **QUESTION, via=f"{HUB},XHB").rows.to_pylist()[0]
    assert window["value_usd"] == pytest.approx(listed["actual_usd"])
    assert window["low_90_usd"] < window["expected_usd"] < window["high_90_usd"]
    assert window["expected_usd"] < listed["actual_usd"] / 2
    assert section.chart is not None
    assert is_simulated([section])


def test_the_map_has_both_legs_of_each_way(store):
    (section,) = sections(store, "overview", "ways", replace(ASKED, via=f"{HUB},XHB", base="2021"))
    sent = answers.flows(
        store, reporter="XAA", partner="XHB", commodity=GOODS, period=WINDOW, by="year"
    ).rows.to_pylist()
    assert {row["destination"]: row["window_value_usd"] for row in rows(section)}["XHB"] == sent[0][
        "value_usd"
    ]
    assert "on: " in str(section.chart)


def test_without_two_periods_the_map_says_so(store):
    (section,) = sections(store, "overview", "ways", replace(ASKED, via=HUB, base=WINDOW))
    assert section.chart is None
    assert "no two periods" in section.sentences[0]


# ------------------------------------------------------------------ the dossier
def test_a_dossier_says_what_the_list_says(store):
    decided, rules, explained, *_ = sections(store, "dossier", "decision")
    listed = next(row for row in totals(answers.diversion(store, **QUESTION)) if row["hub"] == HUB)
    assert rows(decided)[0] == listed
    assert [row["is_met"] for row in rows(rules)] == [True, False, False]
    told = {row["explanation"]: row["verdict"] for row in rows(explained)}
    assert listed["explanations"] == "; ".join(
        f"{name}: {verdict}" for name, verdict in told.items() if name != "transit before"
    )


def test_a_dossier_of_one_good_is_its_cell(store):
    """The same study as the list's: nothing is asked anew of one good alone."""
    decided = sections(store, "dossier", "decision", replace(ASKED, good="870321"))[0]
    every = answers.diversion(store, **QUESTION, by="cell").rows.to_pylist()
    assert rows(decided) == [row for row in every if (row["hub"], row["commodity"]) == (HUB, "870321")]


def test_what_was_expected_of_a_leg_adds_up(store):
    first, second = sections(store, "dossier", "legs")
    sent = [row for row in rows(first) if row["leg"] == "sent"]
    assert [row["period"].year for row in sent] == list(range(2017, 2023))
    assert [row["expected_usd"] is not None for row in sent] == [row["is_window"] for row in sent]
    total = totals(answers.diversion(store, **QUESTION, hub=HUB))[0]
    assert sent[-1]["value_usd"] == total["actual_usd"]
    assert sent[-1]["expected_usd"] == pytest.approx(total["expected_usd"])
    assert {row["leg"] for row in rows(second)} == {"onward"}
    assert first.chart is not None


def test_placebos_are_those_where_nothing_was_rerouted(store):
    (section,) = sections(store, "dossier", "placebos")
    own, *others = rows(section)
    assert (own["hub"], own["is_asked"]) == (HUB, True)
    assert {row["hub"] for row in others if row["first"].year == 2022} <= set(HUBS) - {HUB}
    assert own["miss"] > max(row["miss"] for row in others)
    assert "none was exceeded as far" in section.sentences[0]


def test_both_sides_are_asked_of_the_same_goods_and_periods(store, monkeypatch):
    asked: list[dict[str, Any]] = []

    def mirror(_: Store, **question: Any) -> Answer:
        asked.append(question)
        raise NoDataError("nothing")

    monkeypatch.setattr(answers, "mirror", mirror)
    (section,) = sections(store, "dossier", "sides", replace(ASKED, good="8703"))
    told = {"origin": "XAA", "destination": HUB, "base": BASE, "window": WINDOW, "currency": "USD"}
    assert asked == [told | {"commodity": "870310,870321", "as_of": None}]
    assert len(section.missing) == 2


def test_price_and_volume_of_one_code_with_its_unit_value(store):
    split, *series = sections(store, "dossier", "unit-values", replace(ASKED, good="870321"))
    assert "times that of the base" in split.sentences[0]
    asked = {"base": BASE, "window": WINDOW, "commodity": "870321"}
    assert rows(split) == answers.prices(store, reporter="XAA", partner=HUB, **asked).rows.to_pylist()
    assert all(one.chart for one in series)


# ------------------------------------------------------------------ little held
def test_every_part_of_an_empty_store_says_what_is_missing(tmp_path):
    empty = Store(tmp_path / "none")
    for page in ("hubs", "dossier"):
        for part in PAGES[page].parts:
            for section in part.make(empty, ASKED):
                assert section.missing or part.name == "limits", (page, part.name)


def test_a_hub_of_which_nothing_is_told(store):
    (section,) = sections(store, "dossier", "decision", replace(ASKED, hub="XZZ"))
    assert "no trade with XZZ" in section.sentences[0].replace("No", "no")
    assert section.missing


def test_a_dossier_without_a_hub_asks_for_one(store):
    (section,) = sections(store, "dossier", "decision", replace(ASKED, hub=""))
    assert "Name a country" in section.sentences[0]


def test_of_one_good_it_says_what_to_ask():
    told = unanswered("Hubs", replace(ASKED, commodity="870410"), Unanswered("too few.", ())).sentences
    assert told[0] == "Too few."
    assert "ask for a list" in told[1]


def test_periods_that_cannot_be_compared_are_refused(store):
    with pytest.raises(UsageError, match="must end before"):
        sections(store, "hubs", "list", replace(ASKED, base="2022", window="2021"))


# ------------------------------------------------------------------ the page
def test_one_study_serves_all_parts(store, monkeypatch):
    """What takes long, drawing rows from the store, is done once for a list and the dossiers of it."""
    sections(store, "hubs", "list")
    monkeypatch.setattr(Store, "landed", lambda *_: pytest.fail("drawn again"))
    sections(store, "hubs", "chapters")
    sections(store, "dossier", "legs")


def test_it_can_be_sent_and_shown(store):
    """Sections go between processes; the page says that the world is invented, and how to cite it."""
    found = [*sections(store, "hubs", "list"), *sections(store, "dossier", "decision")]
    assert pickle.loads(pickle.dumps(found))[0].heading == found[0].heading
    assert is_simulated(found)
    page = render("Hubs", found)
    assert "To cite it" in page
    assert "published 2025-01-01 [" in page
