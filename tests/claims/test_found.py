"""From rows to one figure: what is copied from a text is no evidence, and missing is not zero."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entrepot.answers._found import of_flows
from entrepot.claims.schema import Figure

QUESTION = {"reporter": "DEU", "partner": "FRA", "flow": "export", "commodity": "8703", "period": "2023-01"}
ROW: dict[str, Any] = {
    "reporter": "DEU",
    "partner": "FRA",
    "period": date(2023, 1, 1),
    "currency": "USD",
    "value": 10.0,
    "months": 1,
    "codes": 1,
    "parts": None,
    "valuations": "fob",
    "status": "reported",
    "reporters": None,
    "partners": None,
    "quantity": 5.0,
    "quantity_unit": "units",
    "snapshots": "s1",
}


def figure(**more: Any) -> Figure:
    return Figure.model_validate({"ask": "flows", "take": "value_usd"} | QUESTION | more)


def test_a_plain_row_is_the_figure():
    found = of_flows(figure(), [ROW], frozenset())
    assert (found.value, found.unit, found.coverage) == (10.0, "USD", "1 of 1 months")


@pytest.mark.parametrize("status", ["published", "typed", "reported typed"])
def test_figures_copied_from_a_text_are_no_evidence(status):
    found = of_flows(figure(), [ROW | {"status": status}], frozenset())
    assert (found.value, found.refused) == (None, True)


def test_a_value_that_does_not_say_its_valuation_is_not_taken_for_the_one_claimed():
    found = of_flows(figure(valuation="fob"), [ROW | {"valuations": "unsaid"}], frozenset())
    assert (found.value, found.refused) == (None, True)


def test_a_member_that_reports_nothing_leaves_its_group_untold():
    """Two members told of; the others of the group report nothing in that month, or report other goods."""
    asked = figure(reporter="eu-neighbours-6")
    row = ROW | {"reporter": "eu-neighbours-6", "reporters": "KAZ KGZ"}
    heard = {(one, "export", "M", date(2023, 1, 1)) for one in ("KAZ", "KGZ")}
    assert of_flows(asked, [row], frozenset(heard)).refused
    every = heard | {(one, "export", "M", date(2023, 1, 1)) for one in ("ARM", "BLR", "GEO", "UZB")}
    assert of_flows(asked, [row], frozenset(every)).value == 10.0


def test_nothing_held_is_no_zero():
    found = of_flows(figure(), [], frozenset())
    assert (found.value, found.refused) == (None, False)
