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
from entrepot.model.posture import dimensions
from tests.conftest import ROOT

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
    assert both.question["verdict"] == "mixed"
    found = ways(both)
    assert list(found) == [*DEEDS, "votes", "words"]
    assert (found["goods-direct"], found["goods-indirect"]) == ("away", "no change")
    assert (found["energy"], found["arms"], found["words"]) == ("no change", "no change", "no change")
    assert (found["investment"], found["votes"]) == ("not told", "not told")


def test_the_late_verdict_and_which_readings_moved(both: Answer, store: Store):
    assert asked(store, as_of=LATE).question["verdict"] == "indirect material support"
    moved = {row["dimension"]: row["is_moved"] for row in beside(both, "then_and_now")}
    without = "verdict, without figures printed in texts"
    assert {key for key, is_moved in moved.items() if is_moved} == {
        *("goods-direct", "goods-indirect", "verdict", without)
    }
    assert (moved["investment"], moved["energy"]) == (None, False)


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
    assert found == {"XAA": "mixed", "XEE": "too little is held"}


def test_leaving_out_and_tipping(store: Store):
    answer = asked(store, as_of=LATE)
    without = {row["dimension"]: row["verdict"] for row in beside(answer, "left_out")}
    assert without["goods-indirect"] == "as before"
    assert without["energy"] == "indirect material support"
    tips = {row["dimension"]: row for row in beside(answer, "tips")}
    assert list(tips) == [*DEEDS, "votes", "words"]
    assert tips["goods-indirect"]["verdict"] == "as before"
    assert tips["energy"]["tips_at"] is None


def test_what_if(store: Store):
    answer = asked(store, assume=["goods-indirect:+1", "lending:-1"])
    assert answer.question["verdict"] == "indirect material support"
    assert (ways(answer)["lending"], ways(answer)["energy"]) == ("away", "no change")
    assert any("goods-indirect, lending: assumed, not read." in warning for warning in answer.warnings)
    assert answer.question["sentence"].startswith(
        "Assuming goods-indirect +1, lending -1: As of 2022-09-30, XAA"
    )
    row = next(row for row in answer.rows.to_pylist() if row["dimension"] == "lending")
    assert (row["series"], row["source"], row["snapshots"]) == ("assumed", None, "")


def test_what_is_assumed_is_assumed_of_the_actor_alone(store: Store):
    answer = asked(store, assume=["arms:+1"], compare="XEE")
    compared = {(row["actor"], row["dimension"]): row["reading"] for row in beside(answer, "compared")}
    assert (compared["XAA", "arms"], compared["XEE", "arms"]) == ("toward", "not told")
    assert "Assuming" not in answer.question["sentence"].splitlines()[1]


def test_both_days_have_their_series_sources_and_cautions(both: Answer):
    row = next(row for row in beside(both, "then_and_now") if row["dimension"] == "goods-direct")
    assert (row["window_before"], row["window_after"]) == ("2022-03:2022-08", "2022-03:2024-04")
    assert row["series_before"] == row["series_after"] == "high-priority goods, exports"
    assert row["source_after"] == "as named by the user"
    assert row["move"] == "moved"
    later = [line for line in both.warnings if "published after the day" in line]
    assert [line.partition(":")[0] for line in later] == ["as of 2022-09-30"]


def test_what_is_no_longer_told_is_no_move(store: Store, tmp_path: Path):
    """Three years on the figures of 2022 are too old: nothing is known of the later day."""
    alone = Store(tmp_path / "store")
    added(alone, tmp_path, "trade-2022.csv", trade(date(2022, 8, 1), early), date(2022, 9, 20))
    moved = {row["dimension"]: row for row in beside(asked(alone, also="2025-09-30"), "then_and_now")}
    found = moved["goods-direct"]
    assert (found["reading_before"], found["reading_after"]) == ("away", "not told")
    assert (found["is_moved"], found["move"]) == (None, "no longer told")
    assert (moved["verdict"]["is_moved"], moved["verdict"]["move"]) == (None, "no longer told")


def test_leaving_out_a_source_leaves_out_all_it_tells(both: Answer):
    """Trade and acts are of one publisher here: without it nothing is told."""
    assert [(row["source"], row["verdict"]) for row in beside(both, "left_out_sources")] == [
        ("as named by the user", "too little is held")
    ]


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
    assert out.startswith("As of 2022-09-30, XAA towards XBB: mixed.")
    assert max(map(len, out.splitlines())) <= 80
    assert "%" not in out
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(store.folder), "--format", "json", *words])
    told = json.loads(capfd.readouterr().out)
    assert told["question"]["verdict"] == "mixed"
    assert {"dimension", "series", "baseline", "window", "reading", "value", "low_90", "high_90"} <= set(
        told["rows"][0]
    )
    assert list(told["beside"]) == ["verdict", "left_out", "left_out_sources", "tips", "candidates"]


# ---------------------------------------------------------------- texts and lists
def of_texts(tmp_path: Path, **more: Any) -> Answer:
    """China towards Russia of an empty store: what texts print and what lists tell."""
    return posture(Store(tmp_path / "store"), actor="CHN", partner="RUS", as_of=LATE, **more)


def test_a_verdict_of_a_text_is_said_to_be_one(tmp_path: Path):
    answer = of_texts(tmp_path)
    said = answer.question["sentence"]
    assert "It rests on figures printed in Webster 2024 (sensitive goods directly," in said
    assert "No statistics are held: the verdict is the texts' own." in said
    assert "With statistics alone, no text: too little is held." in said
    told = {name: answer.question[name] for name in ("verdict_without_texts", "texts")}
    assert told == {"verdict_without_texts": "too little is held", "texts": ["Webster 2024"]}
    last = beside(answer, "left_out")[-1]
    assert (last["dimension"], last["verdict"]) == ("figures printed in texts", "too little is held")
    sources = {row["source"]: row["verdict"] for row in beside(answer, "left_out_sources")}
    assert sources["documents: Webster 2024"] == "too little is held"
    assert any("It would be settled by: monthly exports of CHN to RUS" in line for line in answer.warnings)


def test_texts_can_be_left_out(tmp_path: Path):
    """Those typed as files too (figures/documents-*.csv)."""
    store = Store(tmp_path / "store")
    store.add(ROOT / "figures" / "documents-webster-2024.csv", now=NOW)
    answer = posture(store, actor="CHN", partner="RUS", as_of=LATE, without_texts=True)
    assert (
        "As of 2024-06-18, without figures printed in texts, CHN towards RUS" in answer.question["sentence"]
    )
    assert not any((row["source"] or "").startswith("documents") for row in answer.rows.to_pylist())
    assert [one.kind for one in answer.cited] == ["list"]
    assert ways(answer)["goods-direct"] == "not told"


def test_texts_and_lists_are_sources_of_their_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    answer = of_texts(tmp_path)
    rows = {row["dimension"]: row for row in answer.rows.to_pylist()}
    assert rows["exercises"]["source"] == "lists of entrepot: acts/china-russia.toml"
    cited = {one["name"]: one for one in answer.to_json()["provenance"]["cited"]}
    assert cited["acts/china-russia.toml"]["used_for"] == ["exercises", "words"]
    assert any("Weitz" in citation for citation in cited["acts/china-russia.toml"]["citations"])
    assert cited["Webster 2024"]["published"] == "2024-06-18"
    monkeypatch.setenv("COLUMNS", "200")
    with contextlib.suppress(SystemExit):
        cli.main(["--store", str(tmp_path / "store"), "--as-of", "2024-06-18", "posture", "CHN", "RUS"])
    err = capfd.readouterr().err
    assert "Source: acts/china-russia.toml, typed by hand (exercises, words)" in err
    assert "Source: Webster 2024, figures printed, typed by hand (goods-direct, goods-indirect)" in err


def test_what_a_text_prints_one_end_of_has_no_value(tmp_path: Path):
    row = next(row for row in of_texts(tmp_path).rows.to_pylist() if row["dimension"] == "goods-direct")
    assert (row["reading"], row["value"], row["high_90"]) == ("toward", None, 1)


def test_statistics_go_before_texts_and_both_before_proxies():
    for one in dimensions():
        order = [(series.proxy, series.kind == "printed") for series in one.series]
        assert order == sorted(order)


# ---------------------------------------------------------------- zeros and gaps
def chips(moved: Callable[[str, date], float | None]) -> Iterator[str]:
    """Semiconductors to everyone, all goods to XBB, which grow; where nothing is given, no row."""
    for place, partner in enumerate(("XBB", *HUBS, *OTHERS)):
        for day in months(date(2024, 4, 1)):
            factor = moved(partner, day)
            if factor is not None:
                value = 100 * wobble(place, day) * factor
                yield f"XAA,{partner},export,{day:%Y-%m},854231,{value:.3f},,simulated"
    for day in months(date(2024, 4, 1)):
        value = 5000 * (3 if day > EVENT else 1)
        yield f"XAA,XBB,export,{day:%Y-%m},TOTAL,{value},,simulated"


def goods_direct(tmp_path: Path, lines: Iterator[str]) -> dict[str, Any]:
    alone = Store(tmp_path / "store")
    added(alone, tmp_path, "trade.csv", lines, date(2024, 6, 1))
    rows = asked(alone, as_of=LATE).rows.to_pylist()
    return next(row for row in rows if row["dimension"] == "goods-direct")


def test_reported_zeros_are_a_fall_and_never_left_to_a_proxy(tmp_path: Path):
    row = goods_direct(tmp_path, chips(lambda to, day: 0.0 if to == "XBB" and day >= EVENT else 1.0))
    assert (row["reading"], row["value"], row["series"]) == ("away", -1, "high-priority goods, exports")


def test_months_in_which_the_file_tells_of_others_only_are_zeros(tmp_path: Path):
    """Three of twenty-six months: a collapse, not three months as before."""
    kept = (date(2022, 3, 1), date(2023, 1, 1), date(2024, 4, 1))
    row = goods_direct(
        tmp_path, chips(lambda to, day: 1.0 if to != "XBB" or day <= EVENT or day in kept else None)
    )
    assert (row["reading"], row["window"]) == ("away", "2022-03:2024-04")


def test_gaps_of_a_file_that_tells_of_nobody_else_are_not_told(tmp_path: Path):
    kept = (date(2022, 3, 1), date(2023, 1, 1), date(2024, 4, 1))
    row = goods_direct(
        tmp_path, chips(lambda to, day: 1.0 if to == "XBB" and (day <= EVENT or day in kept) else None)
    )
    assert row["reading"] == "not told"
    assert "3 of 26 months of the window are held" in row["why"]


def test_goods_without_a_weight_are_named(tmp_path: Path):
    """Gas by pipeline has a value and no weight: left out of the energy, and said."""
    gas = (f"XAA,XBB,import,{day:%Y-%m},271121,250,,simulated" for day in months(date(2022, 8, 1)))
    alone = Store(tmp_path / "store")
    added(alone, tmp_path, "trade.csv", iter([*trade(date(2022, 8, 1), early), *gas]), date(2022, 9, 20))
    said = [
        line for line in asked(alone).warnings if line.startswith("energy: no net weight of 271121 in 30")
    ]
    assert len(said) == 1
    assert "% of the value" in said[0]
