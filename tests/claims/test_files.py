"""The claim files of the project: well formed, adding up, naming what settles them, leaving nothing out."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from entrepot.answers import check
from entrepot.answers._figures import check_options
from entrepot.claims import files, formula
from entrepot.claims.files import Filed
from entrepot.claims.verdict import outcome
from entrepot.store import Store

CLAIMS = Path(__file__).resolve().parents[2] / "claims"
FILED = files.read(CLAIMS)
BY_NAME = {one.name: one for one in FILED}
WORDS_MOST = 60

SAID = {
    "the table of vehicles, twelve cells": [
        f"webster-2024/vehicles-{side}-{area}"
        for side in ("imports-2021", "exports-2023")
        for area in ("blr", "kaz", "kgz", "rus", "tjk", "uzb")
    ],
    "its six ratios": ["webster-2024/vehicles-ratios", "webster-2024/vehicles-ratios-in-statistics"],
    "China has replaced the West": [
        "webster-2024/replaced-the-west",
        "webster-2024/replaced-the-west-printed",
    ],
    "Kazakhstan's 7.8 bn, more than double": [
        "webster-2024/kazakhstan-autos-2023",
        "webster-2024/kazakhstan-doubled-printed",
    ],
    "a quarter of Kyrgyzstan's GDP": ["webster-2024/quarter-of-gdp"],
    "trucks of 2021 and 2023, and what one cost": [
        "webster-2024/heavy-trucks-2021",
        "webster-2024/heavy-trucks-2023",
        "webster-2024/heavy-trucks-printed",
    ],
    "half of the trucks from the West": ["webster-2024/heavy-trucks-west"],
    "spare parts nearly tripled": ["webster-2024/spare-parts", "webster-2024/spare-parts-printed"],
    "415 m through Kyrgyzstan, +642 %, and the base implied": ["webster-2024/spare-parts-kyrgyzstan"],
    "fifty products": ["webster-2024/fifty-products"],
    "fallen only twice": ["webster-2024/fallen-only-twice"],
    "four phases": ["webster-2024/four-phases"],
    "dual-use doubled, nearly continuous": [
        "webster-2024/dual-use-doubled",
        "webster-2024/dual-use-nearly-continuous",
    ],
    "imports by prices and redirection": ["webster-2024/imports-risen"],
    "other fuels faster than crude": ["webster-2024/other-fuels-faster"],
    "semiconductors": [
        "brief-2022/semiconductors",
        "brief-2022/semiconductors-course",
        "brief-2022/semiconductors-printed",
    ],
    "aircraft parts": ["brief-2022/aircraft"],
    "radar": ["brief-2022/radar"],
    "fossil fuels": [
        "brief-2022/fossil-fuels",
        "brief-2022/fossil-fuels-held",
        "brief-2022/fossil-fuels-printed",
    ],
    "Urals discount": ["brief-2022/urals-discount"],
    "Belt and Road": ["brief-2022/bri-first-half-2022", "brief-2022/bri-by-year"],
    "lending 2000-2017": ["brief-2022/lending-eximbank", "brief-2022/lending-development-bank"],
    "AIIB on hold": ["brief-2022/aiib-on-hold"],
    "three exercises with dates": ["brief-2022/exercises"],
    "arms": ["brief-2022/arms", "brief-2022/arms-printed"],
    "alumina": ["brief-2022/aluminium-oxide", "brief-2022/aluminium-oxide-printed"],
    "the vote of 2 March 2022": ["brief-2022/brics-vote", "brief-2022/votes-against"],
    "Turkey's grain": ["brief-2022/turkey-grain"],
    "published results": [
        "literature/missing-share-of-additional-exports",
        "literature/sanctioned-goods-fall-and-rise",
        "literature/sanctioned-goods-by-country",
        "literature/bofit-prices",
        "literature/ebrd-share-of-the-drop",
        "literature/berne-union-neighbours",
        "literature/eu-exports-to-russia-by-year",
        "literature/armenia-re-exports",
        "literature/vote-of-2-march-2022",
    ],
}


def parts(kind: str) -> list[tuple[str, int]]:
    """Each check of each claim of a kind."""
    return [
        (one.name, place) for one in FILED if one.claim.kind == kind for place in range(len(one.claim.check))
    ]


@pytest.mark.parametrize("said", SAID)
def test_each_checkable_statement_has_its_claim(said):
    assert set(SAID[said]) <= set(BY_NAME)


def test_files_are_plain_toml_with_a_publication_beside_them():
    """What the reader of claims read is every file there is, and a plain reader of TOML reads it too."""
    paths = [path for path in CLAIMS.glob("*/*.toml") if path.name != "publication.toml"]
    assert len(paths) == len(FILED)
    for path in paths:
        assert tomllib.loads(path.read_text(encoding="utf-8"))["check"], path
        assert (path.parent / "publication.toml").is_file()


def test_titles_tell_claims_apart():
    """Of one publication no two claims have one title, and no two checks of a claim one name."""
    titles = Counter((one.publication.title, one.claim.title) for one in FILED)
    assert [title for title, times in titles.items() if times > 1] == []
    for one in FILED:
        named = [part.what for part in one.claim.check]
        assert len(set(named)) == len(named), one.name
        assert len(named) == 1 or all(named), one.name


@pytest.mark.parametrize(("name", "place"), parts("arithmetic"))
def test_the_documents_own_figures_add_up(name, place):
    """Printed sums, ratios and averages hold within the rounding printed."""
    one = BY_NAME[name]
    found = outcome(one, one.claim.check[place], {})
    assert found.passes, f"{found.value} is not {one.claim.check[place]}"


@pytest.mark.parametrize("one", FILED, ids=lambda one: one.name)
def test_what_would_settle_it_is_named(one: Filed):
    """A claim about the world names a file with its dataset, and its address."""
    assert one.claim.kind == "arithmetic" or one.claim.settle
    for settle in one.claim.settle:
        assert settle.url.startswith(("https://", "http://"))
        assert len(settle.file) > len("UN Comtrade")


@pytest.mark.parametrize("one", FILED, ids=lambda one: one.name)
def test_questions_are_the_programs_own_and_every_figure_is_used(one: Filed):
    assert [check_options(figure) for figure in one.claim.figures.values()] == [""] * len(one.claim.figures)
    used = {name for part in one.claim.check for name in formula.names(one.formula(part))}
    assert used == {*one.claim.figures, *one.claim.printed}


@pytest.mark.parametrize("one", FILED, ids=lambda one: one.name)
def test_words_turned_into_numbers_say_how(one: Filed):
    """A range and a bound say how they were read; a value that is no whole number has a tolerance."""
    for part in one.claim.check:
        if part.between or part.at_least is not None or part.at_most is not None:
            assert part.reading, part
        assert part.value is None or part.tolerance or float(part.value).is_integer(), part


@pytest.mark.parametrize("one", FILED, ids=lambda one: one.name)
def test_what_is_said_is_short(one: Filed):
    assert len(one.claim.says.split()) <= WORDS_MOST


def test_no_claim_is_held_against_a_later_day_without_a_reason():
    """A day of its own stands only where the file says why, in a comment or a note."""
    for one in FILED:
        if one.claim.as_of:
            line = next(
                line
                for line in (CLAIMS / one.file).read_text(encoding="utf-8").splitlines()
                if line.startswith("as_of")
            )
            assert "#" in line, one.name
            assert one.claim.as_of > one.publication.published


def test_a_ledger_of_all_without_any_data(tmp_path):
    """An empty store tells of no claim about the world; what adds up still does; each gap names its file."""
    found = check(Store(tmp_path / "store"), path=CLAIMS)
    rows = found.rows.to_pylist()
    world = [row for row in rows if row["kind"] == "world"]
    assert {row["verdict"] for row in rows if row["kind"] == "arithmetic"} == {"holds"}
    listed = {
        row["claim"]
        for row in world
        if "exercises" in row["claim"] or row["claim"].endswith(("aiib-on-hold", "statements"))
    }
    assert {row["verdict"] for row in world if row["claim"] not in listed} == {"no data"}
    named = {row["claim"] for row in found.beside["to_settle"].to_pylist()}
    assert named >= {row["claim"] for row in world} - listed
    assert date(2022, 9, 30) in {row["claim_as_of"] for row in rows}


def test_a_later_day_without_new_files_tells_nothing_earlier(tmp_path):
    """The package's own lists grow by day, a store without files does not: days must not become one."""
    home = tmp_path / "a-study"
    home.mkdir()
    (home / "exercises.toml").write_text(
        """
title = "t"
says = "s"
where = "w"
kind = "world"
[publication]
title = "t"
author = "a"
citation = "c"
published = 2022-01-15
[figures.n]
ask = "acts"
actor = "CHN"
partner = "RUS"
kind = "exercise"
period = "2022-01"
take = "acts"
[[check]]
value = 1
[[settle]]
file = "f"
url = "https://example.org/"
""",
        encoding="utf-8",
    )
    (row,) = check(Store(tmp_path / "store"), path=home / "exercises.toml").rows.to_pylist()
    assert row["found"] == 1
