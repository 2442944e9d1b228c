"""`entrepot check` end to end, on invented countries: each verdict, vintages, formats and exit codes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import Store, check, facts, flows
from entrepot.errors import NoDataError, ReadError

NOW = datetime(2024, 7, 1, tzinfo=UTC)
HEADER = (
    "reporter,partner,flow,period,commodity,value_usd,net_weight_kg,quantity,quantity_unit,status,valuation\n"
)
PUBLICATION = 'title = "A study"\nauthor = "Someone"\npublished = 2024-06-18\ncitation = "A study"\n'
CLAIM = """\
title = "{name}"
says = "said"
where = "page 1"
kind = "world"
{printed}
[figures.x]
ask = "flows"
reporter = "XAA"
partner = "XBB"
flow = "export"
commodity = "{commodity}"
period = "{period}"
take = "{take}"
{more}
[[check]]
{check}
[[settle]]
file = "exports of XAA"
url = "https://example.org/"
"""


def add(store: Store, folder: Path, rows: str, published: date, name: str = "trade.csv") -> None:
    file = folder / name
    file.write_text(HEADER + rows, encoding="utf-8")
    store.add(file, now=NOW, published=published)


@pytest.fixture
def store(tmp_path) -> Store:
    """Two months of one good published in time, one published late, one month revised since."""
    held = Store(tmp_path / "store")
    months = "XAA,XBB,export,2023-01,8703,10,5,2,units,simulated,fob\n"
    months += "XAA,XBB,export,2023-02,8703,20,5,3,units,simulated,fob\n"
    add(held, tmp_path, months, date(2023, 4, 1))
    add(
        held,
        tmp_path,
        "XAA,XBB,export,2023-01,8708,7,1,1,units,simulated,fob\n",
        date(2024, 6, 30),
        "late.csv",
    )
    add(
        held,
        tmp_path,
        "XAA,XBB,export,2023-02,8703,25,5,3,units,simulated,fob\n",
        date(2024, 6, 30),
        "new.csv",
    )
    return held


def claimed(folder: Path, **claims: dict[str, str]) -> Path:
    home = folder / "claims" / "a-study"
    home.mkdir(parents=True)
    (home / "publication.toml").write_text(PUBLICATION, encoding="utf-8")
    plain = {"commodity": "8703", "period": "2023-01", "take": "value_usd", "more": "", "printed": ""}
    for name, keys in claims.items():
        text = CLAIM.format(**plain | {"name": name, "check": "value = 10"} | keys)
        (home / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return folder / "claims"


def verdicts(answer) -> dict[str, str]:
    return {row["claim"].partition("/")[2]: row["verdict"] for row in answer.rows.to_pylist()}


def test_each_verdict_from_what_is_held_and_when_it_was_published(store, tmp_path):
    claims = claimed(
        tmp_path,
        holds={},
        differs={"check": "value = 11"},
        revised={"period": "2023-02", "check": "value = 20"},
        no_data={"commodity": "9306"},
        vintage={"commodity": "8708", "check": "value = 7"},
        valuation={"more": 'valuation = "cif"'},
        months={"period": "2023-01:2023-03", "check": "value = 30"},
        gaps={"period": "2023-01:2023-03", "check": "value = 30", "more": 'gaps = "no trade"'},
        parts={"commodity": "87"},
        whole={"commodity": "87", "more": "whole = true"},
        weight={"take": "net_weight_kg", "check": 'value = 0.005\nunit = "t"'},
        quantity={"take": "quantity", "period": "2023-01:2023-02", "check": "value = 5"},
        currency={"take": "value_eur"},
        peak={"period": "2023-01:2023-02", "more": 'over = "period_of_max"', "check": 'is = "2023-02"'},
    )
    assert verdicts(check(store, path=claims)) == {
        "holds": "holds",
        "differs": "differs",
        "revised": "revised",
        "no-data": "no data",
        "vintage": "vintage not held",
        "valuation": "not comparable",
        "months": "not comparable",
        "gaps": "revised",
        "parts": "revised",
        "whole": "not comparable",
        "weight": "holds",
        "quantity": "holds",
        "currency": "no data",
        "peak": "holds",
    }


def test_not_comparable_says_what_is_not(store, tmp_path):
    """8708 came out after the claim, valued fob: the reason is that of the vintage the verdict rests on."""
    claims = claimed(tmp_path, late={"commodity": "8708", "more": 'valuation = "cif"'})
    row = check(store, path=claims).rows.to_pylist()[0]
    assert row["verdict"] == "not comparable"
    assert row["reason"] == "held valued fob, the claim is of cif"


def test_an_earlier_day_knows_less(store, tmp_path):
    """Before anything was published there is no data, whatever is held since."""
    claims = claimed(tmp_path, holds={}, revised={"period": "2023-02", "check": "value = 20"})
    assert verdicts(check(store, path=claims, as_of=date(2023, 3, 1))) == {
        "holds": "no data",
        "revised": "no data",
    }
    assert verdicts(check(store, path=claims, as_of=date(2024, 6, 18)))["revised"] == "holds"


def test_the_ledger_says_what_was_found_and_what_would_settle_the_rest(store, tmp_path):
    claims = claimed(
        tmp_path, differs={"check": 'value = 11\ntolerance = 0.5\nunit = "USD"'}, none={"commodity": "93"}
    )
    answer = check(store, path=claims)
    differs, none = answer.rows.to_pylist()
    assert (differs["found"], differs["published"], differs["difference"]) == (10, 11, 10 - 11)
    assert (differs["expected"], differs["coverage"], differs["unit"]) == (
        "11 ± 0.5 USD",
        "1 of 1 months, simulated",
        "USD",
    )
    assert [shot.snapshot for shot in answer.snapshots] == [differs["snapshots"]]
    assert "entrepot flows --reporter XAA" in differs["recipe"]
    assert (none["found"], none["verdict"]) == (None, "no data")
    assert answer.beside["to_settle"].to_pylist() == [
        {"claim": "a-study/none", "file": "exports of XAA", "url": "https://example.org/"}
    ]


def test_the_recipe_is_a_command_that_gives_the_figure(run, store, tmp_path):
    claims = claimed(tmp_path, holds={})
    (row,) = check(store, path=claims).rows.to_pylist()
    words = row["recipe"].partition(" # ")[0].split()[1:]
    told = run("--store", str(store.folder), "--format", "json", *words)
    assert json.loads(told.stdout)["rows"][0]["value_usd"] == row["found"]


def test_a_large_printed_figure_keeps_its_digits(store, tmp_path):
    claims = claimed(tmp_path, large={"check": 'value = 22518173442\ntolerance = 1\nunit = "USD"'})
    (row,) = check(store, path=claims).rows.to_pylist()
    assert row["expected"] == "22,518,173,442 ± 1 USD"


def test_a_code_without_quotes_is_named(store, tmp_path):
    folder = claimed(tmp_path, holds={})
    (file,) = folder.rglob("holds.toml")
    said = file.read_text(encoding="utf-8")
    file.write_text(said.replace('commodity = "8703"', "commodity = 8703"), encoding="utf-8")
    with pytest.raises(ReadError, match='commodity = "8703"'):
        check(store, path=folder)


def test_a_claim_is_never_held_against_its_own_documents_figures(tmp_path):
    """Figures typed from documents are a source of their own, and no evidence."""
    held = Store(tmp_path / "store")
    (tmp_path / "typed.csv").write_text(
        HEADER + "XAA,XBB,export,2023-01,8703,10,,,,simulated,fob\n", encoding="utf-8"
    )
    (tmp_path / "typed.card.toml").write_text(
        'source = "documents"\npublisher = "authors"\ntitle = "t"\nurl = ""\nlicence = "none"\n'
        'citation = "c"\nrank = 90\npublished = 2024-01-01\n',
        encoding="utf-8",
    )
    held.add(tmp_path / "typed.csv", now=NOW)
    assert len(flows(held, reporter="XAA", partner="XBB", commodity="8703").rows) == 1
    assert verdicts(check(held, path=claimed(tmp_path, own={}))) == {"own": "no data"}


def test_arithmetic_needs_no_store(tmp_path):
    home = claimed(tmp_path) / "a-study"
    text = 'title = "t"\nsays = "s"\nwhere = "w"\nkind = "arithmetic"\n[printed]\nwhole = 132.2\nmonths = 8\n'
    text += '[[check]]\nformula = "whole / months"\nvalue = 16.5\ntolerance = 0.05\nunit = "million USD"\n'
    (home / "average.toml").write_text(text, encoding="utf-8")
    (row,) = check(Store(tmp_path / "empty"), path=home).rows.to_pylist()
    assert (row["verdict"], row["found"]) == ("holds", pytest.approx(132.2 / 8))


def test_all_flows_of_all_claims_are_one_query_a_vintage(store, tmp_path, monkeypatch):
    """Forty claims ask the engine as often as two do."""
    asked: list[int] = []
    inner = Store.run

    def counted(self, expr):
        asked.append(1)
        return inner(self, expr)

    monkeypatch.setattr(Store, "run", counted)
    check(store, path=claimed(tmp_path / "few", one={}, two={"commodity": "87"}))
    few = len(asked)
    many = {f"c{n}": {"commodity": str(8700 + n)} for n in range(40)}
    check(store, path=claimed(tmp_path / "many", **many))
    assert (few, len(asked) - few) == (2, 2)


def test_exit_codes_tell_whether_anything_differs(run, store, tmp_path):
    ask = ("--store", str(store.folder), "check")
    good = claimed(tmp_path / "good", holds={})
    bad = claimed(tmp_path / "bad", holds={}, differs={"check": "value = 11"})
    none = claimed(tmp_path / "none", none={"commodity": "93"})
    assert [run(*ask, str(path)).returncode for path in (good, bad, none)] == [0, 6, 1]


@pytest.mark.parametrize("form", ["json", "html", "xlsx", "csv"])
def test_every_format_holds_the_verdicts(run, store, tmp_path, form):
    claims = claimed(tmp_path, holds={"name": "<script>alert(1)</script>"})
    target = tmp_path / f"ledger.{form}"
    told = run("--store", str(store.folder), "check", str(claims), "-o", str(target))
    assert told.returncode == 0, told.stderr
    content = target.read_bytes()
    if form == "html":
        assert b"<script>" not in content
        assert b"holds" in content
    if form == "json":
        assert json.loads(content)["rows"][0]["verdict"] == "holds"


def test_wrong_options_of_a_question_are_named_before_anything_runs(run, store, tmp_path):
    claims = claimed(tmp_path, good={})
    text = (claims / "a-study" / "good.toml").read_text(encoding="utf-8")
    wrong = text.replace('ask = "flows"', 'ask = "mirror"')
    (claims / "a-study" / "bad.toml").write_text(wrong, encoding="utf-8")
    told = run("--store", str(store.folder), "check", str(claims))
    assert told.returncode == 3
    assert b"a-study/bad.toml" in told.stderr
    assert b"figures.x" in told.stderr


def test_claim_new_writes_a_claim_that_can_be_checked(run, store, tmp_path):
    told = run("claim", "new", "my-paper/first", "--folder", str(tmp_path / "own"))
    assert told.returncode == 0
    assert run("--store", str(store.folder), "check", str(tmp_path / "own")).returncode == 1


def test_facts_are_told_with_their_snapshots(tmp_path):
    held = Store(tmp_path / "store")
    file = tmp_path / "gdp_current_usd.csv"
    file.write_text("Country Name,Country Code,Year,Value\nInvented,XAA,2022,5000\n", encoding="utf-8")
    held.add(file, now=NOW, given={"indicator": "gdp_usd"}, published=date(2023, 7, 1))
    (row,) = facts(held, indicator="gdp_usd", area="XAA").rows.to_pylist()
    assert (row["value"], row["frequency"]) == (5000, "A")
    with pytest.raises(NoDataError, match="gdp_usd"):
        facts(held, indicator="population")
    with pytest.raises(NoDataError):
        facts(held, indicator="gdp_usd", area="XAA", as_of=date(2023, 1, 1))


def test_a_day_of_which_facts_are_held_and_no_trade_has_no_data(store, tmp_path):
    """Trade published later decides nothing; that facts came before it must not stop the ledger."""
    file = tmp_path / "gdp_current_usd.csv"
    file.write_text("Country Name,Country Code,Year,Value\nInvented,XAA,2022,5000\n", encoding="utf-8")
    store.add(file, now=NOW, given={"indicator": "gdp_usd"}, published=date(2022, 7, 1))
    claims = claimed(tmp_path, early={"printed": "as_of = 2023-01-01"})
    assert verdicts(check(store, path=claims)) == {"early": "vintage not held"}


def test_what_is_not_told_whole_is_not_compared(tmp_path):
    """The world summed from two partners, and one code of three, are no evidence of the whole."""
    held = Store(tmp_path / "store")
    add(held, tmp_path, "XAA,XBB,export,2023-01,8703,10,5,2,units,simulated,fob\n", date(2023, 4, 1))
    other = "XAA,XCC,export,2023-01,8703,10,5,2,units,simulated,fob\n"
    add(held, tmp_path, other, date(2023, 4, 1), "other.csv")
    claims = claimed(tmp_path, world={}, codes={"commodity": "8703,9306,9307"}, bare={})
    world = claims / "a-study" / "world.toml"
    world.write_text(world.read_text(encoding="utf-8").replace('"XBB"', '"WLD"'), encoding="utf-8")
    answer = check(held, path=claims)
    assert verdicts(answer) == {
        "bare": "holds",
        "codes": "not comparable",
        "world": "not comparable",
    }
    reasons = " ".join(row["reason"] for row in answer.rows.to_pylist())
    for told in ("summed from 2 partners held", "only 1 of its 3 codes"):
        assert told in reasons


def test_pairs_are_added_up_before_months_are_compared(tmp_path):
    """Two partners of 40 and 30, then 60 and 40: the largest month is the second, with 100."""
    held = Store(tmp_path / "store")
    rows = [("XBB", "01", 40), ("XCC", "01", 30), ("XBB", "02", 60), ("XCC", "02", 40)]
    lines = [f"XAA,{who},export,2023-{month},8703,{value},,,,simulated,fob\n" for who, month, value in rows]
    add(held, tmp_path, "".join(lines), date(2023, 4, 1))
    span = {"period": "2023-01:2023-02"}
    claims = claimed(
        tmp_path,
        largest=span | {"more": 'over = "max"', "check": "value = 100"},
        mean=span | {"more": 'over = "mean"', "check": "value = 85"},
        month=span | {"more": 'over = "period_of_max"', "check": 'is = "2023-02"'},
    )
    for path in (claims / "a-study").glob("[lm]*.toml"):
        path.write_text(path.read_text(encoding="utf-8").replace('"XBB"', '"XBB,XCC"'), encoding="utf-8")
    assert set(verdicts(check(held, path=claims)).values()) == {"holds"}


def test_a_weight_held_in_two_currencies_is_told_once(tmp_path):
    """The same cell in dollars and in euro has one weight."""
    held = Store(tmp_path / "store")
    add(held, tmp_path, "XAA,XBB,export,2023-01,8703,10,5,2,units,simulated,fob\n", date(2023, 4, 1))
    (tmp_path / "eur.csv").write_text(
        HEADER.replace("value_usd", "value_eur") + "XAA,XBB,export,2023-01,8703,9,5,2,units,simulated,fob\n",
        encoding="utf-8",
    )
    held.add(tmp_path / "eur.csv", now=NOW, published=date(2023, 4, 1))
    claims = claimed(tmp_path, weight={"take": "net_weight_kg", "check": "value = 5"})
    assert verdicts(check(held, path=claims)) == {"weight": "holds"}


def test_the_same_goods_are_not_asked_for_twice(run, store, tmp_path):
    """An area beside a group it belongs to would count twice."""
    home = claimed(tmp_path, twice={}) / "a-study" / "twice.toml"
    home.write_text(home.read_text(encoding="utf-8").replace('"XAA"', '"FRA,EU27"'), encoding="utf-8")
    told = run("--store", str(store.folder), "check", str(home))
    assert (told.returncode, b"count twice" in told.stderr) == (3, True)


def test_part_of_the_years_of_a_fact_is_no_answer(tmp_path):
    """Facts of one year of three, and of one area of two."""
    held = Store(tmp_path / "store")
    file = tmp_path / "gdp_current_usd.csv"
    file.write_text("Country Name,Country Code,Year,Value\nInvented,XAA,2022,5000\n", encoding="utf-8")
    held.add(file, now=NOW, given={"indicator": "gdp_usd"}, published=date(2023, 7, 1))
    fact = 'ask = "facts"\nindicator = "gdp_usd"\narea = "{area}"\nperiod = "{period}"\n'
    fact += 'take = "value"\nover = "sum"\n'
    claims = claimed(tmp_path, years={}, areas={}, one={})
    for name, area, period in (
        ("years", "XAA", "2021:2023"),
        ("areas", "XAA,XBB", "2022"),
        ("one", "XAA", "2022"),
    ):
        path = claims / "a-study" / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        question = text[text.index('ask = "flows"') : text.index("[[check]]")]
        text = text.replace(question, fact.format(area=area, period=period)).replace(
            "value = 10", "value = 5000"
        )
        path.write_text(text, encoding="utf-8")
    assert verdicts(check(held, path=claims)) == {
        "areas": "not comparable",
        "one": "holds",
        "years": "not comparable",
    }
