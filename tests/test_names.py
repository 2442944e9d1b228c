"""Names of invented parties, found under other spellings and told from others, on lists made here."""

from __future__ import annotations

import builtins
from collections import defaultdict

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.errors import UsageError
from entrepot.model.party import PartyList
from entrepot.screening import names as names_module
from entrepot.screening.names import THRESHOLD, Index

pytest.importorskip("rigour", reason="the extra parties is not installed", exc_type=ImportError)

from tests.bench import naming
from tests.bench.invented import invented
from tests.bench.variants import queries

LISTED = {
    "Rostemash Group LLC": "organization",
    "华瑞技术有限公司": "organization",
    "شركة النور للتجارة العامة": "organization",
    "Иван Петрович Кастемов": "person",
    "АО Балтекский завод № 5": "organization",
    "Ros Tekmash": "organization",
    "OCEAN KESTREL": "vessel",
    "LKQR Ltd": "organization",
    "International Trading Company": "organization",
}


def _list(names: dict[str, str]) -> PartyList:
    ids = [str(place) for place in range(len(names))]
    told = {
        "party": ids,
        "list": ["own"] * len(ids),
        "name": list(names),
        "name_kind": ["primary"] * len(ids),
    }
    parties = pa.table({"party": ids, "kind": list(names.values())})
    return PartyList("own", "", "own.csv", "", None, "", parties, pa.table(told))


@pytest.fixture(scope="module")
def index():
    return Index([_list(LISTED)], workers=1)


def _found(index, name, kind="unknown"):
    return {
        row["listed_name"]: row
        for row in index.search(pa.table({"name": [name], "kind": [kind]})).to_pylist()
    }


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("ООО Ростемаш Групп", "Rostemash Group LLC"),
        ("Group Rostemash Limited Liability Company", "Rostemash Group LLC"),
        ("Rostemahs Group", "Rostemash Group LLC"),
        ("Hua Rui Technology Co., Ltd.", "华瑞技术有限公司"),
        ("HUARUI TECHNOLOGIES", "华瑞技术有限公司"),
        ("Al-Nour General Trading LLC", "شركة النور للتجارة العامة"),
        ("Alnoor General Trading", "شركة النور للتجارة العامة"),
        ("KASTEMOV, Ivan Petrovich", "Иван Петрович Кастемов"),
        ("I. P. Kastemov", "Иван Петрович Кастемов"),
        ("Baltekskiy Plant No. 5", "АО Балтекский завод № 5"),
        ("JSC Baltekski Zavod 5", "АО Балтекский завод № 5"),
        ("Rostekmash", "Ros Tekmash"),
        ("M/V Ocean Kestrel", "OCEAN KESTREL"),
        ("LKQR GmbH", "LKQR Ltd"),
    ],
)
def test_a_party_is_found_in_other_scripts_orders_and_spellings(index, asked, listed):
    found = _found(index, asked)
    assert listed in found
    assert THRESHOLD <= found[listed]["score"] <= 1


@pytest.mark.parametrize(
    "asked",
    [
        "Baltekskiy Plant No. 7",
        "LKQS Ltd",
        "LKQR Bemostan Dirakul Shipping",
        "International Shipping Company",
        "Kelvomar Group LLC",
        "Сергей Кастемов",
        "Trading LLC",
        "华盛贸易有限公司",
    ],
)
def test_another_name_is_not_taken_for_a_listed_one(index, asked):
    assert _found(index, asked) == {}


def test_only_the_same_words_score_one(index):
    assert _found(index, "ROSTEMASH  group, llc")["Rostemash Group LLC"]["score"] == 1
    assert _found(index, "Rostemash Grupp LLC")["Rostemash Group LLC"]["score"] < 1
    assert _found(index, "Rostemash Group")["Rostemash Group LLC"]["score"] < 1


def test_what_is_less_alike_scores_less():
    index = Index([_list(LISTED)], workers=1, threshold=0.3)
    asked = ("Rostemash Group LLC", "Rostemash Group", "Rostemsh Group", "Rostemsh Grop Trading")
    scores = [_found(index, name)["Rostemash Group LLC"]["score"] for name in asked]
    assert scores == sorted(set(scores), reverse=True)


def test_it_says_which_words_met_how_and_which_are_left_over(index):
    found = _found(index, "ООО Ростэмаш Холдинг Групп")["Rostemash Group LLC"]
    because = found["because"].split("; ")
    assert "групп ~ group (written another way)" in because
    assert "ростэмаш = rostemash" in because
    assert any(one.startswith("only here: ") and "холдинг" in one for one in because)


def test_a_translated_word_is_said_to_mean_the_same(index):
    assert (
        "plant ~ завод (means the same)"
        in _found(index, "Baltekskiy Plant No. 5")["АО Балтекский завод № 5"]["because"]
    )


def test_a_ship_is_not_a_company(index):
    assert _found(index, "Ocean Kestrel", "vessel")
    assert not _found(index, "Ocean Kestrel", "organization")
    assert not _found(index, "LKQR", "vessel")


def test_of_a_partys_names_the_best_is_shown_once():
    one = _list({"Rostemash": "organization"})
    alias = pa.table({"party": ["0"], "list": ["own"], "name": ["Rostemash Holding"], "name_kind": ["weak"]})
    both = PartyList("own", "", "own.csv", "", None, "", one.parties, pa.concat_tables([one.names, alias]))
    rows = (
        Index([both], workers=1).search(pa.table({"name": ["Rostemash Holding"], "kind": [None]})).to_pylist()
    )
    assert [(row["listed_name"], row["name_kind"], row["score"]) for row in rows] == [
        ("Rostemash Holding", "weak", 1)
    ]


def test_nothing_to_search_and_nothing_listed_find_nothing(index):
    assert (
        index.search(
            pa.table({"name": pa.array([], pa.string()), "kind": pa.array([], pa.string())})
        ).num_rows
        == 0
    )
    empty = Index([_list({})], workers=1)
    assert (
        empty.search(pa.table({"name": ["Rostemash", None, "", "—"], "kind": ["unknown"] * 4})).num_rows == 0
    )


def test_several_processes_find_what_one_finds(monkeypatch):
    parties = invented(300, 5)
    asked = queries(parties, 400, 6)
    table = pa.table({"name": [one.name for one in asked], "kind": [one.kind for one in asked]})
    listed = naming.party_list(parties)
    alone = Index([listed], workers=1).search(table)
    monkeypatch.setattr(names_module, "_ALONE", 0)
    monkeypatch.setattr(names_module, "_PORTION", 100)
    with Index([listed], workers=2) as index:
        assert index.search(table).equals(alone)
    backwards = table.take(list(reversed(range(table.num_rows))))
    assert Index([listed], workers=1).search(backwards).equals(alone)


def test_precision_and_recall_on_simulated_names_do_not_fall():
    parties = invented(800, 1)
    asked = queries(parties, 1_000, 2)
    scores = naming.found(Index([naming.party_list(parties)], workers=1), asked)
    result = naming.judged(asked, scores, THRESHOLD)
    assert result["precision"] >= 0.97
    assert result["recall"] >= 0.92
    by_kind = naming.shown(asked, scores, THRESHOLD)
    assert by_kind["as listed, capitals"] == 1
    assert by_kind["another number"] == by_kind["short name, one letter another"] == 0


_WORDS = st.text("abcdefghiklmnoprstuvyzАБВГДЕЖЗабвгдежз华瑞中天海нур ", min_size=1, max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_WORDS, min_size=1, max_size=8, unique=True))
def test_a_listed_name_finds_itself_with_one(listed):
    names = {name: "organization" for name in listed if name.strip()}
    index = Index([_list(names)], workers=1)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    asked = pa.table({"name": list(names), "kind": ["organization"] * len(names)})
    for row in index.search(asked).to_pylist():
        found[row["name"]][row["party"]] = row["score"]
    assert all(found[name].get(str(place)) == 1 for place, name in enumerate(names))


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    whole = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith(("rigour", "normality")):
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'entrepot\[parties\]'"):
        Index([_list(LISTED)])
