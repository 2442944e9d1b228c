"""Recorded answers of the Comtrade API, fetched over HTTP from loopback."""

import json

import pytest

from entrepot.fetching import Ordered, Settings, fetch
from entrepot.sources.comtrade._bulk import asks
from entrepot.sources.comtrade._order import Order
from entrepot.store import Store
from tests.fetching.conftest import NOW
from tests.fetching.fake import Fake, Reply, served

PUBLISHED = {"reporterCode": 156, "period": 2010, "totalRecords": 4, "lastReleased": "2011-05-03T22:50:18.8"}


@pytest.fixture
def recorded(data):
    return data / "comtrade" / "api"


def test_a_recorded_answer_is_stored_with_its_address(recorded, tmp_path):
    """China's trade with Argentina and Germany in 2010, as the API gave it; getDa's part is made up."""
    answer = (recorded / "get_C_A_HS_response.json").read_bytes()
    listed = json.dumps({"count": 1, "data": [PUBLISHED], "error": ""}).encode()
    store = Store(tmp_path / "store")
    words = {"reporter": "CHN", "partner": "ARG,DEU", "period": "2010", "frequency": "A"}
    with served(Fake(lambda asked: Reply(listed if "getDA" in asked.path else answer))) as fake:
        settings = Settings(lambda: NOW, {}, {"comtrade": fake.url})
        fetch(store, Ordered("comtrade", words), settings)
    (card,) = store.snapshots()
    assert (card.rows, card.rejects, f"{card.published}") == (4, 0, "2011-05-03")
    assert "reporterCode=156&period=2010&flowCode=X,M&cmdCode=TOTAL&partnerCode=0,32,276" in card.url
    rows = store.run(store.flows().filter(store.flows().partner == "ARG")).to_pylist()
    assert {row["flow"]: row["value"] for row in rows} == {"import": 6804128143.0, "export": 6115764185.0}


def test_a_recorded_list_of_files_is_understood(recorded):
    """Argentina 1962; the recorder cut the address to the file's name."""
    order = Order("A", ("32",), (), ("X",), ("TOTAL",), ("1962", "1963"), is_bulk=True)
    found = asks(order, [recorded / "bulk_list_response.json"])
    assert [(ask.label, f"{ask.published}", ask.url) for ask in found.asks] == [
        (
            "ARG 1962, whole",
            "2003-04-29",
            "bulk/v1/file/32/b07f98ee4cfb477c5b86923bbf159d48ca519ccb35c35865b3578b075fc918fb",
        )
    ]
    assert [label for label, _ in found.absent] == ["ARG 1963"]


def test_a_recorded_empty_list_means_not_published(recorded):
    order = Order("A", ("32",), (), ("X",), ("TOTAL",), ("1962",), is_bulk=True)
    found = asks(order, [recorded / "bulk_list_error.json"])
    assert (found.asks, [label for label, _ in found.absent]) == ((), ["ARG 1962"])
