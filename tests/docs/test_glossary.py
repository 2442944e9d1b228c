"""The glossary names every column, option, key, flow, status and exit code there is, and no other."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pytest
import typer

from entrepot import (
    Answer,
    EntrepotError,
    Store,
    acts,
    agreement,
    calendar,
    chain,
    check,
    cli,
    codes,
    direct,
    diversion,
    errors,
    event,
    facts,
    flows,
    mirror,
    plausibility,
    posture,
    prices,
    reconcile,
    rejects,
    revisions,
    status,
    unit_values,
    votes,
)
from entrepot.fetching import report
from entrepot.measures import shipment_results as results
from entrepot.measures.dip import dip
from entrepot.measures.goods import moved, substitution
from entrepot.measures.offset import offset
from entrepot.measures.revisions import changed
from entrepot.model import act, indicator, party, vote
from entrepot.model.flow import CELL, COLUMNS, Flow, Status
from entrepot.model.period import parse_window
from entrepot.model.rule import all_rules
from entrepot.model.shipment import DERIVED, DETAILED, fields
from entrepot.screening import Settings, answered, bands, corridors, run, screen
from entrepot.screening.decisions import decide
from entrepot.screening.records import record
from entrepot.simulate import simulate
from entrepot.simulate.files import ADDED, write
from tests.screening.made import MATCH, search
from tools.check_docs import ROOT
from tools.docs_blocks import EXAMPLES

SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
TEXT = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
TERMS = {name: re.findall(r"^\| `(.+?)` ", body, re.MULTILINE) for name, body in SECTION.findall(TEXT)}
ANSWERS = [
    name
    for kind in ("the store", "facts beside trade", "acts", "votes", "answers")
    for name in TERMS[f"Columns of {kind}"]
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """One answer of each question, asked so that each column is there."""
    store = Store(tmp_path_factory.mktemp("glossary") / "store")
    for name in (
        "exports-2021-2022.csv",
        "exports-with-faults.csv",
        "gdp.csv",
        "both-sides.csv",
        "chain-2021-2022.csv",
        "acts.csv",
        "votes.csv",
    ):
        store.add(EXAMPLES / name, now=datetime(2023, 5, 1, tzinfo=UTC), published=date(2023, 4, 10))
    split = flows(store, reporter="XAA", partner="XBB", commodity="87", by="month,commodity,reporter,partner")
    change = direct(
        store, origin="XAA", destination="XBB", commodity="87", base="2021", window="2022", control="WLD"
    )
    sides = mirror(store, origin="XAA", destination="XBB,XCC", base="2021", window="2022")
    between = {"commodity": "HS2022:8542", "bounds": "main"}
    bounded = flows(store, reporter="XAA", partner="XBB", **between)
    changed = direct(store, origin="XAA", destination="XBB", base="2021", window="2022", **between)
    related = codes(commodity="chpl", hs_revision="HS2017")
    size = plausibility(store, origin="XAA", destination="XBB", commodity="87", period="2022")
    both = reconcile(store, period="2021-01", commodity="87")
    ends = {"origin": "XOR", "destination": "XDE", "base": "2021", "window": "2022"}
    return [
        chain(store, commodity="870310,870320", **ends),
        both,
        split,
        change,
        sides,
        size,
        bounded,
        changed,
        related,
        status(store),
        calendar(store),
        rejects(store),
        *_of_prices(store),
        *_of_fetching(store),
        facts(store, indicator="gdp_usd"),
        acts(store, actor="XAA", partner="WLD"),
        votes(store, roll_call="R1"),
        agreement(store, area="XAA", partner="XBB"),
        check(store, path=EXAMPLES / "claims"),
        *_of_screening(tmp_path_factory.mktemp("screening")),
        *_of_posture(tmp_path_factory.mktemp("towards") / "store"),
        _of_event(tmp_path_factory.mktemp("months") / "store"),
        *_of_diversion(tmp_path_factory.mktemp("world")),
    ]


def _of_screening(folder: Path) -> list[Answer]:
    record(folder, search())
    words = {"who": "A. Kim", "why": "born 1971", "decision": "refuse"}
    made = decide(folder, MATCH.case, **words, now=datetime(2026, 5, 2, tzinfo=UTC))
    day = made.when.date()
    return [
        answered.decided(folder, day, case=made.case),
        answered.searches(folder),
        answered.one_search(folder, 1),
        answered.verified(folder),
    ]


@pytest.fixture(scope="module")
def screenings(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """Of a file with flags and a cell that is not understood, and of one shipment."""
    store, now = Store(tmp_path_factory.mktemp("screened") / "store"), datetime(2026, 5, 1, tzinfo=UTC)
    one = {"hs_code": "854231", "destination": "KGZ", "date": "2023-06-04"}
    return [screen(store, what, Settings(), now=now) for what in (EXAMPLES / "shipments.csv", one)]


def _of_posture(folder: Path) -> list[Answer]:
    """As the how-to asks, and of what the documents print."""
    store, now = Store(folder), datetime(2024, 7, 1, tzinfo=UTC)
    store.add(EXAMPLES / "towards-2022.csv", now=now, published=date(2022, 9, 20))
    asked: Any = {"as_of": date(2022, 9, 30), "also": "2024-06-18", "compare": "TUR"}
    printed = posture(store, actor="CHN", partner="RUS", **asked)
    return [posture(store, actor="XAA", partner="XBB", event="2022-02", via="XCC,XDD"), printed]


def _of_event(folder: Path) -> Answer:
    months = Store(folder)
    now = datetime(2023, 5, 1, tzinfo=UTC)
    months.add(EXAMPLES / "monthly-2018-2022.csv", now=now, published=date(2022, 12, 1))
    return event(months, origin="XAA", destination="XBB", commodity="870323", event="2022-02")


def _of_diversion(folder: Path) -> list[Answer]:
    made = simulate(1, countries=24, products=40)
    write(made, folder)
    store = Store(folder / "store")
    for name in ADDED:
        store.add(folder / name, now=datetime(2026, 1, 2, tzinfo=UTC))
    spans = {"base": "2020-01:2022-01", "window": "2022-03:2022-12"}
    goods = ",".join(made.restricted)
    ends = {"origin": made.origin, "destination": made.destination}
    asked = {**ends, **spans, "commodity": goods, "via": "XAL"}
    return [diversion(store, **asked), diversion(store, **asked, hub="XAL")]


def _of_fetching(store: Store) -> list[Answer]:
    """What a fetch tells of each ask, and an update of what was revised."""
    rows = store.flows()
    revised = changed(rows, rows.view(), CELL, ("reporter", "flow"))
    return [report.answer("fetch", []), Answer({"command": "update"}, store.run(revised))]


def _of_prices(store: Store) -> list[Answer]:
    fuel: Any = {"reporter": "XAA", "partner": "XBB", "flow": "import", "commodity": "2709"}
    price = {"indicator": "crude_usd_per_barrel"}
    now = datetime(2023, 5, 1, tzinfo=UTC)
    for name, given in (("fuels-2022.csv", {}), ("crude-price.csv", price)):
        store.add(EXAMPLES / name, now=now, published=date(2023, 4, 20), given=given)
    return [
        prices(store, **fuel, base="2022-02", window="2022-07"),
        unit_values(store, **fuel, against=price["indicator"], per=0.13642),
        revisions(store, **fuel | {"flow": "export", "commodity": "87"}, since="2023-04-15"),
    ]


def test_each_column_of_the_store_and_no_other():
    assert TERMS["Columns of the store"] == list(COLUMNS)


def test_each_column_of_a_fact_and_no_other():
    assert TERMS["Columns of facts beside trade"] == list(indicator.COLUMNS)


def test_each_column_of_a_list_of_parties_and_no_other():
    assert TERMS["Columns of lists of parties"] == [*party.PARTIES, "name_kind"]
    assert set(party.NAMES) <= set(TERMS["Columns of lists of parties"])


def test_each_column_of_an_act_and_of_a_vote_and_no_other():
    assert TERMS["Columns of acts"] == list(act.COLUMNS)
    assert TERMS["Columns of votes"] == list(vote.COLUMNS)


def _columns(answers: list[Answer]) -> set[str]:
    tables = [table for answer in answers for table in (answer.rows, *answer.beside.values())]
    return {name for table in tables for name in table.column_names}


def test_each_column_of_an_answer(answers):
    columns = _columns(answers)
    assert columns <= set(ANSWERS)


def test_no_column_that_no_answer_has(answers):
    columns = _columns(answers)
    sources = {"name", "publisher", "licence", "passing_on", "units", "url"}
    fitted = {"coefficient", "estimate", "standard_error", "rule"}  # a margin takes thirty pairs of countries
    assert set(TERMS["Columns of answers"]) <= columns | sources | fitted


def test_each_column_of_the_measures_behind_the_report():
    """Of dip, offset, moved and substitution: what they add to the columns of answers."""
    told = set(TERMS["Columns of the report's tables"])
    columns = {name for measure in _report_measures() for name in measure.columns}
    assert told <= columns
    assert columns - told <= set(ANSWERS)


def _report_measures() -> list[Any]:
    named = dict.fromkeys(
        ("reporter", "partner", "good", "currency", "status", "source", "snapshot"), "string"
    )
    cells = ibis.table({**named, "period": "date", "value": "float64"}, name="cells")
    sides = ibis.table(
        {
            "reporter": "string",
            "partner": "string",
            "value": "float64",
            "snapshots": "string",
            "status": "string",
        },
        name="sides",
    )
    money = dict.fromkeys(("base_value", "window_value", "born_share", "died_share"), "float64")
    grown = ibis.table({"origin": "string", "destination": "string", **money}, name="grown")
    year = parse_window("2021")
    return [
        dip(cells, date(2022, 2, 24)),
        offset(grown, "XBB", "XCC"),
        moved(cells, year, year, "XBB", ["XCC"]),
        substitution(sides, sides.view()),
    ]


def test_each_column_of_evidence_on_shipments():
    """Beside those of answers, some of which mean another thing here."""
    told = set(TERMS["Columns of evidence on shipments"])
    columns = {
        name for schema in (bands.SCHEMA, corridors.SCHEMA, corridors.UNTESTED) for name in schema.names
    }
    assert told <= columns
    assert columns - told <= {*ANSWERS, *COLUMNS}


def test_each_column_made_of_shipments_and_no_other():
    """Those of a role are told once, for every role."""
    roles = re.compile(f"^({'|'.join(DETAILED)})_")
    made = dict.fromkeys(roles.sub("<role>_", name) for name in DERIVED)
    assert TERMS["Columns made of shipments"] == list(made)


def test_each_column_of_a_screening(screenings):
    """Beside the fields of a shipment, the rules, and columns that are told elsewhere."""
    told = set(TERMS["Columns of a screening"])
    matches = {*run.MATCHED.names} - {"is_open"}
    columns = (_columns(screenings) | matches) - {rule.column for rule in all_rules().values()}
    assert told <= columns
    assert columns - told <= {*ANSWERS, *TERMS["Columns of lists of parties"], *fields()}


def test_each_outcome_and_no_other():
    """In the row that tells what they mean."""
    (told,) = re.findall(r"^\| `outcome` .*\| (.+?) \|$", TEXT, re.MULTILINE)
    words = [results.REVIEW, results.DECIDED, results.REFUSED, results.UNREAD, results.NOTHING]
    assert re.findall("`(.+?)`", told) == words


def test_each_option_and_no_other():
    group: Any = typer.main.get_command(cli.app)
    params = [option for one in _commands(group) for option in one.params]
    options = {name for option in params for name in option.opts if name.startswith("--")}
    assert set(TERMS["Options"]) == options | {"--help"}


def _commands(group: Any) -> Iterator[Any]:
    yield group
    for one in getattr(group, "commands", {}).values():
        yield from _commands(one)


def test_each_key_of_json(answers):
    assert _untold(answers) == set()


def test_each_key_of_a_screening_as_json(screenings):
    """Beside the columns of its rows."""
    assert _untold(screenings) - _columns(screenings) == set()


def _untold(answers: list[Answer]) -> set[str]:
    """Keys that the glossary does not tell."""
    known = {*ANSWERS, *TERMS["Keys of JSON"], *(o.removeprefix("--") for o in TERMS["Options"])}
    return {key for answer in answers for key in _keys(answer.to_json())} - known


def _keys(plain: Any) -> Iterator[str]:
    for key, value in plain.items() if isinstance(plain, dict) else ():
        yield key
        yield from _keys(value) if key not in {"notes", "queries", "outcomes", "fields"} else ()
    for value in plain if isinstance(plain, list) else ():
        yield from _keys(value)


def test_flows_and_statuses():
    assert (TERMS["Flows"], TERMS["Statuses"]) == (list(Flow), list(Status))
    assert TERMS["States of a fetch"] == list(report.STATES)


@pytest.mark.parametrize("page", ["GLOSSARY.md", "docs/reference/errors.md"])
def test_each_exit_code_and_no_other(page):
    kinds = {
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EntrepotError)
    }
    told = re.findall(r"^\| `?(\d+)`? \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code) for code in told} == {0, *(kind.exit_code for kind in kinds)}
