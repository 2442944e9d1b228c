"""What fetch and update say, and what they leave in files, as a user sees it."""

import io
import json

import pytest
from rich.console import Console

from entrepot.fetching import Told, report
from entrepot.present import tables
from entrepot.sources._ask import Ask
from tests.fetching.comext import Comext, archive
from tests.fetching.ecb import EuropeanCentralBank
from tests.fetching.fake import Fake, served
from tests.fetching.test_unga import NEW, SAMPLE
from tests.fetching.unga import Library
from tests.fetching.wdi import WorldBank


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("entrepot.sources._gate.Gate.wait", lambda self: None)


def row(done):
    return json.loads(done.stdout)["rows"][0]


def test_update_takes_the_names_that_fetch_and_sources_have(run):
    """`fetch comext` is of the source eurostat; a name that is neither is no order that is missing."""
    month = archive("202201", [("DE", "RU", "87032319", "2", 5)])
    with served(Fake(Comext({"202201": month}, {"202201": "2026-05-14"}))) as fake:
        run("fetch", "comext", "--period", "2022-01", ENTREPOT_EUROSTAT_URL=fake.url)
        done = [run("update", name) for name in ("comext", "eurostat", "ecb", "euostat")]
    assert [one.returncode for one in done] == [0, 0, 1, 2]
    assert b"nothing was ordered of ecb" in done[2].stderr
    assert b"Can be: baci" in done[3].stderr


def test_the_address_asked_is_told_in_full_whether_an_answer_came_or_not(run):
    words = ("fetch", "ecb", "--period", "2022", "--format", "json")
    with served(Fake(EuropeanCentralBank({("USD", "2022-01"): 1.1}))) as fake:
        came = row(run(*words, ENTREPOT_ECB_URL=fake.url))
        held = row(run(*words))
        absent = row(run(*words, "--currency", "XXX"))
    assert came["url"] == held["url"]
    assert came["url"].startswith(f"{fake.url}/service/data/EXR/M.USD.")
    assert (absent["state"], absent["url"].startswith(f"{fake.url}/")) == ("not published", True)


def test_rows_that_were_not_understood_are_told(run):
    with served(Fake(Library({NEW: SAMPLE}))) as fake:
        done = run("fetch", "unga", "--format", "json", ENTREPOT_UNGA_URL=fake.url)
    assert (row(done)["rows"], row(done)["rejects"]) == (7, 2)
    assert json.loads(done.stdout)["warnings"] == ["2 rows were not understood: entrepot rejects"]


def test_an_order_that_came_to_nothing_does_not_speak_of_others(run):
    figures = {("NY.GDP.MKTP.CD", "KGZ", 2020): 1.0, ("SP.POP.TOTL", "KGZ", 2020): 1.0}
    with served(Fake(WorldBank(figures))) as fake:
        words = ("fetch", "wdi", "--country", "RUS", "--indicator", "SP.POP.TOTL", "--period", "2020")
        done = run(*words, ENTREPOT_WDI_URL=fake.url)
    assert (done.returncode, b"nothing usable came" in done.stderr) == (7, True)
    assert b"the others" not in done.stderr


def test_a_fetch_as_of_an_earlier_day_is_refused(run):
    """Publishers send what they publish now: a past day is for questions."""
    done = run("fetch", "ecb", "--period", "2022", "--as-of", "2022-06-30")
    assert (done.returncode, b"--as-of" in done.stderr) == (2, True)


def test_of_many_asks_that_went_as_usual_no_empty_table_is_shown():
    told = [Told(Ask("ecb", "", "", f"rates {of}"), "unchanged") for of in range(20)]
    out = io.StringIO()
    tables.show(report.brief(report.answer("update", told)), Console(file=out), Console(file=io.StringIO()))
    assert out.getvalue().split() == ["20", "unchanged."]


def test_terms_are_said_once_of_several_orders(run):
    month = archive("202201", [("DE", "RU", "87032319", "2", 5)])
    publisher = Comext(dict.fromkeys(("202201", "202202"), month), {})
    with served(Fake(publisher)) as fake:
        publisher.days = dict.fromkeys(publisher.files, "2026-05-14")
        for span in ("2022-01", "2022-02"):
            run("fetch", "comext", "--period", span, ENTREPOT_EUROSTAT_URL=fake.url)
        publisher.days = dict.fromkeys(publisher.files, "2026-06-14")
        said = run("update").stderr.decode()
    assert said.count("1 request to") == 2
    assert said.count("Free with the source named") == 1
