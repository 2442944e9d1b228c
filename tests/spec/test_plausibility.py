"""Trade against the size of the destination, its past, other countries, and what it keeps."""

from __future__ import annotations

from datetime import date

import ibis
import pytest

from entrepot.measures.cells import Selection, cells
from entrepot.measures.plausibility import BOTH_SIDES, plausibility
from entrepot.measures.sides import side, valued, with_quiet_months, yearly
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant
from entrepot.model.flow import Flow
from entrepot.model.indicator import COLUMNS
from tests.spec.tables import FLOWS

ON_SPARK = ("test_absorption_now_and_before",)
"""One test of each kind of step; see conftest."""

YEAR = date(2023, 1, 1)
EVERYONE = ("XBB", "XCC", "XDD")


def facts(**values):
    """Facts named GDP_XBB_2023=100 or POP_XBB_2023=10."""
    names = {"GDP": "gdp_usd", "POP": "population", "MADE": "vehicles_made_usd"}
    keys = [name.split("_") for name in values]
    found = {name: [None] * len(keys) for name in COLUMNS} | {
        "indicator": [names[key[0]] for key in keys],
        "area": [key[1] for key in keys],
        "period": [date(int(key[2]), 1, 1) for key in keys],
        "frequency": ["A"] * len(keys),
        "value": [float(value) for value in values.values()],
        "snapshot": [f"of_{key[0]}" for key in keys],
    }
    return constant(found, COLUMNS)


SIZES = facts(GDP_XBB_2022=100, GDP_XBB_2023=100, GDP_XCC_2023=1000, GDP_XDD_2023=50, POP_XBB_2023=4)


def rates(**dollars):
    months = [date(2023, month, 1) for month in range(1, 13)]
    rows = [("USD", how, day, 1.0) for how, day in _days(months)]
    rows += [(name, how, day, rate) for name, rate in dollars.items() for how, day in _days(months)]
    columns = {n: [row[i] for row in rows] for i, n in enumerate(("currency", "frequency", "period", "rate"))}
    kinds = {"currency": "string", "frequency": "string", "period": "date", "rate": "float64"}
    return constant(columns | {"kind": ["monthly"] * len(rows)}, kinds | {"kind": "string"})


def _days(months):
    return [("A", date(year, 1, 1)) for year in range(2019, 2024)] + [("M", month) for month in months]


def years(flow, reporters, partners, known, *, world=False):
    asked = Selection(tuple(reporters), tuple(partners), flow, parse_commodity("87"))
    found = cells(FLOWS, asked)
    found = found.filter(found.partner_own) if world else found
    rows = side(found.mutate(partner_basis=ibis.literal("origin")), exports=flow is Flow.EXPORT)
    rows = valued(rows, known)
    return with_quiet_months(yearly(rows, "USD", least=0), rows)


def measured(destinations=("XBB",), sizes=SIZES, speaks="export", known=None, own=False, *, production=None):
    known = rates() if known is None else known
    outward, inward = (
        years(Flow.EXPORT, ["XAA"], EVERYONE, known),
        years(Flow.IMPORT, EVERYONE, ["XAA"], known),
    )
    kept = outward.filter(outward.origin == "nobody")
    if own:
        kept = years(Flow.IMPORT, destinations, ["WLD"], known, world=True)
        kept = kept.union(years(Flow.EXPORT, destinations, ["WLD"], known, world=True))
    pairs = {"origin": ["XAA"] * len(destinations), "destination": list(destinations)}
    kinds = {"origin": "string", "destination": "string", "year": "date"}
    asked = constant(pairs | {"year": [YEAR] * len(destinations)}, kinds)
    return plausibility(outward.union(inward), kept, sizes, asked, speaks, production=production)


def test_share_of_gdp_and_value_per_head(answer):
    """25 of a product of 100, among 4 people."""
    [row] = answer("| period | value | commodity |\n| 2023 | 25 | 87 |", measured())
    assert (row["value_usd"], row["gdp_share"], row["value_per_head_usd"]) == (25, 25 / 100, 25 / 4)
    assert (row["months"], row["refused"]) == (12, None)
    assert row["snapshots"].split() == ["s1", "of_GDP", "of_POP"]


def test_no_product_and_no_people_make_no_share(answer):
    """Missing is not zero: neither infinite nor nought."""
    [row] = answer(
        "| period | value | commodity |\n| 2023 | 25 | 87 |", measured(sizes=facts(GDP_XCC_2023=1))
    )
    assert row["value_usd"] == 25
    names = ("gdp_usd", "gdp_share", "population", "value_per_head_usd", "share_basis", "gdp_share_rank")
    assert [row[name] for name in names] == [None] * len(names)


def test_the_range_is_over_both_sides(answer):
    """The exporter says 25, the importer 10."""
    rows = answer(
        """
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2023   | 87        | 25    |
        | XBB      | XAA     | import | 2023   | 87        | 10    |
        """,
        measured(),
    )
    assert [(r["gdp_share"], r["gdp_share_low"], r["gdp_share_high"]) for r in rows] == [(0.25, 0.1, 0.25)]
    assert rows[0]["share_basis"] == BOTH_SIDES


@pytest.mark.parametrize(
    ("period", "status", "why"),
    [
        ("2022", "simulated", "exporter alone: the importer's figure is not held"),
        ("2023-05", "simulated", "exporter alone: the importer's figure is of 1 months"),
        ("2023", "mirrored", "exporter alone: one of the two figures is derived from the other side's"),
        ("2023", "imputed", "exporter alone: one of the two figures is derived from the other side's"),
    ],
)
def test_no_range_where_the_other_side_cannot_be_compared(answer, period, status, why):
    [row] = answer(
        f"""
        | reporter | partner | flow   | period   | commodity | value | status    |
        | XAA      | XBB     | export | 2023     | 87        | 25    | simulated |
        | XBB      | XAA     | import | {period} | 87        | 10    | {status}  |
        """,
        measured(),
    )
    assert (row["gdp_share_low"], row["gdp_share_high"], row["share_basis"]) == (None, None, why)


def test_the_importer_may_speak(answer):
    rows = """
        | reporter | partner | flow   | period | commodity | value |
        | XBB      | XAA     | import | 2023   | 87        | 10    |
        | XCC      | XAA     | import | 2023   | 87        | 10    |
        """
    [row] = answer(rows, measured(speaks="import"))
    assert (row["gdp_share"], row["gdp_share_rank"], row["countries"]) == (0.1, 1, 2)
    assert row["share_basis"] == "importer alone: the exporter's figure is not held"


def test_own_history_is_of_whole_years_before(answer):
    """2020 and 2021 hold no product; 2022 has the share of one half; 2019 has one month only."""
    sizes = facts(GDP_XBB_2019=1, GDP_XBB_2021=200, GDP_XBB_2022=100, GDP_XBB_2023=100)
    rows = answer(
        """
        | period  | commodity | value |
        | 2019-03 | 87        | 90    |
        | 2020    | 87        | 7     |
        | 2021    | 87        | 20    |
        | 2022    | 87        | 50    |
        | 2023    | 87        | 25    |
        """,
        measured(sizes=sizes),
    )
    [(low, high, years)] = [
        [r[f"own_history_{n}"] for n in ("share_low", "share_high", "years")] for r in rows
    ]
    assert (low, high, years) == (20 / 200, 50 / 100, 2)


def test_rank_among_all_destinations(answer):
    """Shares of 25 %, 50 % and 60 %: the lowest of three, and the country of no product is not counted."""
    rows = answer(
        """
        | partner | period | commodity | value |
        | XBB     | 2023   | 87        | 25    |
        | XCC     | 2023   | 87        | 500   |
        | XDD     | 2023   | 87        | 30    |
        | XEE     | 2023   | 87        | 30    |
        """,
        measured(("XBB", "XDD")),
    )
    names = ("destination", "gdp_share_rank", "countries", "countries_below_share")
    assert [tuple(r[name] for name in names) for r in rows] == [("XBB", 3, 3, 0.0), ("XDD", 1, 3, 1.0)]


def test_a_part_of_a_year_has_a_share_but_no_rank(answer):
    [row] = answer("| period | commodity | value |\n| 2023-01 | 87 | 25 |", measured())
    assert (row["months"], row["gdp_share"], row["gdp_share_rank"], row["countries"]) == (1, 0.25, None, 0)


def test_absorption_now_and_before(answer):
    """Imports less exports: 40 - 10 now, 30 - 5 the highest before; a year without exports is none."""
    rows = answer(
        """
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2023   | 87        | 25    |
        | XBB      | WLD     | import | 2023   | 87        | 40    |
        | XBB      | WLD     | export | 2023   | 87        | 10    |
        | XBB      | WLD     | import | 2022   | 87        | 30    |
        | XBB      | WLD     | export | 2022   | 87        | 5     |
        | XBB      | WLD     | import | 2021   | 87        | 999   |
        """,
        measured(own=True),
    )
    names = ("absorption_usd", "absorption_high_usd", "absorption_years", "absorption_refused")
    assert [tuple(r[name] for name in names) for r in rows] == [(40 - 10, 30 - 5, 1, None)]


def test_months_without_this_trade_are_no_gap(answer):
    """XAA reports two months with XCC: its one month with XBB is two, with nothing in one of them."""
    lines = "| partner | period | commodity | value |\n| XBB | 2023-02 | 87 | 25 |\n"
    lines += "| XCC | 2023-01 | 87 | 5 |\n| XCC | 2023-02 | 87 | 5 |"
    [row] = answer(lines, measured())
    assert (row["months"], row["value_usd"]) == (2, 25)


KEPT = """
    | reporter | partner | flow   | period | commodity | value |
    | XAA      | XBB     | export | 2023   | 87        | 25    |
    | XBB      | WLD     | import | 2023   | 87        | 40    |
    | XBB      | WLD     | export | 2023   | 87        | 10    |
    | XBB      | WLD     | import | 2022   | 87        | 30    |
    | XBB      | WLD     | export | 2022   | 87        | 5     |
    """


def test_what_a_country_makes_is_part_of_what_it_absorbs(answer):
    """Imports and production less exports: 40 + 7 - 10; of the year before no production is held, so none."""
    sizes = facts(GDP_XBB_2023=100, MADE_XBB_2023=7)
    [row] = answer(KEPT, measured(own=True, sizes=sizes, production="vehicles_made_usd"))
    told = (row["absorption_usd"], row["production_usd"], row["absorption_years"], row["absorption_refused"])
    assert told == (40 + 7 - 10, 7, 0, None)
    assert "of_MADE" in row["snapshots"].split()


def test_production_that_is_named_and_not_held_is_missing_not_zero(answer):
    [row] = answer(KEPT, measured(own=True, production="vehicles_made_usd"))
    told = (row["absorption_usd"], row["absorption_refused"])
    assert told == (None, "vehicles_made_usd is not held")


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ("| XBB | XCC | import | 2023    | 87 | 40 |", "imports of these goods from the world are not held"),
        ("| XBB | WLD | import | 2023    | 87 | 40 |", "exports of these goods to the world are not held"),
        ("| XBB | WLD | export | 2023    | 87 | 40 |", "imports of these goods from the world are not held"),
        ("| XBB | WLD | export | 2023    | 87 | 40 |\n| XBB | WLD | import | 2023-02 | 87 | 9 |",
         "imports are of 1 months"),
    ],
)  # fmt: skip
def test_no_absorption_where_a_part_of_it_is_not_held(answer, held, why):
    """Partners held are not the world."""
    text = "| reporter | partner | flow | period | commodity | value |\n"
    text += "| XAA | XBB | export | 2023 | 87 | 25 |\n"
    [row] = answer(text + held, measured(own=True))
    assert (row["absorption_usd"], row["absorption_refused"]) == (None, why)


@pytest.mark.parametrize(("currency", "value", "refused"), [("EUR", 50, False), ("CNY", None, True)])
def test_another_currency_needs_a_rate(answer, currency, value, refused):
    """25 euros at two dollars each; of the yuan no rate is known."""
    rows = f"| period | commodity | value | currency |\n| 2023 | 87 | 25 | {currency} |"
    [row] = answer(rows, measured(known=rates(EUR=2.0)))
    assert (row["value_usd"], row["refused"] is not None) == (value, refused)
    assert (row["gdp_share"] is None) == refused


def test_scaling_the_product_scales_the_share(answer):
    """Twice the product, half the share; another country's figures change nothing but the rank."""
    text = "| partner | period | commodity | value |\n| XBB | 2023 | 87 | 25 |"
    [one] = answer(text, measured())
    [twice] = answer(
        text + "\n| XCC | 2023 | 87 | 999 |", measured(sizes=facts(GDP_XBB_2023=200, GDP_XCC_2023=1))
    )
    assert twice["gdp_share"] * 2 == one["gdp_share"]
    assert (one["gdp_share_rank"], twice["gdp_share_rank"]) == (1, 2)


def test_another_currency_on_the_other_side_is_said(answer):
    """The importer's yuan without a rate are neither absent nor compared, and no absorption."""
    rows = answer(
        """
        | reporter | partner | flow   | period | commodity | value | currency |
        | XAA      | XBB     | export | 2023   | 87        | 25    | USD      |
        | XBB      | XAA     | import | 2023   | 87        | 10    | CNY      |
        | XBB      | WLD     | import | 2023   | 87        | 10    | CNY      |
        | XBB      | WLD     | export | 2023   | 87        | 10    | CNY      |
        """,
        measured(own=True),
    )
    assert rows[0]["share_basis"] == "exporter alone: the importer's figure has no exchange rate"
    assert rows[0]["absorption_refused"] == "imports have no exchange rate"
