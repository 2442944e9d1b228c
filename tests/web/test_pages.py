"""The pages without a browser: what they hold, what they keep, what happens when the store changes."""

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from starlette.testclient import TestClient

from entrepot import Store, answers
from entrepot.reporting import PAGES
from entrepot.web import Settings, create_app
from entrepot.web.workshop import Workshop
from tests.web.conftest import PAIR


@pytest.mark.parametrize("name", PAGES)
def test_a_page_comes_at_once_with_places_for_its_parts(client, name):
    page = client.get(f"/{name}", params=PAIR)
    assert page.status_code == 200
    for part in PAGES[name].parts:
        assert f'data-part="/part/{name}/{part.name}?' in page.text


def test_a_part_is_the_answer_and_its_files_are_the_same(client, folder):
    wanted = answers.flows(Store(folder), reporter="CHN", partner="RUS", by="month").rows
    assert "8.09 bn" in client.get("/part/overview/direct", params=PAIR).text.replace("\u00a0", " ")
    file = client.get("/file/overview/direct/1.parquet", params=PAIR)
    assert pyarrow.parquet.read_table(io.BytesIO(file.content)).replace_schema_metadata().equals(wanted)
    picture = client.get("/file/overview/direct/1.svg", params=PAIR).text
    assert "General Administration of Customs" in picture  # shown alone, it still says where it is from
    assert client.get("/file/overview/direct/1.png", params=PAIR).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/part/overview/nothing", 404),
        ("/file/overview/direct/9.csv", 404),
        ("/file/overview/direct/0.csv", 404),
        ("/file/overview/direct/1.exe", 404),
        ("/file/overview/direct/x.csv", 422),
        ("/overview?origin=Narnia", 422),
        ("/overview?as_of=2022-13-01", 422),
        ("/part/overview/direct?origin=CHN&destination=RUS&commodity=nonsense", 422),
    ],
)
def test_an_address_that_leads_nowhere_says_so(client, path, status):
    pair = "" if "?" in path else "?origin=CHN&destination=RUS"
    answer = client.get(path + pair)
    assert answer.status_code == status
    assert "defect" not in answer.text


def test_who_names_nobody_is_shown_what_is_held(client):
    assert str(client.get("/").url).endswith("/overview?origin=CHN&destination=RUS")


def test_a_page_for_who_runs_no_scripts_has_its_figures_in_it(client):
    page = client.get("/overview", params=PAIR | {"whole": "true"}).text
    assert "8.09\u00a0bn" in page
    assert "Computing" not in page


def test_of_a_whole_page_a_part_that_cannot_be_asked_leaves_the_others(client):
    page = client.get("/overview", params=PAIR | {"whole": "true", "base": "2022", "window": "2022"})
    assert page.status_code == 200
    assert "8.09\u00a0bn" in page.text


def test_text_from_an_address_is_text(client):
    hostile = '"><script>alert(1)</script>'
    page = client.get("/overview", params=PAIR | {"window": hostile}).text
    assert "<script>alert" not in page
    assert (
        "<script>alert" not in client.get("/part/overview/direct", params=PAIR | {"commodity": hostile}).text
    )


def test_an_empty_store_says_what_would_fill_it(tmp_path):
    with TestClient(create_app(Settings(tmp_path)), base_url="http://localhost") as client:
        assert client.get("/").status_code == 200
        part = client.get("/part/overview/direct", params=PAIR)
        assert part.status_code == 200
        assert "entrepot add" in part.text


def added(folder: Path, name: str) -> None:
    rows = "reporter,partner,flow,period,commodity,value,currency,status\n"
    rows += "XAA,XBB,export,2021-01,8542,7,USD,simulated\n"
    (folder / f"{name}.csv").write_text(rows)
    Store(folder / "store").add(folder / f"{name}.csv", now=datetime(2024, 1, 1, tzinfo=UTC), source="tidy")


def test_what_is_added_while_an_answer_is_made_is_seen_next_time(tmp_path, monkeypatch):
    """The answer has the name of the store it was asked of, not of what the store became."""
    ask, asked = Workshop.ask, {"origin": "XAA", "destination": "XBB", "commodity": "8542"}

    async def slowly(self: Workshop, *task: Any, **how: Any) -> Any:
        found = await ask(self, *task, **how)
        added(tmp_path, "meanwhile")
        return found

    with TestClient(create_app(Settings(tmp_path / "store")), base_url="http://localhost") as client:
        with monkeypatch.context() as patched:
            patched.setattr(Workshop, "ask", slowly)
            before = client.get("/part/overview/direct", params=asked)
        after = client.get(
            "/part/overview/direct", params=asked, headers={"If-None-Match": before.headers["etag"]}
        )
        assert after.status_code == 200
        assert after.headers["x-simulated"] == "yes"


def test_the_page_of_a_country_is_about_the_hub_looked_at(client):
    assert "country=KAZ" in str(client.get("/country", params=PAIR | {"hub": "KAZ"}).url)
    assert "country=RUS" in str(client.get("/country", params=PAIR).url)


def test_what_is_added_is_seen_and_what_has_not_changed_is_not_sent(tmp_path):
    with TestClient(create_app(Settings(tmp_path / "store")), base_url="http://localhost") as client:
        asked = {"origin": "XAA", "destination": "XBB", "commodity": "8542"}
        before = client.get("/part/overview/direct", params=asked)
        same = client.get(
            "/part/overview/direct", params=asked, headers={"If-None-Match": before.headers["etag"]}
        )
        assert same.status_code == 304
        added(tmp_path, "first")
        after = client.get(
            "/part/overview/direct", params=asked, headers={"If-None-Match": before.headers["etag"]}
        )
        assert after.status_code == 200, after.text
        assert after.headers["x-simulated"] == "yes"


def test_an_answer_does_not_speak_for_what_is_added_while_it_is_computed(folder, tmp_path, monkeypatch):
    """Else a browser would keep the old answer under the name of the new store."""
    store = shutil.copytree(folder, tmp_path / "store")
    computed = Workshop.ask

    async def ask(*given, **named):
        made = await computed(*given, **named)
        (store / "flows" / "_delta_log" / "meanwhile.json").touch()
        return made

    monkeypatch.setattr(Workshop, "ask", ask)
    with TestClient(create_app(Settings(store)), base_url="http://localhost") as client:
        first = client.get("/part/overview/direct", params=PAIR)
        again = client.get(
            "/part/overview/direct", params=PAIR, headers={"If-None-Match": first.headers["etag"]}
        )
    assert again.status_code == 200
