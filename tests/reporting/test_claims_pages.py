"""The ledger by publication and the page of one claim: the checks are the command's, each with its data."""

from datetime import UTC, date, datetime

import pytest

from entrepot.errors import UsageError
from entrepot.model.resources import folder
from entrepot.present.figure import fragment, nowhere
from entrepot.reporting import PAGES, Asked, claims
from entrepot.store import Store
from tests.reporting.command import told

NOW = datetime(2024, 7, 1, tzinfo=UTC)
HEAD = "reporter,partner,flow,period,commodity,value_usd,valuation,status\n"
FUELS = ("2709", "2701", "271121")
CLAIM = "brief-2022/fossil-fuels-held"


def rows(values):
    """A third of the value in each of the three fuels."""
    for month, value in values.items():
        for fuel in FUELS:
            yield f"CHN,RUS,import,{month},{fuel},{value / 3:.0f},cif,simulated\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Fuels of two months by the claim's day; one of them revised later."""
    home = tmp_path_factory.mktemp("claims")
    made = Store(home / "store")
    early, late = {"2022-02": 4e9, "2022-05": 7e9}, {"2022-05": 9e9}
    for name, values, day in (("a", early, date(2022, 9, 1)), ("b", late, date(2023, 3, 1))):
        (home / f"{name}.csv").write_text(HEAD + "".join(rows(values)))
        made.add(home / f"{name}.csv", now=NOW, published=day)
    return made


def made(store, page, part, **asked):
    return list(PAGES[page].part(part).make(store, Asked("", "", **asked)))


def test_each_publication_is_a_part():
    names = [one.name for one in folder("claims").iterdir() if one.joinpath("publication.toml").is_file()]
    assert [one.name for one in PAGES["claims"].parts] == sorted(names)
    assert PAGES["claim"].hidden


def test_the_ledger_is_the_command_s(store, tmp_path, monkeypatch):
    """Of two claims: all of them take a minute."""
    home = tmp_path / "brief"
    home.mkdir()
    for name in ("publication", "fossil-fuels-held", "fossil-fuels"):
        text = folder("claims").joinpath("brief-2022", f"{name}.toml").read_text(encoding="utf-8")
        (home / f"{name}.toml").write_text(text, encoding="utf-8")
    command = told(store, "check", str(home))
    monkeypatch.setattr(claims, "folder", lambda name: tmp_path)
    (section,) = claims.publications()["brief"](store, Asked("", ""))
    found = section.answer.rows.to_pylist()
    assert [(r["name"], r["verdict"], r["expected"]) for r in found] == [
        (r["claim"], r["verdict"], r["expected"]) for r in command["rows"]
    ]
    assert {r["verdict"] for r in found} >= {"holds", "revised", "no data"}
    assert [one["claim"] for one in section.links] == [r["claim"] for r in command["rows"]]
    assert section.sentences[: len(command["warnings"])] == command["warnings"]
    shown = fragment({"one": section}, lambda name, one: [], lambda page, asked: f"/{page}?{asked['claim']}")
    assert "/claim?brief/fossil-fuels" in shown


def test_one_claim_has_its_verdicts_figures_and_what_is_held_now(store):
    """4.0 of 4.6064 bn is 86.8 % and holds; May is 7.0 by the day, 9.0 of 8.0829 bn now."""
    page = made(store, "claim", "claim", claim=CLAIM)
    february, may, july, _ = page[0].answer.rows.to_pylist()
    assert (february["verdict"], february["found"]) == ("holds", pytest.approx(100 * 4000 / 4606.4))
    assert may["found"] == pytest.approx(100 * 7000 / 8082.9)
    assert (may["verdict"], may["found_now"]) == ("revised", pytest.approx(100 * 9000 / 8082.9))
    assert july["verdict"] == "no data"
    figures = {one.heading: one for one in page[1:]}
    assert figures["Figure “may”"].answer.rows["value_usd"].to_pylist() == [pytest.approx(7e9)]
    assert "--as-of 2022-09-30" in figures["Figure “may”"].sentences[1]
    assert figures["Figure “july”"].missing
    assert "entrepot flows" in fragment({"one": page[1]}, lambda name, one: [], nowhere)


def test_a_figure_published_later_alone_is_shown_as_it_is_now(store):
    rows = made(store, "claim", "claim", claim=CLAIM, as_of=date(2022, 8, 1))
    assert rows[0].answer.rows["verdict"].to_pylist()[:2] == ["no data", "no data"]


def test_a_claim_of_a_document_s_own_figures_needs_no_store(tmp_path):
    page = made(Store(tmp_path / "none"), "claim", "claim", claim="webster-2024/heavy-trucks-printed")
    assert page[0].answer.rows["kind"].to_pylist()[0] == "arithmetic"
    assert page[-1].heading == "Figures as printed"


def test_an_unknown_claim_is_refused_and_none_is_explained(store):
    with pytest.raises(UsageError, match="no claim"):
        made(store, "claim", "claim", claim="../../etc/passwd")
    assert "leads to one" in made(store, "claim", "claim")[0].sentences[0]
