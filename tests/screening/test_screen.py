"""A screening as a whole: outcomes, reasons, matches, decisions that stand and open again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest

from entrepot.errors import NoDataError, UsageError
from entrepot.model import screening_tables as tables
from entrepot.model.rule import all_rules
from entrepot.present.files import as_csv, as_json, as_xlsx, whole_csv, whole_parquet
from entrepot.screening import Settings, result, screen
from entrepot.screening.decisions import decide
from entrepot.screening.records import searches
from entrepot.store import Store

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHIPMENTS = """id,hs,from,via,to,date,consignee,address
S1,854231,Germany,UAE,Kyrgyzstan,2023-06-04,Zorvan Avionics LLC,"1 Example Road, Moscow, Russia"
S2,870323,Germany,,Italy,2023-06-04,Qulb Motors,
S3,870323,Germany,,Italy,someday,Qulb Motors,
"""
LIST = "id,name,country\np1,ООО Зорван Авионикс,RUS\np2,Totally Different,RUS\n"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shipments.csv"
    path.write_text(SHIPMENTS, encoding="utf-8")
    return path


@pytest.fixture
def listed(tmp_path):
    pytest.importorskip("rigour", reason="the extra `parties` is not installed")
    path = tmp_path / "ours.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def screened(store, what, now=NOW, **settings):
    return screen(store, what, Settings(**settings), now=now)


def test_each_shipment_has_an_outcome_and_none_is_cleared(store, file):
    answer = screened(store, file)
    rows = {row["shipment"]: row for row in answer.rows.to_pylist()}
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "S1": "review",
        "S2": "no flag",
        "S3": "not all read",
    }
    assert rows["S1"]["flagged"].split() == ["high-priority-goods", "named-hub", "address-mismatch"]
    assert {row["listed_party"] for row in rows.values()} == {"unknown"}
    assert "clearance" in answer.question["sentence"]
    assert answer.beside["unread"].to_pylist()[0]["cell"] == "someday"


def test_every_rule_of_every_shipment_has_a_result_a_reason_and_a_citation(store, file):
    reasons = screened(store, file).beside["reasons"].to_pylist()
    assert len(reasons) == 3 * len(all_rules())
    assert {row["result"] for row in reasons} == {"true", "false", "unknown"}
    assert all(row["because"] and row["citation"] and row["fields"] for row in reasons)


def test_a_shipment_of_which_nothing_is_told_is_unknown_by_every_rule(store):
    rows = screened(store, {"shipment": "S1"}).rows.to_pylist()
    assert [row["rule"] for row in rows] == list(all_rules())
    assert {row["result"] for row in rows} == {"unknown"}


def test_one_shipment_says_the_same_as_its_row_in_a_file(store, file):
    told = {"hs_code": "854231", "exporter_country": "DEU", "via": "ARE", "destination": "KGZ"}
    told |= {"date": "2023-06-04", "consignee": "Zorvan Avionics LLC", "shipment": "S1"}
    one = screened(store, told | {"consignee_address": "1 Example Road, Moscow, Russia"})
    row = screened(store, file).rows.to_pylist()[0]
    assert {two["rule"]: two["result"] for two in one.rows.to_pylist()} == {
        rule.id: row[rule.column] for rule in all_rules().values()
    }


def test_a_listed_name_in_another_script_is_a_flag_with_its_explanation(store, file, listed):
    answer = screened(store, file, lists=(str(listed),))
    (match,) = answer.beside["matches"].to_pylist()
    assert (match["row"], match["role"], match["party"]) == (2, "consignee", "p1")
    assert match["score"] > 0.75
    assert "zorvan" in match["because"]
    rows = answer.rows.to_pylist()
    assert [row["listed_party"] for row in rows] == ["true", "false", "false"]
    assert "2 names in 1 list, 1 match." in answer.question["sentence"]
    (told,) = [warning for warning in answer.warnings if "unknown day" in warning]
    assert told.startswith("ours: published on an unknown day")
    assert [row["matches"] for row in rows] == [1, 0, 0]


def test_what_people_decided_stands_until_its_day_or_until_the_listing_changes(store, listed):
    told = {"consignee": "Zorvan Avionics LLC"}
    (match,) = screened(store, told, lists=(str(listed),)).beside["matches"].to_pylist()
    assert match["decision"] is None
    said = {
        "who": "R. Eviewer",
        "why": "Another firm: other address, other owner.",
        "decision": "not-a-match",
    }
    decide(store.folder, match["case"], now=NOW, until=date(2026, 6, 1), **said)
    assert _outcome(screened(store, told, lists=(str(listed),))) == "decided"
    late = screened(store, told, NOW + timedelta(days=40), lists=(str(listed),))
    assert _outcome(late) == "review"
    assert "expired" in late.beside["matches"].to_pylist()[0]["reopened"]
    listed.write_text(
        LIST.replace("p1,ООО Зорван Авионикс,RUS", "p1,ООО Зорван Авионикс,BLR"), encoding="utf-8"
    )
    changed = screened(store, told, lists=(str(listed),))
    assert _outcome(changed) == "review"
    assert "listing changed" in changed.beside["matches"].to_pylist()[0]["reopened"]


def _outcome(answer):
    return next(iter(answer.question["outcomes"]))


def test_a_flag_can_be_decided_and_another_shipment_of_the_same_facts_is_open(store, file):
    flags = screened(store, file).beside["flags"].to_pylist()
    assert len(flags) == 3
    for flag in flags:
        decide(
            store.folder,
            flag["case"],
            who="A",
            why="licensed",
            decision="proceed",
            until=date(2027, 1, 1),
            now=NOW,
        )
    assert screened(store, file).rows.to_pylist()[0]["outcome"] == "decided"
    decide(store.folder, flags[0]["case"], who="B", why="no licence", decision="refuse", now=NOW)
    assert screened(store, file).rows.to_pylist()[0]["outcome"] == "refused"
    file.write_text(SHIPMENTS.replace("S1,", "S9,"), encoding="utf-8")
    assert screened(store, file).rows.to_pylist()[0]["outcome"] == "review"


def test_a_flag_opens_again_where_what_it_rests_on_changes(store, file, monkeypatch):
    (flag, *_) = screened(store, file).beside["flags"].to_pylist()
    told = {"who": "A", "why": "licensed", "decision": "proceed", "until": date(2027, 1, 1)}
    decide(store.folder, flag["case"], now=NOW, **told)
    assert screened(store, file).beside["flags"].to_pylist()[0]["reopened"] is None
    monkeypatch.setattr(tables, "goods", lambda: _from_earlier_on(goods()))
    again = screened(store, file).beside["flags"].to_pylist()[0]
    assert (again["case"], again["reopened"]) == (flag["case"], "the shipment's facts changed since")


goods = tables.goods


def _from_earlier_on(listed):
    return listed.mutate(version=listed.version - ibis.interval(days=3))


def test_no_text_in_one_field_makes_the_case_of_another_shipment(store, tmp_path):
    path = tmp_path / "a.csv"
    goods, texts = (
        "854231,DEU,KGZ,2023-06-04",
        ("A; consignee=B,", "A； consignee=B,", "A%3B consignee=B,", "A,B"),
    )
    rows = "".join(f"{goods},{text}\n" for text in texts)
    path.write_text(f"hs,from,to,date,exporter,consignee\n{rows}", encoding="utf-8")
    flags = screened(store, path).beside["flags"].to_pylist()
    cases = [flag["case"] for flag in flags if flag["rule"] == "high-priority-goods"]
    assert len(set(cases)) == len(cases) == len(texts)


def test_a_search_is_on_record_also_where_nothing_was_found(store, listed):
    answer = screened(store, {"consignee": "Nobody Ltd"}, lists=(str(listed),), who="A. Nalyst")
    (line,) = searches(store.folder)
    assert answer.question["search"] == line.number == 1
    assert line.body["who"] == "A. Nalyst"
    assert line.body["counts"]["matches"] == 0
    assert len(line.body["lists"][0]["sha256"]) == 64
    assert "Nobody" not in json.dumps(line.body)


def test_no_record_leaves_nothing_and_says_so(store, file):
    answer = screened(store, file, is_recorded=False)
    assert not (store.folder / "screening").exists()
    assert any("not on record" in warning for warning in answer.warnings)


def test_more_shipments_than_are_held_go_to_a_file_in_full(store, file, tmp_path, monkeypatch):
    monkeypatch.setattr(result, "MOST_ROWS", 2)
    answer = screened(store, file)
    assert (len(answer.rows), answer.whole.rows) == (2, 3)
    assert whole_csv(answer, tmp_path / "all.csv") == 3
    assert (tmp_path / "all.csv").read_text().count("\n") == 4
    assert whole_parquet(answer, tmp_path / "all.parquet") == 3
    rows = pq.read_table(tmp_path / "all.parquet").to_pylist()
    assert rows[0]["named_hub__because"].startswith("ARE is named")


def test_text_that_a_spreadsheet_would_run_stays_text(store, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("hs,to,consignee\n854231,KGZ,=1+1\n", encoding="utf-8")
    answer = screened(store, path)
    assert b"'=1+1" in as_csv(answer)
    assert as_xlsx(answer)[:2] == b"PK"
    assert json.loads(as_json(answer))["rows"][0]["consignee"] == "=1+1"


def test_an_unknown_list_or_field_stops_before_anything_is_on_record(store, file):
    for settings in ({"lists": ("nowhere.csv",)}, {"mapped": {"x": "y"}}, {"against": "Ruritania"}):
        with pytest.raises((UsageError, NoDataError)):
            screened(store, file, **settings)
    assert not (store.folder / "screening").exists()


def test_who_screens_is_checked_before_anything_is_read(store, tmp_path):
    with pytest.raises(UsageError, match="--who has 201 characters"):
        screened(store, tmp_path / "absent.csv", who="x" * 201)


def test_an_empty_file_is_no_shipment_and_no_error(store, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("hs,to\n", encoding="utf-8")
    answer = screened(store, path)
    assert len(answer.rows) == 0
    assert answer.question["shipments"] == 0


def test_the_file_may_lie_anywhere_but_its_folder_is_not_told(store, file):
    assert str(Path(file).parent) not in json.dumps(screened(store, file).to_json())


@pytest.mark.parametrize("name", ["all_regimes", "all_covered", "all_hubs"])
def test_the_record_tells_when_an_embargo_or_a_hub_is_another(monkeypatch, name):
    """Not only the rules' words: what they go by is part of their fingerprint."""
    rules, every = tuple(all_rules().values()), getattr(result, name)()
    before = result._rules_digest(rules)
    assert before == result._rules_digest(rules)
    monkeypatch.setattr(result, name, lambda: every[1:])
    assert result._rules_digest(rules) != before


def test_who_receives_is_never_taken_for_searched_where_that_was_not_read(store, tmp_path, listed):
    path = tmp_path / "a.csv"
    path.write_text(f"hs,exporter,consignee\n854231,Qulb,{'z' * 2001}\n854231,Qulb,Qulb\n", encoding="utf-8")
    rows = screened(store, path, lists=[str(listed)]).rows.to_pylist()
    assert [row["listed_party"] for row in rows] == ["unknown", "false"]
