"""Facts beside trade in a store: append-only and whole as flows are, one snapshot for each fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from entrepot import status
from entrepot.errors import NoDataError, ReadError, StoreError
from entrepot.model.indicator import COLUMNS
from entrepot.store import Store
from entrepot.store.engine import Spark
from tests.store.conftest import Worker
from tests.store.helpers import add, cells, line, listing
from tests.store.test_kill import again, left_behind

Write = Callable[..., Path]
HEADER = b"Country Name,Country Code,Year,Value\n"


def gdp(**values: float | str) -> bytes:
    """A file of one value a country and year, named XAA2021=5."""
    rows = [f"Somewhere,{name[:3]},{name[3:]},{value}\n" for name, value in values.items()]
    return HEADER + "".join(rows).encode()


def facts(store: Store, as_of: str | None = None) -> dict[tuple[str, int], float]:
    """Area and year -> value, as the next command would find them."""
    fresh = Store(store.folder)
    rows = fresh.run(fresh.indicators(date.fromisoformat(as_of) if as_of else None)).to_pylist()
    return {(row["area"], row["period"].year): row["value"] for row in rows}


def test_facts_are_stored_as_they_are(store: Store, write: Write):
    """Zero is zero, an empty cell is missing and stored nowhere, and each row says where it comes from."""
    file = write(gdp(XAA2021=5, XAA2022=0, XBB2021=""), "made.csv")
    card = add(store, file, given={"indicator": "made_usd"}).card
    assert (card.kind, card.rows, card.missing, card.rejects) == ("indicators", 2, 1, 0)
    table = store.run(store.indicators())
    assert table.column_names == list(COLUMNS)
    first, second = sorted(table.to_pylist(), key=lambda row: row["period"])
    assert first == {
        "indicator": "made_usd", "area": "XAA", "partner": None, "period": date(2021, 1, 1), "frequency": "A",
        "value": 5.0, "status": "simulated", "source": "wdi", "snapshot": card.snapshot, "row": 2,
    }  # fmt: skip
    assert second["value"] == 0.0


def test_nothing_held_is_an_empty_table(store: Store, write: Write):
    assert store.run(store.indicators()).column_names == list(COLUMNS)
    add(store, write(line()))
    assert store.run(store.indicators()).num_rows == 0


@pytest.mark.spark
def test_on_spark_too(store: Store, write: Write, spark: Any):
    """Nulls of a fact's identity are alike there too, and an empty store answers."""
    engine = Spark(spark)
    empty = Store(store.folder, engine)
    assert empty.run(empty.indicators()).num_rows == 0
    add(store, write(gdp(XAA2021=5, XBB2021=7), "gdp.csv"), "2022-05-01")
    add(store, write(gdp(XAA2021=6), "gdp-current.csv"), "2023-05-01")
    held = Store(store.folder, engine)
    assert sorted(held.run(held.indicators())["value"].to_pylist()) == [6.0, 7.0]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_latest_publication_of_a_fact_speaks(store: Store, write: Write, order: tuple[int, int]):
    """Whatever the order of adding; a fact that a revision does not repeat stays as it was."""
    files = [("2022-05-01", gdp(XAA2021=5, XBB2021=7)), ("2023-05-01", gdp(XAA2021=6, XAA2022=8))]
    for place in order:
        day, content = files[place]
        add(store, write(content, f"gdp-{day}.csv"), day)
    assert facts(store) == {("XAA", 2021): 6, ("XBB", 2021): 7, ("XAA", 2022): 8}
    assert facts(store, "2022-12-31") == {("XAA", 2021): 5, ("XBB", 2021): 7}
    assert facts(store, "2022-04-30") == {}


def test_a_fact_twice_alike_counts_once_and_twice_unlike_not_at_all(store: Store, write: Write):
    rows = gdp(XAA2021=5, XBB2021=7, XCC2021=9)
    content = rows + gdp(XAA2021=5, XBB2021=8).removeprefix(HEADER)
    card = add(store, write(content, "gdp.csv")).card
    assert facts(store) == {("XAA", 2021): 5, ("XCC", 2021): 9}
    told = [(row["row"], row["reason"]) for row in store.rejects(card.snapshot).to_pylist()]
    why = "the same cell twice with different values: gdp_usd XBB 2021-01-01"
    assert told == [(3, why), (6, why)]


def test_the_same_bytes_twice_do_nothing(store: Store, write: Write):
    add(store, write(gdp(XAA2021=5), "gdp.csv"))
    before = listing(store.folder)
    assert not add(store, write(gdp(XAA2021=5), "gdp-data.csv"), "2020-01-01").is_new
    assert listing(store.folder) == before


def test_a_file_that_is_not_understood_leaves_nothing(store: Store, write: Write):
    with pytest.raises(ReadError, match="--given indicator="):
        add(store, write(gdp(XAA2021=5), "gdp_per_capita.csv"))
    with pytest.raises(ReadError, match="are not understood"):
        add(store, write(gdp(ATL2021=5), "gdp.csv"))
    assert (store.snapshots(), listing(store.folder)) == ([], {})


def test_flows_and_facts_do_not_see_each_other(store: Store, write: Write):
    """Facts alone are no trade; a later file of facts masks no flow."""
    add(store, write(gdp(XAA2021=5), "gdp.csv"), "2022-05-01")
    with pytest.raises(NoDataError, match="holds nothing of trade"):
        store.flows()
    add(store, write(line()), "2021-01-01")
    assert cells(store) == (("XBB", "870323", 10.0),)
    assert facts(store) == {("XAA", 2021): 5}
    assert [card.kind for card in store.snapshots()] == ["flows", "indicators"]


def test_status_shows_facts_beside_trade(store: Store, write: Write):
    """Also where nothing else is held; and no table where there are none."""
    add(store, write(gdp(XAA2021=5, XBB2022=6), "gdp.csv"), "2022-05-01")
    answer = status(store)
    assert (len(answer.rows), len(answer.snapshots)) == (0, 1)
    assert answer.beside["indicators"].to_pylist() == [
        {
            "indicator": "gdp_usd", "frequency": "A", "areas": 2, "first": date(2021, 1, 1),
            "last": date(2022, 1, 1), "rows": 2, "source": "wdi", "published": date(2022, 5, 1),
        }
    ]  # fmt: skip
    add(store, write(line()), "2021-01-01")
    fresh = Store(store.folder)
    assert len(status(fresh).rows) == 1
    assert status(fresh, as_of=date(2021, 6, 1)).beside == {}


def test_damaged_rows_are_told_and_mended(store: Store, write: Write):
    path = write(gdp(XAA2021=5), "gdp.csv")
    card = add(store, path, "2022-05-01").card
    (store.folder / "indicators" / card.snapshot / "indicators.parquet").write_bytes(b"")
    with pytest.raises(StoreError, match="damaged or gone"):
        facts(store)
    assert add(store, path).is_new
    assert (facts(store), store.snapshots()[0].published) == ({("XAA", 2021): 5}, date(2022, 5, 1))


def test_a_card_of_an_older_store_is_one_of_flows(store: Store, write: Write):
    """Cards did not say so before there were facts."""
    card = add(store, write(line())).card
    path = store.folder / "snapshots" / f"{card.snapshot}.json"
    path.write_text(path.read_text(encoding="utf-8").replace(',\n "kind": "flows"', ""), encoding="utf-8")
    assert '"kind"' not in path.read_text(encoding="utf-8")
    assert cells(store) == (("XBB", "870323", 10.0),)


def test_killed_at_each_step_on_the_disk(store: Store, worker: Worker, write: Write, tmp_path: Path):
    """In a store of flows: facts as before or as after, and adding again completes the work of any."""
    add(store, write(line()))
    file = write(gdp(XAA2021=5), "gdp.csv")
    after = {("XAA", 2021): 5.0}
    seen: list[bool] = []
    copy = again(store, tmp_path / "copy")
    while worker.add(copy, file, step=len(seen) + 1) != [0]:
        state = facts(copy)
        assert state in ({}, after), f"step {len(seen) + 1}"
        assert cells(copy) == (("XBB", "870323", 10.0),)
        seen.append(state == after)
        if seen[-1]:
            assert worker.add(copy, file) == [0]
            assert (facts(copy), len(copy.snapshots())) == (after, 2)
            copy = again(store, tmp_path / "copy")
    assert (facts(copy), left_behind(copy)) == (after, [])
    assert seen == sorted(seen)
    assert not all(seen)
    assert any(seen)
