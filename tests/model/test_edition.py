"""Editions of the Harmonized System: relations both ways, lists as what is certain and what is possible."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from entrepot.errors import UsageError
from entrepot.model.commodity import parse_commodity, product_lists
from entrepot.model.edition import (
    READINGS,
    SWEEPING,
    codes,
    in_force,
    linked,
    members,
    related,
    relations,
    translate,
)
from entrepot.model.period import shifted
from entrepot.model.resources import folder

NEW, OLD = "HS2022", "HS2017"
CHPL = product_lists()["chpl"].codes(None)
BORN = {
    "854800": ["854890"],
    "852589": ["852580"],
    "854149": ["854140"],
    "854151": ["854150"],
    "854159": ["854150"],
    "880730": ["880330"],
}


def pairs():
    text = folder("reference").joinpath("hs2022_to_hs2017.csv").read_text("utf-8")
    return {(row[NEW], row[OLD]) for row in csv.DictReader(text.splitlines())}


@pytest.mark.parametrize(("code", "before"), BORN.items())
def test_codes_of_the_list_born_in_hs2022(code, before):
    """Each of the six has no namesake in HS2017, and a predecessor that every relation names too."""
    assert code not in codes(OLD)
    assert list(related(code, NEW, OLD, "main")) == before
    assert set(before) <= set(related(code, NEW, OLD, "all"))


def test_leds_and_solar_cells_were_one_code_with_what_is_on_the_list():
    """854140 of HS2017 is 854141 (LEDs), 854142 and 854143 (solar cells) and 854149 (on the list)."""
    assert related("854140", OLD, NEW, "main") == ("854141", "854142", "854143", "854149")


def test_a_split_shows_from_both_sides():
    """A table read backwards only gives 852580 for each of its parts and never says there are four."""
    for one, other in ((NEW, OLD), (OLD, NEW)):
        forward = {(a, b) for a in codes(one) for b in related(a, one, other)}
        back = {(a, b) for b in codes(other) for a in related(b, other, one)}
        assert forward == back
    cameras = [one for one in relations("852580", OLD, NEW, "main") if one.related[:4] == "8525"]
    assert [(one.related, one.relation) for one in cameras] == [(f"85258{n}", "1:n") for n in (1, 2, 3, 9)]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(("one", "other"), [(NEW, OLD), (OLD, NEW)])
def test_no_code_is_without_an_answer(one, other, reading):
    """Every code of an edition has a relative in the other."""
    assert all(related(code, one, other, reading) for code in codes(one))


def test_an_unknown_code_names_the_nearest_and_the_edition_that_has_it():
    """A code of HS2017 asked for in HS2022 is a slip to be told, not an empty answer."""
    with pytest.raises(
        UsageError, match=r"854150 is not a code of HS2022: it is one of HS2017;.* 854151, 854159"
    ):
        related("854150", NEW, OLD)
    with pytest.raises(UsageError, match="8599 is not a code of HS2022: the nearest are 8549"):
        translate(["8599"], NEW, OLD)


def test_an_edition_without_a_table_names_those_that_have_one():
    """Nothing links HS2022 and HS2012 yet."""
    with pytest.raises(UsageError, match="Tables link"):
        related("870323", NEW, "HS2012")
    assert linked(NEW) == (OLD,)


@pytest.mark.parametrize(
    ("code", "other", "relation"),
    [("010121", "010121", "1:1"), ("880730", "880330", "1:1"), ("870322", "870322", "1:1"),
     ("854151", "854150", "n:1"), ("854149", "854140", "n:1")],
)  # fmt: skip
def test_kinds_of_relation(code, other, relation):
    """The code's own side first: n:1 is several codes of its edition in one of the other."""
    found = {one.related: one.relation for one in relations(code, NEW, OLD, "main")}
    assert found == {other: relation}


def test_bounds_of_the_list():
    """By all relations nothing of the list is certain in HS2017; by the main ones all but two codes."""
    every, main = (translate(CHPL, NEW, OLD, one) for one in READINGS)
    assert every.certain == ()
    assert set(main.possible) - set(main.certain) == {"852580", "854140"}
    assert set(main.possible) < set(every.possible)


def test_codes_that_merge_are_certain_without_being_one_to_one():
    """854151 and 854159 are both on the list, so their one predecessor is wholly on it."""
    found = translate(["854151", "854159"], NEW, OLD, "main")
    assert (found.certain, found.possible, found.one_to_one) == (("854150",), ("854150",), ())
    half = translate(["854151"], NEW, OLD, "main")
    assert (half.certain, half.possible) == ((), ("854150",))
    alone = translate(["880730"], NEW, OLD, "main")
    assert alone.certain == alone.one_to_one == ("880330",)


def test_headings_stay_whole_where_all_their_relatives_stay_inside():
    """8703 is 8703 in both; 8525 of HS2017 gave cameras on drones to 8806, so 8525 holds them no longer."""
    assert translate(["8703"], NEW, OLD).certain == ("8703",)
    found = translate(["8525"], OLD, NEW, "main")
    assert "8525" in found.certain
    assert {one[:4] for one in found.possible} == {"8525", "8806"}
    assert not {one for one in found.certain if one.startswith("8806")}


def test_a_national_code_is_never_certain():
    """Eight digits are known by the six they begin with, and which part of those they are is not."""
    found = translate(["85412100"], NEW, OLD, "main")
    assert (found.certain, found.possible) == ((), ("854121",))
    assert members("85412100", NEW) == ("854121",)


def test_its_own_edition_leaves_a_list_as_it_is():
    """Nothing to translate, nothing uncertain."""
    found = translate(["854150", "8703"], OLD, OLD)
    assert found.certain == found.possible == ("854150", "8703")


def test_sweeping_codes_are_far_from_all_others():
    """The limit lies in a gap: the widest other code takes from 16, the narrowest sweeping one from 157."""
    counts = sorted(len(related(code, NEW, OLD)) for code in codes(NEW))
    wide = [n for n in counts if n > SWEEPING]
    assert len(wide) == 15
    assert counts[-len(wide) - 1] * 3 < SWEEPING < wide[0] / 3


def test_a_code_with_sweeping_relations_only_is_left_out_and_named():
    """Flat panel modules (852411) were a little of 483 codes."""
    assert len(related("852411", NEW, OLD, "main")) == 483
    found = translate(["852411", "880730"], NEW, OLD, "main")
    assert (found.possible, found.unlinked) == (("880330",), ("852411",))


def test_the_whole_table_is_in_the_package():
    """Both columns in six digits; each code of either edition in it."""
    found = pairs()
    assert {len(code) for pair in found for code in pair} == {6}
    assert {one for one, _ in found} == codes(NEW)
    assert {other for _, other in found} == codes(OLD)


def test_an_edition_can_be_said_before_codes():
    """HS2017:854140 is 854140 as HS2017 has it; a list is not rewritten by saying another edition."""
    found = parse_commodity("hs2017: 854140,8703")
    assert (found.hs_revision, found.codes) == (OLD, ("854140", "8703"))
    assert parse_commodity("HS2022:chpl") == parse_commodity("chpl")
    for wrong in ("HS2017:chpl", "HS2022:TOTAL", "HS2022:item:crude"):
        with pytest.raises(UsageError, match="not written in"):
            parse_commodity(wrong)


@pytest.mark.parametrize(
    ("year", "edition"), [(2021, "HS2017"), (2022, "HS2022"), (2026, "HS2022"), (1980, None)]
)
def test_the_edition_of_a_year(year, edition):
    assert in_force(year) == edition


@pytest.mark.parametrize(
    ("by", "month"), [(0, "2022-01"), (-1, "2021-12"), (12, "2023-01"), (-25, "2019-12")]
)
def test_months_before_and_after(by, month):
    assert f"{shifted(date(2022, 1, 1), by):%Y-%m}" == month
