"""The question as a user asks it, of invented countries: XAA towards XBB, by way of XCC and XDD."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot import Answer, Store, cli, posture
from entrepot.errors import UsageError

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TRADE = "reporter,partner,flow,period,commodity,value_usd,net_weight_kg,status\n"
ACTS = "key,date,actor,partner,kind,title,stance,status\n"
EVENT, EARLY, LATE = date(2022, 2, 1), date(2022, 9, 30), date(2024, 6, 18)
HUBS, OTHERS = ("XCC", "XDD"), ("XEE", "XFF", "XGG", "XHH", "XII", "XJJ")
DEEDS = ["goods-direct", "goods-indirect", "energy", "investment", "lending", "arms", "exercises"]
Move = Callable[[str, date], float]


def months(last: date) -> list[date]:
    return [day for i in range(90) if (day := date(2018 + i // 12, i % 12 + 1, 1)) <= last]


def wobble(place: int, day: date) -> float:
    return 1 + 0.05 * ((day.month * 7 + day.year * 3 + place * 5) % 5 - 2)


def trade(last: date, moved: Move) -> Iterator[str]:
    """Semiconductors to everyone, crude from XBB, arms to XBB; what moved after the event is given."""
    for place, partner in enumerate(("XBB", *HUBS, *OTHERS)):
        for day in months(last):
            factor = moved(partner, day) if day > EVENT else 1.0
            value = 100 * wobble(place, day) * factor
            yield f"XAA,{partner},export,{day:%Y-%m},854231,{value:.3f},,simulated"
    for day in months(last):
        fuel, price = 1000 * wobble(3, day), 9 if day > EVENT else 1
        yield f"XAA,XBB,import,{day:%Y-%m},270900,{fuel * price:.3f},{fuel:.3f},simulated"
        yield f"XAA,XBB,export,{day:%Y-%m},930690,{wobble(4, day):.4f},,simulated"


def acts() -> Iterator[str]:
    for year in range(2016, 2025):
        for place, month in enumerate((3, 6, 9)):
            yield f"e{year}{month},{year}-{month:02}-05,XAA,XBB,exercise,manoeuvre,,simulated"
            yield f"s{year}{month},{year}-{month:02}-07,XAA,XBB,statement,words,{place % 2},simulated"


def early(partner: str, day: date) -> float:
    return 0.3 if partner == "XBB" else 1.0


def late(partner: str, day: date) -> float:
    return {"XBB": 0.3 if day.year == 2022 else 1.0}.get(partner, 4.0 if partner in HUBS else 1.0)


def added(store: Store, folder: Path, name: str, lines: Iterator[str], published: date) -> None:
    (folder / name).write_text((ACTS if name == "acts.csv" else TRADE) + "\n".join(lines) + "\n")
    store.add(folder / name, now=NOW, published=published)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two vintages of trade; of acts one list, published before both and told anew after."""
    folder = tmp_path_factory.mktemp("posture")
    made = Store(folder / "store")
    added(made, folder, "trade-2022.csv", trade(date(2022, 8, 1), early), date(2022, 9, 20))
    added(made, folder, "trade-2024.csv", trade(date(2024, 4, 1), late), date(2024, 6, 1))
    added(made, folder, "acts.csv", acts(), date(2024, 6, 10))
    return made


def asked(store: Store, **question: Any) -> Answer:
    words = {"actor": "XAA", "partner": "XBB", "event": "2022-02", "via": "XCC,XDD", "as_of": EARLY}
    return posture(store, **words | question)


def ways(answer: Answer) -> dict[str, str]:
    return {row["dimension"]: row["reading"] for row in answer.rows.to_pylist()}


def beside(answer: Answer, name: str) -> list[dict[str, Any]]:
    return answer.beside[name].to_pylist()


@pytest.fixture(scope="module")
def both(store: Store) -> Answer:
    return asked(store, also="2024-06-18", compare="XEE")


def test_the_early_verdict(both: Answer):
    assert both.question["verdict"] == "hedging"
    found = ways(both)
    assert list(found) == [*DEEDS, "votes", "words"]
    assert (found["goods-direct"], found["goods-indirect"]) == ("away", "no change")
    assert (found["energy"], found["arms"], found["words"]) == ("no change", "no change", "no change")
    assert (found["investment"], found["votes"]) == ("not told", "not told")


def test_the_late_verdict_and_which_readings_moved(both: Answer, store: Store):
    assert asked(store, as_of=LATE).question["verdict"] == "indirect material support"
    moved = {row["dimension"]: row["is_moved"] for row in beside(both, "then_and_now")}
    assert {key for key, is_moved in moved.items() if is_moved} == {
        "goods-direct",
        "goods-indirect",
        "verdict",
    }


def test_a_price_is_no_support(both: Answer):
    """Crude cost nine times as much and came in the same weight: by energy, no change."""
    rows = {row["dimension"]: row for row in both.rows.to_pylist()}
    assert (rows["energy"]["unit"], rows["energy"]["series"]) == ("MJ", "fuels, imports, energy")
    by_value = next(row for row in beside(both, "candidates") if row["series"] == "fuels, imports, value")
    assert (by_value["is_read"], by_value["low_90"] > 0) == (False, True)


def test_every_row_says_what_it_rests_on(both: Answer):
    for row in both.rows.to_pylist():
        told = row["reading"] != "not told"
        kept = (
            "series",
            "baseline",
            "window",
            "unit",
            "source",
            "witness_weight",
            "snapshots",
            "value",
            "low_90",
        )
        assert all(bool(row[name]) == told or row[name] == 0 for name in kept)
        assert bool(row["settle"]) != told
        if told:
            assert -1 <= row["low_90"] <= row["value"] <= row["high_90"] <= 1
    assert {shot.file for shot in both.snapshots} == {"trade-2022.csv", "trade-2024.csv", "acts.csv"}


def test_one_file_is_one_witness(both: Answer):
    """All trade is of one publisher, and so are the exercises of the same."""
    weights = [row["witness_weight"] for row in both.rows.to_pylist() if row["of"] == "deeds"]
    assert sum(weight for weight in weights if weight) == pytest.approx(1)


def test_what_was_published_later_is_cut_or_left_out(store: Store):
    """The list of acts came out in 2024: marked, of months that were past; strictly, not known."""
    rows = {row["dimension"]: row for row in asked(store).rows.to_pylist()}
    assert rows["exercises"]["is_later_vintage"]
    assert rows["exercises"]["window"] == "2022-03:2022-09"
    assert not rows["goods-direct"]["is_later_vintage"]
    strict = asked(store, strict=True)
    assert ways(strict)["exercises"] == "not told"
    assert not any(row["is_later_vintage"] for row in strict.rows.to_pylist())


def test_nothing_of_later_months_is_used(store: Store, tmp_path: Path):
    """Asked of 2022, a store that holds 2024 too says what one says that ends there."""
    alone = Store(tmp_path / "store")
    added(alone, tmp_path, "trade-2022.csv", trade(date(2022, 8, 1), early), date(2022, 9, 20))
    added(
        alone, tmp_path, "acts.csv", (a for a in acts() if a.split(",")[1] <= "2022-09-30"), date(2024, 6, 10)
    )
    names = ("dimension", "reading", "value", "low_90", "high_90", "window")
    one, other = (asked(which).rows.select(names).to_pylist() for which in (store, alone))
    assert one == other


def test_comparators_are_read_alike(both: Answer):
    """XEE trades nothing here: too little is held, and that is what it says."""
    found = {row["actor"]: row["verdict"] for row in beside(both, "compared")}
    assert found == {"XAA": "hedging", "XEE": "too little is held"}


def test_leaving_out_and_tipping(store: Store):
    answer = asked(store, as_of=LATE)
    without = {row["dimension"]: row["verdict"] for row in beside(answer, "left_out")}
    assert without["goods-indirect"] == "hedging"
    assert without["energy"] == "indirect material support"
    tips = {row["dimension"]: row for row in beside(answer, "tips")}
    assert list(tips) == [*DEEDS, "votes", "words"]
    assert tips["goods-indirect"]["verdict"] == "hedging"
    assert tips["energy"]["tips_at"] is None


def test_what_if(store: Store):
    answer = asked(store, assume=["goods-indirect:+1", "lending:-1"])
    assert answer.question["verdict"] == "indirect material support"
    assert (ways(answer)["lending"], ways(answer)["energy"]) == ("away", "no change")
    assert any("goods-indirect, lending: assumed, not read." in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"event": ""}, "no event is recorded"),
        ({"partner": "XAA"}, "towards itself"),
        ({"assume": ["energy"]}, "DIMENSION:READING"),
        ({"assume": ["energy:2"]}, "from -1 to"),
        ({"assume": ["love:1"]}, "dimensions are: goods-direct"),
        ({"also": "2024", "as_of": None}, "--as-of"),
    ],
)
def test_refusals(store: Store, question: dict[str, Any], said: str):
    with pytest.raises(UsageError, match=said):
        asked(store, **question)


def test_an_empty_store_tells_too_little_and_what_would_settle_it(tmp_path: Path):
    answer = asked(Store(tmp_path / "store"))
    assert answer.question["verdict"] == "too little is held"
    assert set(ways(answer).values()) == {"not told"}
    assert any("monthly exports of XAA to XBB" in warning for warning in answer.warnings)


def test_the_terminal_says_the_verdict_first_on_eighty_columns(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    words = ["posture", "XAA", "XBB", "--event", "2022-02", "--via", "XCC,XDD", "--as-of", "2022-09-30"]
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(store.folder), *words])
    out = capfd.readouterr().out
    assert out.startswith("As of 2022-09-30, XAA towards XBB: hedging.")
    assert max(map(len, out.splitlines())) <= 80
    assert "%" not in out
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(store.folder), "--format", "json", *words])
    told = json.loads(capfd.readouterr().out)
    assert told["question"]["verdict"] == "hedging"
    assert {"dimension", "series", "baseline", "window", "reading", "value", "low_90", "high_90"} <= set(
        told["rows"][0]
    )
    assert list(told["beside"]) == ["verdict", "left_out", "tips", "candidates"]
