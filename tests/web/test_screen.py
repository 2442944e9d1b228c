"""The form of shipments: what it says, what it takes, what it refuses, and what it leaves behind."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from starlette.testclient import TestClient

from entrepot.cli.serve import _there
from entrepot.errors import UsageError
from entrepot.screening import records
from entrepot.web import Settings, create_app, guard
from entrepot.web.errors import as_failed
from tests.conftest import ROOT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = {"Origin": "http://localhost"}
LIST = ROOT / "docs" / "examples" / "parties.csv"
HOSTILE = '<script>alert(1)</script> "=1+1" \u202eImaginary'
ONE = {
    "hs_code": "854231",
    "exporter_country": "DEU",
    "destination": "KGZ",
    "date": "2023-06-04",
    "exporter": HOSTILE,
    "consignee": "OsOO Imaginary Freight",
    "against": "RUS",
    "who": "A. Person",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screen") / "store"


@pytest.fixture(scope="module")
def app(store: Path) -> Any:
    return create_app(Settings(store, lists=(str(LIST),), clock=lambda: NOW))


@pytest.fixture(scope="module")
def client(app: Any) -> Any:
    with TestClient(app, base_url="http://localhost") as found:
        yield found


@pytest.fixture
def scratch(app: Any) -> Path:
    """Where the server holds what is sent, until it has answered."""
    return app._app._app.state.workshop.store._scratch


def post(client: TestClient, told: Any = None, **how: Any) -> Any:
    return client.post("/screen", **{"data": told, "headers": OWN} | how)


def number(store: Path) -> int:
    return len(list(records.searches(store)))


def test_the_form_says_which_lists_in_which_state_are_searched(client, tmp_path):
    page = client.get("/screen")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert (
        page.headers["referrer-policy"] == "same-origin"
    )  # else a browser hides from us that a form is ours
    assert "parties, published on an unknown day, sha256" in page.text
    assert str(LIST.parent) not in page.text
    without = TestClient(create_app(Settings(tmp_path)), base_url="http://localhost").get("/screen")
    assert "No list of parties is held" in without.text


def test_lists_that_are_not_there_are_told_of_when_the_server_starts(monkeypatch):
    monkeypatch.chdir(LIST.parent)
    assert _there("parties.csv, held") == (str(LIST), "held")
    with pytest.raises(UsageError, match="no file and no folder"):
        _there("parties.csv,gone.csv")


def test_one_shipment_is_screened_and_hostile_text_does_nothing(client, store, scratch, caplog):
    before = number(store)
    page = post(client, ONE)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "A flag asks for a look; no flag is no clearance." in page.text
    assert "Outcome: review" in page.text
    assert all(f'id="rules-{word}"' in page.text for word in ("true", "false", "unknown"))
    assert "house list" in page.text  # the match's programme
    assert "entrepot decide CASE" in page.text
    assert "This is a record of a search, not a clearance." in page.text
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text.partition('id="result"')[2]
    assert 'value="&lt;script&gt;' in page.text  # told again as it was told
    assert number(store) == before + 1
    *_, last = records.searches(store)
    assert (last.when, last.body["who"]) == (NOW, "A. Person")
    assert list(scratch.iterdir()) == []
    assert "Imaginary" not in caplog.text + str(page.url)


def test_a_file_is_screened_under_its_name_and_nothing_of_it_stays(client, store, scratch, tmp_path):
    rows = "Shipment ID,HS code,From,To,Date,Consignee\n"
    rows += "S-1,854231,Germany,KGZ,04/05/2023,OsOO Imaginary Freight\n"
    rows += "=1+1,0101,Italy,USA,2023-02-30,@SUM(A1)\n"
    sent = {"file": ("../../etc/<b>goods.csv", rows.encode(), "text/csv")}
    page = post(client, {"against": "RUS", "dates": "dmy"}, files=sent)
    assert page.status_code == 200
    assert "For review: 1 of 2 shipments" in page.text
    assert "there is no such day" in page.text  # a cell that was not understood
    assert "&lt;b&gt;goods.csv" in page.text
    assert "<b>goods" not in page.text
    *_, last = records.searches(store)
    assert last.body["given"]["file"] == "<b>goods.csv"
    book = post(client, {"dates": "dmy", "format": "xlsx"}, files=sent)
    assert "attachment" in book.headers["content-disposition"]
    sheet = python_calamine.load_workbook(io.BytesIO(book.content)).get_sheet_by_name("rows").to_python()
    assert "=1+1" in [row[sheet[0].index("shipment")] for row in sheet]  # a text: a formula would say 2, or 0
    assert list(scratch.iterdir()) == []
    assert number(store) == last.number + 1  # a download is a search too


@pytest.mark.parametrize(
    ("told", "files", "why"),
    [
        ({"against": "RUS"}, None, "tell one shipment, or choose a file"),
        ({"hs_code": "<b>"}, None, "no code of the Harmonized System"),
        ({"no_such_field": "x"}, None, "there is no field"),
        ({"hs_code": "01", "threshold": "nan"}, None, "from 0.3 to 1"),
        ({"hs_code": "01", "format": "../x"}, None, "there is no"),
        ({"hs_code": "01"}, {"file": ("a.csv", b"a")}, "either a file, or one shipment"),
        ({}, {"file": ("a.csv.gz", b"\x1f\x8b\x08\x00")}, "shipments"),
        ({}, {"file": ("a.csv", b"")}, "the file is empty"),
    ],
)
def test_what_cannot_be_screened_is_said_beside_the_form(client, app, told, files, why):
    workshop = app._app._app.state.workshop
    before = number(workshop.store.folder)
    page = post(client, told, files=files)
    assert 400 <= page.status_code < 501
    assert why in page.text
    assert '<form id="form"' in page.text
    assert "<b>" not in page.text
    assert list(workshop.store._scratch.iterdir()) == []
    assert number(workshop.store.folder) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:1"},
        OWN | {"Sec-Fetch-Site": "cross-site"},
        OWN | {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_page_is_refused(client, store, headers):
    before = number(store)
    assert post(client, ONE, headers=headers).status_code == 403
    assert number(store) == before


def test_a_token_is_asked_of_forms_too(tmp_path):
    guarded = TestClient(create_app(Settings(tmp_path, (), "secret")), base_url="http://localhost")
    assert guarded.get("/screen").status_code == post(guarded, ONE).status_code == 401
    elsewhere = ("/overview", "/screen/", "/screen/x", "/api/screen", "//screen")
    assert {guarded.post(path, headers=OWN).status_code for path in elsewhere} == {405}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "multipart/mixed; boundary=x"])
def test_only_forms_are_taken(client, kind):
    assert post(client, content=b"{}", headers=OWN | {"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b'--x\r\nContent-Disposition: form-data; name="consignee"\r\n\r\n' + b"a" * 2**20 + b"\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 300 + b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nb\r\n' * 2 + b"--x--\r\n",
        b"no form at all",
        b"--x\r\n\r\n\r\n--x--",
    ],
)
def test_a_form_that_is_too_much_or_broken_is_refused(client, scratch, body):
    answer = post(client, content=body, headers=OWN | {"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400
    assert len(answer.content) < 100_000
    assert list(scratch.iterdir()) == []


def test_a_body_is_read_to_a_bound_whatever_it_said_of_its_length(client, scratch, monkeypatch):
    monkeypatch.setattr(guard, "LONGEST_BODY", 10_000)
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}

    def endless():
        yield part
        for _ in range(100):
            yield b"a" * 1000

    assert post(client, content=part + b"a" * 20_000, headers=OWN | kind).status_code == 413
    assert post(client, content=endless(), headers=OWN | kind).status_code == 413
    assert list(scratch.iterdir()) == []


def test_a_defect_says_where_and_not_of_whom():
    name = "Imaginary Freight"
    with pytest.raises(ValueError, match=name) as raised:
        int(name)
    failed = as_failed(raised.value, "/store", is_private=True)
    assert "test_screen.py" in failed.defect
    assert name not in failed.message + failed.defect
