"""Embargoes, hubs and versions of lists: each entry is whole, and says what it should on a day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from entrepot.model import screening_tables as tables
from entrepot.model.area import area, is_group
from entrepot.model.commodity import product_lists
from entrepot.model.constant import constants
from entrepot.model.edition import codes
from entrepot.model.regime import UN, all_covered, all_hubs, all_regimes, spelled_out

if TYPE_CHECKING:
    from ibis.expr.types import Table

KNOWN = {code[:n] for edition in ("HS2017", "HS2022") for code in codes(edition) for n in (2, 4, 6)}


def rows(table: Table) -> list[dict[str, Any]]:
    (held,) = constants(table).values()
    return held.to_pylist()


def listed(code: str, day: date, edition: str = "HS2022") -> bool | None:
    """Whether a code was on the list: None where it may have been."""
    found = [
        one["is_certain"]
        for one in rows(tables.goods())
        if (one["commodity"], one["hs_revision"]) == (code, edition)
        and one["version"] <= day
        and (one["until"] is None or day < one["until"])
    ]
    return True if any(found) else None if found else False


def forbidden(binds: str, concerns: str, code: str, day: date) -> set[tuple[str, bool]]:
    """The embargoes in force, and whether all goods of the code are forbidden."""
    return {
        (one["regime"], one["is_whole"])
        for one in rows(tables.regimes())
        if (one["binds"], one["concerns"]) == (binds, concerns)
        and one["since"] <= day
        and (one["until"] is None or day <= one["until"])
        and code.startswith(one["code"])
    }


@pytest.mark.parametrize("one", all_regimes(), ids=lambda one: one.key)
def test_an_embargo_is_whole(one):
    assert all((one.title, one.citation, one.binds, one.concerns))
    assert one.until is None or one.since < one.until
    assert all(area(code).kind == "country" for code in one.concerns)
    assert all(code == UN or is_group(code) or area(code).kind == "country" for code in one.binds)
    assert {code for code, _ in one.codes()} <= KNOWN | {""}
    assert not (one.goods and one.goods_list)


def test_keys_are_unique():
    assert Counter(one.key for one in all_regimes()).most_common(1)[0][1] == 1


def test_what_is_covered_has_embargoes():
    bound = {code for one in all_regimes() for code in spelled_out(set(one.binds) - {UN})}
    for one in all_covered():
        assert set(spelled_out(one.binds)) <= bound
        assert one.until is None or one.since < one.until


def test_a_resolution_binds_every_country_and_a_group_its_members():
    everyone = spelled_out([UN])
    assert {"DEU", "KGZ", "USA", "CHN"} <= set(everyone)
    assert not {"WLD", "EU27", "_X"} & set(everyone)
    assert len(spelled_out(["EU27", "GBR", "DEU"])) == 28


def test_arms_to_libya_are_forbidden_to_all():
    assert ("un-lby-arms", True) in forbidden("KGZ", "LBY", "930200", date(2023, 5, 4))
    assert forbidden("KGZ", "LBY", "930200", date(2011, 2, 25)) == set()


def test_a_lifted_embargo_ends():
    assert ("us-syr", True) in forbidden("USA", "SYR", "870323", date(2025, 9, 1))
    assert forbidden("USA", "SYR", "870323", date(2025, 9, 2)) == {("us-syr-some", False)}
    assert forbidden("DEU", "CAF", "930200", date(2024, 7, 30)) == {("un-caf-groups", False)}


def test_goods_whose_codes_are_not_held_are_never_wholly_forbidden():
    assert forbidden("DEU", "RUS", "060311", date(2024, 3, 1)) == {("eu-rus-some", False)}
    assert ("eu-rus-chpl", True) in forbidden("DEU", "RUS", "854231", date(2024, 3, 1))
    assert ("eu-rus-chpl", True) in forbidden("DEU", "RUS", "85423190", date(2024, 3, 1))


def test_a_code_that_holds_other_goods_in_an_edition_is_not_wholly_forbidden():
    """In HS2017 light-emitting diodes were in 854140 too, which are not on the list."""
    assert ("gb-rus-chpl", False) in forbidden("GBR", "RUS", "854140", date(2024, 3, 1))


@pytest.mark.parametrize(
    ("code", "day", "told"),
    [
        ("854231", date(2023, 5, 18), False),
        ("854231", date(2023, 5, 19), True),
        ("854231", date(2023, 12, 1), True),
        ("845710", date(2023, 5, 19), False),
        ("845710", date(2023, 12, 1), None),  # versions of 38 and 45 codes are not held
        ("845710", date(2024, 2, 22), None),
        ("845710", date(2024, 2, 23), True),
        ("870323", date(2023, 12, 1), False),
    ],
)
def test_versions_of_the_high_priority_list(code, day, told):
    assert listed(code, day) is told


def test_a_version_in_another_edition():
    assert listed("854140", date(2025, 1, 1), "HS2017") is None
    assert listed("854231", date(2025, 1, 1), "HS2017") is True
    assert listed("854149", date(2025, 1, 1), "HS2017") is False


def test_the_newest_version_bears_the_list_s_name():
    assert [one.name for one in tables.versions("chpl")] == ["chpl-2023-05", "chpl"]
    counts = {name: len(one.codes(None)) for name, one in product_lists().items()}
    assert (counts["chpl-2023-05"], counts["chpl"]) == (9, 50)
    older = product_lists()["chpl-2023-05"]
    assert {t: older.tiers[t] for t in "12"} == {t: product_lists()["chpl"].tiers[t] for t in "12"}
    assert sum(one["is_first"] for one in rows(tables.goods())) == 2 * 9


def test_what_was_not_checked_is_said_where_it_is_shown():
    told = {one["regime"]: one["citation"].endswith(" (not checked)") for one in rows(tables.regimes())}
    assert told == {one.key: not one.is_checked for one in all_regimes()}
    assert {True, False} == set(told.values())


def test_hubs_are_countries_named_on_a_day():
    assert all(area(code).kind == "country" for hub in all_hubs() for code in hub.countries)
    assert all(hub.by and hub.citation and hub.since > date(2022, 2, 24) for hub in all_hubs())
    assert Counter(one["country"] for one in rows(tables.named()))["UZB"] == 3


def test_groups_rules_go_by():
    assert len(rows(tables.coalition())) == 39
    assert {one["country"] for one in rows(tables.partners())} >= {"USA", "JPN", "NOR"}
    assert "KGZ" not in {one["country"] for one in rows(tables.coalition())}
