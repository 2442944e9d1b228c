"""`chain` asked of invented worlds: an old entrepot, a new hub, and what cannot be seen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from entrepot import Answer, Store, chain
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.chain import Tellers

NOW = datetime(2024, 1, 1, tzinfo=UTC)
EACH_YEAR = {
    "XOR,XHK": (100, 100),  # the old entrepot: what it gets and sends on does not change
    "XMA,XHK": (100, 100),
    "XHK,XDE": (80, 80),
    "XHK,XCU": (120, 120),
    "XOR,XNE": (10, 60),  # the new hub
    "XMA,XNE": (10, 10),
    "XNE,XDE": (0, 40),
    "XNE,XCU": (10, 10),
    "XOR,XDE": (200, 20),  # direct trade falls
}


def store_of(folder: Path, trade: dict[str, tuple[float, ...]], *, importers: bool = True) -> Store:
    """Yearly trade from 2021, told by both sides, or by exporters alone."""
    lines = ["reporter,partner,flow,period,commodity,value_usd,valuation,status"]
    for pair, values in trade.items():
        exporter, importer = pair.split(",")
        for year, value in enumerate(values, start=2021):
            lines.append(f"{exporter},{importer},export,{year},870310,{value * 1e6},fob,simulated")
            if importers:
                lines.append(f"{importer},{exporter},import,{year},870310,{value * 1e6},fob,simulated")
    (folder / "world.csv").write_text("\n".join(lines), encoding="utf-8")
    store = Store(folder / "store")
    store.add(folder / "world.csv", now=NOW, published=date(2023, 6, 1))
    return store


def asked(store: Store, **more: str | int) -> Answer:
    told = {"origin": "XOR", "destination": "XDE", "commodity": "8703", "base": "2021", "window": "2022"}
    return chain(store, **told | more)


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    return asked(store_of(tmp_path_factory.mktemp("chain"), EACH_YEAR))


def row(answer: Answer, **wanted: str | None) -> dict[str, float]:
    """The one row; of totals where no hub is named."""
    wanted.setdefault("hub", None)
    rows = answer.rows.to_pylist()
    (found,) = [one for one in rows if all(one[name] == value for name, value in wanted.items())]
    return found


def test_four_methods_side_by_side(answer):
    """By way of others, in USD m. XHK: 200 in, half of XOR; XNE: 70 in and 60 of them of XOR.

    Mixed 80 / 2 + 40 * 60 / 70. At most 80 + 40. At least 0 of XHK (80 can be XMA's) and 40 less XMA's 10.
    """
    told = {
        method: row(answer, hops="1+", method=method) for method in ("proportional", "maximum flow", "least")
    }
    assert told["proportional"]["value_usd"] == pytest.approx((80 / 2 + 40 * 60 / 70) * 1e6)
    assert told["maximum flow"]["value_usd"] == pytest.approx((80 + 40) * 1e6, rel=1e-6)
    values = [row(answer, hops="1+", method=m)["value_usd"] for m in ("least", "entropy", "maximum flow")]
    assert values == sorted(values)
    assert row(answer, hops="0", method="reported")["value_usd"] == pytest.approx(20e6)


def test_an_old_entrepot_is_no_suspect(answer):
    """As much passed through XHK before: nothing is added, and the answer says so."""
    old = row(answer, hub="XHK", method="proportional")
    assert old["value_usd"] > 30e6
    assert old["change"] == pytest.approx(0)
    assert old["before_share"] == pytest.approx(1)
    assert old["excess_usd"] == pytest.approx(0, abs=1)
    assert any(text.startswith("XHK: entrepot already before:") for text in answer.warnings)


def test_a_new_hub_comes_first(answer):
    """All that XNE got more came from XOR, so all 40 it sends on beyond the base are XOR's."""
    first = next(one for one in answer.rows.to_pylist() if one["hub"])
    assert (first["hub"], first["method"]) == ("XNE", "proportional")
    assert first["base_value_usd"] == 0
    assert first["excess_usd"] == pytest.approx(40e6)
    assert not any(text.startswith("XNE: entrepot") for text in answer.warnings)
    for method in ("proportional", "entropy", "maximum flow", "least"):
        assert row(answer, hops="1+", method=method)["excess_usd"] == pytest.approx(40e6, rel=1e-6)


def test_what_is_beside_adds_up(answer):
    """Origins are the destination's imports; paths are no more than what came by way of others."""
    imports = sum(one["value_usd"] for one in answer.beside["origins"].to_pylist())
    assert imports == pytest.approx((80 + 40 + 20) * 1e6)
    paths = answer.beside["paths"].to_pylist()
    assert paths[0]["path"] in {"XOR > XHK > XDE", "XOR > XNE > XDE"}
    assert sum(one["share"] for one in paths) <= 1 + 1e-9
    assert {one["choice"][0] for one in answer.beside["choices"].to_pylist()} == set("12345")
    assert answer.snapshots


def test_a_country_that_falls_silent_adds_nothing(tmp_path):
    """XMA tells nothing of 2022: its trade with XNE is no fall, and what was told by others stays."""
    trade = EACH_YEAR | {"XMA,XNE": (10,), "XMA,XHK": (100,)}
    store = store_of(tmp_path, trade, importers=False)
    found = asked(store)
    assert row(found, hub="XHK", method="proportional")["excess_usd"] == pytest.approx(0, abs=1)


def test_without_a_base_nothing_is_called_new(tmp_path):
    found = asked(store_of(tmp_path, EACH_YEAR), base="")
    assert found.rows["excess_usd"].null_count == len(found.rows)
    assert found.rows["change"].null_count == len(found.rows)
    assert any("excess and change are refused" in text for text in found.warnings)


def test_hubs_are_bounded(tmp_path):
    trade = {"XOR,XAA": (50, 50), "XAA,XBB": (50, 50), "XBB,XDE": (50, 50), "XCC,XDE": (1, 1)}
    store = store_of(tmp_path, trade)
    assert row(asked(store, hops=1), hops="1+", method="proportional")["value_usd"] == pytest.approx(0)
    found = asked(store, hops=2)
    assert row(found, hops="2", method="proportional")["value_usd"] == pytest.approx(50e6)
    assert not [one for one in found.rows.to_pylist() if one["method"] == "least"]


def test_several_goods_are_followed_one_by_one(tmp_path):
    """XAA gets cars from XOR and sends on tyres of XMA: nothing of XOR's arrives."""
    lines = ["reporter,partner,flow,period,commodity,value_usd,valuation,status"]
    trade = {
        ("XOR", "XAA"): "870310",
        ("XMA", "XAA"): "401110",
        ("XAA", "XDE"): "401110",
        ("XOR", "XDE"): "870310",
    }
    for (exporter, importer), code in trade.items():
        lines.append(f"{exporter},{importer},export,2022,{code},5000000,fob,simulated")
    (tmp_path / "goods.csv").write_text("\n".join(lines), encoding="utf-8")
    store = Store(tmp_path / "store")
    store.add(tmp_path / "goods.csv", now=NOW, published=date(2023, 6, 1))
    found = asked(store, base="", commodity="870310,401110")
    assert row(found, hops="1+", method="maximum flow")["value_usd"] == 0
    assert {one["commodity"] for one in found.beside["commodities"].to_pylist()} == {"870310", "401110"}


def test_unseen_hubs_are_named_and_not_zero(tmp_path):
    """Nobody tells what XQA sends to XDE: half of what XOR ships to others is not covered."""
    trade = {"XOR,XAA": (50,), "XOR,XQA": (50,), "XAA,XDE": (10,)}
    found = asked(store_of(tmp_path, trade, importers=False), base="", window="2021")
    assert found.rows["coverage"].to_pylist()[0] == pytest.approx(0.5)
    assert any("XQA" in text and "unseen" in text for text in found.warnings)


def test_one_exporter_alone_is_no_chain(tmp_path):
    store = store_of(tmp_path, {"XOR,XAA": (50, 60), "XOR,XDE": (50, 10)}, importers=False)
    with pytest.raises(NoDataError, match="only the origin's own trade"):
        asked(store)


@pytest.mark.parametrize(
    "words",
    [{"destination": "XOR"}, {"hops": -1}, {"production": "much"}, {"base": "2022"}, {"margin": "six"}],
)
def test_bad_usage(tmp_path, words):
    with pytest.raises(UsageError):
        asked(store_of(tmp_path, EACH_YEAR), **words)


def test_nothing_held_of_an_end(tmp_path):
    with pytest.raises(NoDataError, match="XZZ"):
        asked(store_of(tmp_path, EACH_YEAR), origin="XZZ")


def test_a_file_of_one_partner_says_nothing_of_the_rest():
    """XAA names three customers in the base and one in the window: of the other two nobody tells there."""
    rows = [("XAA", other, True, 1, 0) for other in ("XBB", "XCC", "XDD")] + [("XAA", "XBB", False, 1, 0)]
    names = ("exporter", "importer", "is_base", "exports", "imports")
    who = Tellers.of(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]), ())
    assert who.tell("XAA", "XBB", is_base=False)
    assert not who.tell("XAA", "XCC", is_base=False)
    assert who.tell("XAA", "XCC", is_base=True)


def test_a_country_whose_imports_are_no_longer_held_is_no_hub(tmp_path):
    """XQA's imports are told of by XMA alone, who tells nothing of 2022: what XQA sends on has no sources."""
    trade = {
        "XOR,XNE": (10, 60), "XNE,XDE": (1, 40), "XOR,XQA": (1, 5), "XMA,XQA": (100,), "XQA,XDE": (50, 50),
    }  # fmt: skip
    found = asked(store_of(tmp_path, trade, importers=False))
    assert "XQA" not in {one["hub"] for one in found.rows.to_pylist()}
    assert any("no hubs" in text and "XQA" in text for text in found.warnings)
