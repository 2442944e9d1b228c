"""Pages on published files: the numbers people read are those the questions give."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import Store
from entrepot.reporting import PAGES, Asked

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
PAIR = Asked("CHN", "RUS", commodity="2709,2701,271121", base="2022-02", window="2022-07", country="CHN")


@pytest.fixture(scope="module")
def fuels(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """China's imports of Russian fuels in two vintages."""
    store = Store(tmp_path_factory.mktemp("fuels") / "store")
    for month, day in (("2022-06", date(2022, 7, 24)), ("2023-02", date(2023, 3, 22))):
        path = data / "china_customs_wind" / f"china_imports_wind_to_{month}.csv"
        store.add(path, now=NOW, published=day)
    return store


def told(store, page, part):
    return list(PAGES[page].part(part).make(store, PAIR))


def test_price_and_volume_of_russian_fuels(fuels):
    """February to July 2022: price +7.6 to +7.8 %, volume about +48 %; pipeline gas has no weight."""
    (page,) = told(fuels, "prices", "split")
    assert "price +7.6 to +7.8 %" in page.sentences[0]
    assert any(one.startswith("271121") and "not determined" in one for one in page.sentences)
    assert "go the other way" in page.notes[0]


def test_the_calendar_of_china_s_fuels(fuels):
    """From April 1995 to February 2023: 335 months, some of them without a row in the first years."""
    (by_month, _) = told(fuels, "coverage", "calendar")
    rows = by_month.answer.rows.to_pylist()
    imports = [row for row in rows if (row["reporter"], row["flow"]) == ("CHN", "import")]
    assert len(imports) == 335
    assert (imports[0]["period"], imports[-1]["period"]) == (date(1995, 4, 1), date(2023, 2, 1))
    assert {row["state"] for row in imports[-60:]} == {"held"}
    assert imports[1]["state"] == "missing"
