"""Both sides brought together. Each defect found in others' code has a test in which our rule fires."""

from __future__ import annotations

import math
from typing import Any

import pytest

from entrepot.measures.reliability import OTHERS, reliability
from entrepot.model.constant import constant
from tests.spec.both_sides import Both
from tests.spec.tables import flows

ON_SPARK = (
    "test_the_value_lies_between_sides_that_are_both_reliable",
    "test_gaps_are_squares_weighted_by_the_log_of_trade_and_winsorised",
)
"""One test of each kind of step; see conftest."""

TWO_SIDES = """
    | reporter | partner | flow   | period | commodity | valuation | value |
    | XAA      | XBB     | export | 2021   | TOTAL     | fob       | 100   |
    | XBB      | XAA     | import | 2021   | TOTAL     | cif       | 212   |
    """


def only(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def touched(rows: list[dict[str, Any]], rule: str, stage: str = "flows") -> tuple[int, float]:
    row = only(rows, stage=stage, rule=rule)
    return row["rows"], row["value_usd"]


def test_freight_comes_off_by_division(answer):
    """Cif = fob * (1 + margin): 212 / 1.06 = 200, and not 212 * 0.94 = 199.28 (defect 7)."""
    row = only(answer(TWO_SIDES, Both(margin=0.06).reconciled()), exporter="XAA")
    assert (row["import_cif_usd"], row["import_fob_usd"]) == (212, pytest.approx(212 / 1.06))
    assert (row["export_usd"], row["export_fob_usd"], row["margin"]) == (100, 100, 0.06)


def test_a_pair_s_own_margin_before_the_fallback(answer):
    given = {"exporter": ["XAA"], "importer": ["XBB"], "margin": [0.25]}
    margins = constant(given, {"exporter": "string", "importer": "string", "margin": "float64"})
    text = TWO_SIDES + "| XBB | XCC | import | 2021 | TOTAL | cif | 106 |"
    rows = answer(text, Both(margin=0.06, margins=margins).reconciled())
    assert only(rows, exporter="XAA")["import_fob_usd"] == pytest.approx(212 / 1.25)
    assert only(rows, exporter="XAA")["margin_from"] == "fitted"
    assert only(rows, exporter="XCC")["import_fob_usd"] == pytest.approx(106 / 1.06)
    assert only(rows, exporter="XCC")["margin_from"] == "fallback 6%"


@pytest.mark.parametrize(("valuation", "fob"), [("fob", 212.0), ("cif", 200.0), ("null", 200.0)])
def test_only_what_is_cif_is_brought_to_fob(answer, valuation, fob):
    """What does not say is taken as UN IMTS 2010 recommends, and counted."""
    both = Both(margin=0.06)
    text = TWO_SIDES.replace("cif", valuation)
    assert only(answer(text, both.reconciled()))["import_fob_usd"] == pytest.approx(fob)
    assert sum(row["unsaid"] for row in answer(text, both.tally)) == (valuation == "null")


def test_the_value_lies_between_sides_that_are_both_reliable(answer):
    """One third of the way, as the variances say; never one side's own figure (defect 4)."""
    both = Both(commodity="870310,870320")
    text = """
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2021   | 870310    | 100   |
        | XBB      | XAA     | import | 2021   | 870310    | 130   |
        | XAA      | XBB     | export | 2021   | 870320    | 50    |
        | XBB      | XAA     | import | 2021   | 870320    | 20    |
        """
    rows = answer(text, both.reconciled(XAA_exporter=math.sqrt(0.01), XBB_importer=math.sqrt(0.02)))
    found = {row["commodity"]: row["value_usd"] for row in rows}
    assert found == pytest.approx({"870310": 100 * 2 / 3 + 130 / 3, "870320": 50 * 2 / 3 + 20 / 3})
    assert all(20 < value < 130 and value not in (100, 50) for value in found.values())


def test_the_careless_side_weighs_less(answer):
    """The weight of one is the variance of the other over both (defect 3 is what comes of swapping them)."""
    row = only(answer(TWO_SIDES, Both().reconciled(XAA_exporter=0.9, XBB_importer=0.1)))
    assert row["weight_exporter"] == pytest.approx(0.01 / (0.81 + 0.01))
    assert row["weight_exporter"] + row["weight_importer"] == pytest.approx(1)


def test_the_interval_is_that_of_both_variances_and_wider_where_the_sides_disagree(answer):
    both, a, b = Both(), 0.3**2, 0.4**2
    near = only(answer(TWO_SIDES.replace("212", "110"), both.reconciled(XAA_exporter=0.3, XBB_importer=0.4)))
    assert near["high_90_usd"] / near["value_usd"] == pytest.approx(
        math.exp(1.645 * math.sqrt(a * b / (a + b))), rel=1e-3
    )
    far = only(answer(TWO_SIDES.replace("212", "900"), both.reconciled(XAA_exporter=0.3, XBB_importer=0.4)))
    birge = math.log(9) ** 2 / (a + b)
    wide = math.exp(1.645 * math.sqrt(a * b / (a + b) * birge))
    assert far["value_usd"] / far["low_90_usd"] == pytest.approx(wide, rel=1e-3)


def test_one_side_is_taken_as_it_is(answer):
    """With the interval of its own reporter's variance."""
    row = only(answer(TWO_SIDES.rsplit("|\n", 2)[0] + "|", Both().reconciled(XAA_exporter=0.3)))
    assert (row["value_usd"], row["status"], row["weight_exporter"]) == (100, "one side", 1)
    assert row["high_90_usd"] == pytest.approx(100 * math.exp(1.645 * 0.3), rel=1e-3)


@pytest.mark.parametrize("status", ["imputed", "mirrored", "estimated"])
def test_a_derived_side_is_kept_and_has_no_weight(answer, status):
    text = """
        | reporter | partner | flow   | period | commodity | status   | value |
        | XAA      | XBB     | export | 2021   | TOTAL     | reported | 100   |
        | XBB      | XAA     | import | 2021   | TOTAL     | STATUS   | 212   |
        """.replace("STATUS  ", status)
    both = Both()
    row = only(answer(text, both.reconciled()))
    assert (row["value_usd"], row["import_fob_usd"], row["weight_importer"]) == (100, 212, 0)
    assert (row["status"], row["reason"]) == ("one side", f"import: {status}")
    assert touched(answer(text, both.rules()), "import: derives from another report") == (1, 212)


def test_where_only_derived_figures_are_there_is_no_value(answer):
    text = "| reporter | partner | flow | period | commodity | status | value |\n"
    row = only(answer(text + "| XAA | XBB | export | 2021 | TOTAL | mirrored | 5 |", Both().reconciled()))
    assert (row["export_usd"], row["value_usd"], row["low_90_usd"]) == (5, None, None)
    assert row["status"] == "no side speaks"


def test_trade_without_partner_is_seen_from_the_world_total(answer):
    """The world's row is read first (defect 2): 70 of XBB's 282 have a partner, 75 % do not."""
    text = TWO_SIDES + "| XBB | WLD | import | 2021 | TOTAL | cif | 848 |"
    both = Both()
    row = only(answer(text, both.reconciled()))
    assert (row["value_usd"], row["weight_importer"]) == (100, 0)
    assert row["reason"] == "import: over 25% without partner country"
    rules = answer(text, both.rules())
    assert touched(rules, "import: over 25% without partner country") == (1, 212)
    assert touched(rules, "world total: read for what has no partner", "rows") == (1, 848)


def test_a_quarter_without_partner_is_not_yet_over_a_quarter(answer):
    """159 of 212 have a partner."""
    text = TWO_SIDES.replace("212", "159") + "| XBB | WLD | import | 2021 | TOTAL | cif | 212 |"
    assert only(answer(text, Both().reconciled()))["status"] == "both sides"


def test_special_areas_count_as_without_partner_and_stay_rows(answer):
    """Without a world total the areas not specified themselves tell."""
    text = TWO_SIDES + "| XBB | _X | import | 2021 | TOTAL | cif | 400 |"
    rows = answer(text, Both().reconciled())
    assert only(rows, exporter="XAA")["weight_importer"] == 0
    assert only(rows, exporter="_X")["value_usd"] == 400
    assert "partner is no country" in only(rows, exporter="_X")["reason"]


def test_aggregates_are_never_among_the_countries(answer):
    text = (
        TWO_SIDES
        + "| XAA | EU27 | export | 2021 | TOTAL | fob | 80 |\n"
        + "| EU27 | XBB | export | 2021 | TOTAL | fob | 70 |"
    )
    both = Both()
    assert [row["importer"] for row in answer(text, both.reconciled())] == ["XBB"]
    rules = answer(text, both.rules())
    assert touched(rules, "partner is an aggregate", "rows") == (1, 80)
    assert touched(rules, "reporter is an aggregate", "rows") == (1, 70)


def test_each_row_has_one_rule_and_all_rules_add_up(answer):
    """Every filter fires, is assigned and is counted (defect 5); what is set aside and kept is the input."""
    text = """
        | reporter | partner | flow   | period  | commodity | currency | partner_basis | hs_revision | breakdown | value |
        | XAA      | XBB     | export | 2021    | 870310    | USD      |               | HS2017      |           | 1     |
        | XAA      | XBB     | export | 2021-03 | 870310    | USD      |               | HS2017      |           | 2     |
        | XAA      | XCC     | export | 2021    | 870310    | EUR      |               | HS2017      |           | 4     |
        | XAA      | XAA     | export | 2021    | 870310    | USD      |               | HS2017      |           | 8     |
        | XAA      | XDD     | export | 2021    | 870310    | USD      |               | HS2012      |           | 16    |
        | XAA      | XDD     | export | 2021    | 870310    | USD      |               | HS2017      | transport | 32    |
        | XBB      | XAA     | import | 2021    | 870310    | USD      | origin        | HS2017      |           | 64    |
        | XBB      | XCC     | import | 2021    | 870310    | USD      | consignment   | HS2017      |           | 128   |
        | XBB      | WLD     | import | 2021    | 870310    | USD      | origin        | HS2017      |           | 256   |
        | XBB      | AFRICA  | import | 2021    | 870310    | USD      | origin        | HS2017      |           | 512   |
        | XBB      | XDD     | import | 2021    | 870310    | USD      | origin        | HS2017      |           | null  |
        """  # noqa: E501
    rows = [row for row in answer(text, Both(digits=6).rules()) if row["stage"] == "rows"]
    assert {row["rule"]: (row["rows"], row["value_usd"]) for row in rows} == {
        "kept": (2, 1 + 64),
        "month of a year that is held": (1, 2),
        "currency without a rate": (1, 0),
        "trade with itself": (1, 8),
        "another edition of the Harmonized System": (1, 16),
        "part of a total by procedure, transport ...": (1, 32),
        "by consignment, origin is held": (1, 128),
        "world total: read for what has no partner": (1, 256),
        "partner is an aggregate": (1, 512),
        "no value": (1, 0),
    }


def test_a_code_before_its_parts(answer):
    text = """
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2021   | 8703      | 10    |
        | XAA      | XBB     | export | 2021   | 870310    | 6     |
        | XBB      | XAA     | import | 2021   | 870310    | 4     |
        | XBB      | XAA     | import | 2021   | 870320    | 5     |
        """
    both = Both(commodity="8703")
    row = only(answer(text, both.reconciled()))
    assert (row["commodity"], row["export_usd"], row["import_cif_usd"]) == ("8703", 10, 4 + 5)
    assert touched(answer(text, both.rules()), "part of a code that is held", "rows") == (1, 6)


def test_a_rate_makes_dollars_of_another_currency(answer):
    from datetime import date

    given = {"currency": ["EUR"], "period": [date(2021, 1, 1)], "frequency": ["A"], "usd_per_unit": [1.25]}
    kinds = {"currency": "string", "period": "date", "frequency": "string", "usd_per_unit": "float64"}
    text = "| reporter | partner | flow | period | commodity | currency | value |\n"
    text += "| XAA | XBB | export | 2021 | TOTAL | EUR | 80 |"
    row = only(answer(text, Both(rates=constant(given, kinds)).reconciled()))
    assert row["export_usd"] == 80 * 1.25
    assert answer(text, Both().reconciled()) == []


def test_one_figure_in_two_currencies_is_counted_once(answer):
    from datetime import date

    given = {"currency": ["EUR"], "period": [date(2021, 1, 1)], "frequency": ["A"], "usd_per_unit": [1.25]}
    kinds = {"currency": "string", "period": "date", "frequency": "string", "usd_per_unit": "float64"}
    text = """
        | reporter | partner | flow   | period | commodity | currency | value |
        | XAA      | XBB     | export | 2021   | TOTAL     | EUR      | 80    |
        | XAA      | XBB     | export | 2021   | TOTAL     | USD      | 101   |
        """
    both = Both(rates=constant(given, kinds))
    assert only(answer(text, both.reconciled()))["export_usd"] == 101
    assert touched(answer(text, both.rules()), "the same in another currency", "rows") == (1, 80 * 1.25)


def test_part_of_a_year_is_not_compared_with_a_year(answer):
    text = TWO_SIDES.replace("| 2021   | TOTAL     | cif ", "| 2021-03 | TOTAL     | cif ")
    both = Both()
    row = only(answer(text, both.reconciled()))
    assert (row["value_usd"], row["reason"]) == (100, "import: 1 months of 12")
    assert touched(answer(text, both.rules()), "import: partial year") == (1, 212)


def test_months_are_compared_with_months(answer):
    both = Both(period="2021-03")
    text = TWO_SIDES.replace("2021 ", "2021-03 ")
    assert only(answer(text, both.reconciled()))["status"] == "both sides"


def test_sides_in_different_editions_are_told_and_no_measure_of_reliability(answer):
    text = """
        | reporter | partner | flow   | period | commodity | hs_revision | value |
        | XAA      | XBB     | export | 2021   | 870310    | HS2017      | 20000 |
        | XBB      | XAA     | import | 2021   | 870310    | HS2022      | 30000 |
        """
    both = Both(digits=6)
    assert only(answer(text, both.reconciled()))["reason"] == "editions differ"
    assert answer(text, both.gaps) == []
    rules = answer(text, both.rules())
    assert touched(rules, "editions of the Harmonized System differ") == (1, 30000)
    assert touched(rules, "editions differ", "reliability") == (1, 30000)


def test_reliability_is_measured_on_every_year_of_the_base_and_on_no_other(answer):
    """Three years of base are three flows (defect 1: neighbouring years were read and never used)."""
    lines = [
        f"| {who} | {whom} | {flow} | {year} | TOTAL | {value} |"
        for year, value in ((2018, 20000), (2019, 40000), (2020, 80000), (2021, 10**9))
        for who, whom, flow in (("XAA", "XBB", "export"), ("XBB", "XAA", "import"))
    ]
    text = "| reporter | partner | flow | period | commodity | value |\n" + "\n".join(lines)
    row = only(answer(text, Both(period="2021", base="2018:2020").gaps))
    assert (row["flows"], row["value_usd"]) == (3, 20000 + 40000 + 80000)


def test_gaps_are_squares_weighted_by_the_log_of_trade_and_winsorised(answer):
    """Of 20,000 and 30,000, and of 10,000 and 10 million: the second counts as 2 and is told."""
    text = """
        | reporter | partner | flow   | period | commodity | value    |
        | XAA      | XBB     | export | 2021   | 870310    | 20000    |
        | XBB      | XAA     | import | 2021   | 870310    | 30000    |
        | XAA      | XBB     | export | 2021   | 870320    | 10000    |
        | XBB      | XAA     | import | 2021   | 870320    | 10000000 |
        | XAA      | XBB     | export | 2021   | 870390    | 9999     |
        | XBB      | XAA     | import | 2021   | 870390    | 20000    |
        """
    both = Both(digits=6)
    row = only(answer(text, both.gaps))
    near, far = math.log(25000), math.log(5005000)
    assert row["weight"] == pytest.approx(near + far)
    assert row["squared"] == pytest.approx(near * math.log(2 / 3) ** 2 + far * 2**2)
    assert (row["flows"], row["clipped"], row["clipped_usd"]) == (2, 1, 5005000)
    rules = answer(text, both.rules())
    assert touched(rules, "used, log gap beyond 2 counted as 2", "reliability") == (1, 10000000)
    assert touched(rules, "a side below 10,000 USD", "reliability") == (1, 20000)


def world(exporters: dict[str, float], importers: dict[str, float]) -> str:
    """Sides whose log gap is, in turn, plus and minus the root of both variances: its square is their sum."""
    lines = ["| reporter | partner | flow | period | commodity | value |"]
    for at, (exporter, a) in enumerate(exporters.items()):
        for of, (importer, b) in enumerate(importers.items()):
            gap = math.sqrt(a + b) * (-1) ** (at + of)
            lines += [f"| {exporter} | {importer} | export | 2021 | TOTAL | {1e6 * math.exp(gap):.6f} |"]
            lines += [f"| {importer} | {exporter} | import | 2021 | TOTAL | 1000000 |"]
    return "\n".join(lines)


EXPORTERS = {f"XA{chr(65 + at)}": 0.36 if at == 0 else 0.04 for at in range(12)}
IMPORTERS = {f"XB{chr(65 + at)}": 0.25 if at == 1 else 0.04 for at in range(12)}


def test_a_careless_exporter_is_known_as_exporter_and_a_careless_importer_as_importer(engine):
    """Variances come back as they were put in; where the two tables are swapped this fails (defect 3)."""
    engine.register("flows", flows(world(EXPORTERS, IMPORTERS)))
    found = reliability(engine.run(Both().gaps)).to_pylist()
    spread = {(row["reporter"], row["role"]): row["standard_deviation"] ** 2 for row in found}
    shift = spread["XAB", "exporter"] - 0.04  # what one role has more, the other has less: only sums are seen
    assert spread["XAA", "exporter"] - spread["XAB", "exporter"] == pytest.approx(0.32, abs=1e-4)
    assert spread["XBB", "importer"] - spread["XBA", "importer"] == pytest.approx(0.21, abs=1e-4)
    assert spread["XBA", "importer"] == pytest.approx(0.04 - shift, abs=1e-4)
    assert all(row["low"] <= row["standard_deviation"] <= row["high"] for row in found)


def test_the_fit_goes_into_the_weights(engine):
    """From flows to weights: the careless exporter weighs little, its careful neighbour about half."""
    engine.register("flows", flows(world(EXPORTERS, IMPORTERS)))
    both = Both()
    found = reliability(engine.run(both.gaps))
    given = {f"{row['reporter']}_{row['role']}": row["standard_deviation"] for row in found.to_pylist()}
    rows = engine.run(both.reconciled(**given)).to_pylist()
    assert only(rows, exporter="XAA", importer="XBA")["weight_exporter"] < 0.2
    assert 0.3 < only(rows, exporter="XAB", importer="XBA")["weight_exporter"] < 0.7
    assert only(rows, exporter="XAB", importer="XBB")["weight_exporter"] > 0.7


def test_with_few_partners_the_variance_is_that_of_all_such_reporters(engine):
    """Nine partners are too few; the method says so and the pooled row is there."""
    few = dict(list(IMPORTERS.items())[:9])
    engine.register("flows", flows(world(EXPORTERS, few)))
    found = reliability(engine.run(Both().gaps)).to_pylist()
    assert {row["method"] for row in found if row["role"] == "exporter"} == {"pooled"}
    assert only(found, reporter="XAA", role="exporter")["pairs"] == 9
    assert only(found, reporter=OTHERS, role="exporter")["pairs"] == 9 * 12
    assert {row["method"] for row in found if row["role"] == "importer" and row["reporter"] != OTHERS} == {
        "fitted"
    }


def test_without_two_sides_nothing_is_fitted(engine):
    engine.register("flows", flows("| reporter | period | commodity |\n| XAA | 2021 | TOTAL |"))
    assert len(reliability(engine.run(Both().gaps))) == 0


def test_nothing_against_something_has_no_interval(answer):
    """A reported zero is a report, and no ratio tells how far it is from a hundred."""
    text = """
        | reporter | partner | flow   | period | commodity | valuation | value |
        | XAA      | XBB     | export | 2021   | TOTAL     | fob       | 0     |
        | XBB      | XAA     | import | 2021   | TOTAL     | cif       | 100   |
        """
    row = only(answer(text, Both().reconciled()))
    assert (row["low_90_usd"], row["high_90_usd"]) == (None, None)
    assert row["reason"] == "one side says zero"


@pytest.mark.parametrize(("export", "arrived"), [(9_000, 212_000), (200_000, 9_000), (9_000, 9_000)])
def test_a_flow_is_small_where_either_side_is(answer, export, arrived):
    """The floor holds for each side: not this, or that, as a slip of precedence would have it."""
    text = f"""
        | reporter | partner | flow   | period | commodity | valuation | value     |
        | XAA      | XBB     | export | 2021   | TOTAL     | fob       | {export}  |
        | XBB      | XAA     | import | 2021   | TOTAL     | cif       | {arrived} |
        """
    both = Both()
    assert answer(text, both.gaps) == []
    assert touched(answer(text, both.rules()), "a side below 10,000 USD", "reliability")[0] == 1
