"""Both sides of a shipment: when they are compared, what the gap is, and when they are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import pyarrow as pa
import pytest

from entrepot.answers._rates import rates
from entrepot.measures import margin, mirror, noise
from entrepot.measures.cells import Selection, cells
from entrepot.measures.sides import side, spans, valued, yearly
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant, held
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

Rows = Callable[..., list[dict[str, Any]]]
BEFORE, AFTER = (parse_window("2021"),), (parse_window("2022"),)

ON_SPARK = (
    "test_interval_from_drift_and_margin",
    "test_a_groups_own_figure_and_its_members_are_never_added",
)
"""One test of each kind of step; see conftest."""

ORDINARY = """
    | reporter | partner | flow   | period | commodity | valuation | value |
    | XAA      | XBB     | export | 2021   | TOTAL     | fob       | 100   |
    | XAA      | XBB     | export | 2022   | TOTAL     | fob       | 300   |
    | XBB      | XAA     | import | 2021   | TOTAL     | cif       | 106   |
    | XBB      | XAA     | import | 2022   | TOTAL     | cif       | 159   |
    """


def both(commodity: str = "TOTAL", destinations: tuple[str, ...] = ("XBB",), origin: str = "XAA") -> Any:
    """The two sides of the origin's trade with the destinations."""
    goods = parse_commodity(commodity)
    exports = cells(FLOWS, Selection((origin,), destinations, Flow.EXPORT, goods))
    imports = cells(FLOWS, Selection(destinations, (origin,), Flow.IMPORT, goods))
    return side(exports, exports=True).union(side(imports, exports=False))


def compared(
    *,
    share: float = 0.06,
    destinations: tuple[str, ...] = ("XBB",),
    commodity: str = "TOTAL",
    band: tuple[float, float] | None = None,
    fault: str | None = None,
    error: float = 0.0,
    origin: str = "XAA",
    exporters: int = 1,
) -> Any:
    """The mirror of XAA's exports to the destinations, 2022 on 2021, in dollars."""
    sides = both(commodity, destinations, origin)
    spanned = spans(
        valued(sides, rates([], "USD")),
        BEFORE,
        AFTER,
        currency="USD",
        covered=covering(sides),
        tellers=TELLERS,
    )
    many = len(destinations)
    choice = {
        "choice": "asked",
        "rates": "monthly",
        "margin_kind": "given",
        "basis": "origin",
        "row": "members",
    }
    named = {"origin": [origin] * many, "destination": list(destinations)}
    members: dict[str, Any] = {"export_members": [exporters] * many, "import_members": [1] * many}
    flags: dict[str, Any] = dict.fromkeys(_HAS, [True] * many)
    choices = constant(
        {name: [text] * many for name, text in choice.items()} | named | flags | members,
        dict.fromkeys((*choice, *named), "string")
        | dict.fromkeys(flags, "boolean")
        | dict.fromkeys(members, "int64"),
    )
    margins = [
        {"margin_kind": "given", "margin": share, "margin_error": error, "margin_source": "given"}
    ] * many
    margins = [m | {"origin": origin, "destination": d} for m, d in zip(margins, destinations, strict=True)]
    low, high = band or (None, None)
    bands = [
        {
            "choice": "asked",
            "origin": origin,
            "destination": d,
            "drift_low": low,
            "drift_high": high,
            "drifts": 19,
            "drift_source": "",
        }
        for d in destinations
    ]
    faults = [{"origin": origin, "destination": d, "fault": fault} for d in destinations if fault]
    return mirror.mirror(
        spanned,
        choices,
        held(
            pa.Table.from_pylist(margins, schema=margin.MARGINS.append(pa.field("margin_kind", pa.string())))
        ),
        held(pa.Table.from_pylist(bands, schema=noise.BANDS)),
        held(pa.Table.from_pylist(faults, schema=_FAULTS)),
    )


def covering(sides: Any) -> Any:
    """What each reporter gives with anyone: here, the sides themselves."""
    area = ibis.ifelse(sides.side == "export", sides.origin_member, sides.destination_member)
    return sides.select("side", "period", "frequency", "value", area=area)


def telling(**groups: str) -> Any:
    """Each area with itself and its members."""
    pairs = [(one, one) for one in ("XAA", "XBB", "XCC")]
    pairs += [(group, member) for group, members in groups.items() for member in (group, *members.split())]
    columns = {"asked": [one for one, _ in pairs], "area": [other for _, other in pairs]}
    return constant(columns, dict.fromkeys(columns, "string"))


TELLERS = telling(EU27="DEU FRA")
_HAS = ("has_base", "has_window")
_FAULTS = pa.schema([("origin", pa.string()), ("destination", pa.string()), ("fault", pa.string())])


def test_imports_come_to_fob_by_division(answer: Rows):
    """159 cif at a margin of 6 % are 150 fob: 159 / 1.06, not 159 * 0.94."""
    row = answer(ORDINARY, compared())[0]
    assert row["import_fob"] == pytest.approx(159 / 1.06)
    assert row["gap"] == pytest.approx(300 - 150)
    assert row["base_gap"] == pytest.approx(100 - 100)


def test_the_missing_share_is_of_changes(answer: Rows):
    """200 more left, 50 more arrived: three quarters are missing, whatever the levels were."""
    row = answer(ORDINARY, compared())[0]
    assert row["additional_exports"] == 200
    assert row["additional_imports"] == pytest.approx(50)
    assert row["missing_share"] == pytest.approx(1 - 50 / 200)


def test_imports_reported_fob_have_no_margin(answer: Rows):
    """A publisher that values imports at the border of the exporter has no freight in them."""
    row = answer(ORDINARY.replace("cif", "fob"), compared())[0]
    assert row["import_fob"] == 159


def test_a_world_without_errors_has_no_gap(answer: Rows):
    """Both sides say the same: nothing is missing."""
    text = ORDINARY.replace("106", "100").replace("159", "300")
    row = answer(text, compared(share=0.0))[0]
    assert (row["gap"], row["missing_share"]) == (0.0, 0.0)


def test_no_share_where_exports_fell(answer: Rows):
    """A share of what was added needs something added."""
    row = answer(ORDINARY.replace("300", "90"), compared())[0]
    assert row["missing_share"] is None
    assert row["gap"] is not None
    assert row["refused"] is None


def test_interval_from_drift_and_margin(answer: Rows):
    """In money: 150 (e^0.2 - 1) below, 150 (1 - e^-0.1) above, and 1.645 errors of the margin, squared."""
    row = answer(ORDINARY, compared(band=(-0.2, 0.1), error=0.02))[0]
    by_margin = 1.6448536 * 0.02 / 1.06 * 50
    below = ((150 * (2.718281828**0.2 - 1)) ** 2 + by_margin**2) ** 0.5
    above = ((150 * (1 - 2.718281828**-0.1)) ** 2 + by_margin**2) ** 0.5
    assert row["low_90"] == pytest.approx(0.75 - below / 200)
    assert row["high_90"] == pytest.approx(0.75 + above / 200)
    assert row["gap_high_90"] - row["gap"] == pytest.approx(1.6448536 * 0.02 / 1.06 * 150)


def test_no_interval_without_ordinary_years(answer: Rows):
    """Too few changes to know what is ordinary: no ends are made up."""
    row = answer(ORDINARY, compared())[0]
    assert (row["low_90"], row["high_90"]) == (None, None)


@pytest.mark.parametrize("status", ["imputed", "mirrored", "estimated"])
def test_a_derived_side_is_refused(answer: Rows, status: str):
    """A value made from the partner's is no witness against it."""
    text = """
        | reporter | partner | flow   | period | commodity | value | status   |
        | XAA      | XBB     | export | 2021   | TOTAL     | 100   | reported |
        | XAA      | XBB     | export | 2022   | TOTAL     | 300   | reported |
        | XBB      | XAA     | import | 2021   | TOTAL     | 106   | reported |
        | XBB      | XAA     | import | 2022   | TOTAL     | 318   | STATUS   |
        """.replace("STATUS", status)
    row = answer(text, compared())[0]
    assert row["refused"] == f"derived side, status {status}: the import side of the window"
    assert (row["gap"], row["missing_share"]) == (None, None)
    assert (row["export_fob"], row["import_fob"]) == (300, 300)


def test_a_partial_year_is_refused(answer: Rows):
    """Eleven months of exports against a year of imports."""
    months = "\n".join(f"| XAA | XBB | export | 2022-{m:02d} | TOTAL | 20 |" for m in range(1, 12))
    text = f"""
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2021   | TOTAL     | 100   |
        | XBB      | XAA     | import | 2021   | TOTAL     | 106   |
        | XBB      | XAA     | import | 2022   | TOTAL     | 159   |
        {months}
        """
    row = answer(text, compared())[0]
    assert row["refused"] == "partial, 11 of 12 months are reported: the export side of the window"
    assert row["export_months"] == 11


def test_levels_that_differ_are_refused(answer: Rows):
    """A heading on one side, the sum of what subheadings are held on the other."""
    text = """
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2021   | 8703      | 100   |
        | XAA      | XBB     | export | 2022   | 8703      | 300   |
        | XBB      | XAA     | import | 2021   | 8703      | 106   |
        | XBB      | XAA     | import | 2022   | 870323    | 159   |
        """
    row = answer(text, compared(commodity="8703"))[0]
    assert row["refused"] == "level mismatch, 4 and 6 digits: the window"


def test_a_currency_without_a_rate_is_refused(answer: Rows):
    """Tenge have no rate here: the side is there, and cannot be compared."""
    text = """
        | reporter | partner | flow   | period | commodity | value | currency |
        | XAA      | XBB     | export | 2021   | TOTAL     | 100   | USD      |
        | XAA      | XBB     | export | 2022   | TOTAL     | 300   | USD      |
        | XBB      | XAA     | import | 2021   | TOTAL     | 106   | USD      |
        | XBB      | XAA     | import | 2022   | TOTAL     | 70000 | KZT      |
        """
    row = answer(text, compared())[0]
    assert "the import side of the window" in row["refused"]
    row = answer(text.replace("106   | USD", "45000 | KZT"), compared())[0]
    assert "currency mismatch, no exchange rate: the import side of the window" in row["refused"]


def test_a_side_nobody_reports_is_missing_not_zero(answer: Rows):
    """No import report is no import of zero."""
    text = "\n".join(line for line in ORDINARY.splitlines() if "159" not in line)
    row = answer(text, compared())[0]
    assert row["refused"] == "no report is held: the import side of the window"
    assert row["import_fob"] is None


def test_faults_found_elsewhere_refuse(answer: Rows):
    """What the tests of whole reporters find stops the comparison."""
    row = answer(ORDINARY, compared(fault="derived side, the ratio froze"))[0]
    assert row["refused"] == "derived side, the ratio froze"


def test_euros_are_converted_at_each_periods_rate(answer: Rows):
    """100 euros of 2021 at 1.1827, 300 of 2022 at 1.0530: the ECB's averages of those years."""
    text = ORDINARY.replace("| value |", "| value | currency |").replace("100   |", "100   | EUR |")
    text = text.replace("300   |", "300   | EUR |").replace("106   |", "106   | USD |")
    text = text.replace("159   |", "159   | USD |")
    row = answer(text, compared())[0]
    assert row["export_fob"] == pytest.approx(300 * 1.0530)
    assert row["base_export_fob"] == pytest.approx(100 * 1.1827)


def test_a_series_keeps_its_currency_from_base_to_window(answer: Rows):
    """Dollars for 2021 alone do not stand in for the euros that cover both years."""
    text = """
        | reporter | partner | flow   | period | commodity | value | currency |
        | XAA      | XBB     | export | 2021   | TOTAL     | 100   | EUR      |
        | XAA      | XBB     | export | 2022   | TOTAL     | 300   | EUR      |
        | XAA      | XBB     | export | 2021   | TOTAL     | 999   | USD      |
        | XBB      | XAA     | import | 2021   | TOTAL     | 106   | USD      |
        | XBB      | XAA     | import | 2022   | TOTAL     | 159   | USD      |
        """
    row = answer(text, compared())[0]
    assert row["base_export_fob"] == pytest.approx(100 * 1.1827)
    assert row["export_reported_in"] == "EUR"


TWO = """
    | reporter | partner | flow   | period | commodity | valuation | value |
    | XAA      | XBB     | export | 2021   | TOTAL     | fob       | 100   |
    | XAA      | XBB     | export | 2022   | TOTAL     | fob       | 300   |
    | XBB      | XAA     | import | 2021   | TOTAL     | cif       | 106   |
    | XBB      | XAA     | import | 2022   | TOTAL     | cif       | 159   |
    | XAA      | XCC     | export | 2021   | TOTAL     | fob       | 10    |
    | XAA      | XCC     | export | 2022   | TOTAL     | fob       | 110   |
    | XCC      | XAA     | import | 2021   | TOTAL     | cif       | 10.6  |
    | XCC      | XAA     | import | 2022   | TOTAL     | cif       | 116.6 |
    """


def test_the_total_is_the_share_of_the_sums(answer: Rows):
    """300 more left for the two, 150 more arrived: a half, which is no mean of three quarters and nothing."""
    pairs = compared(destinations=("XBB", "XCC"), band=(-0.1, 0.1))
    rows = answer(TWO, mirror.with_total(pairs, "XBB+XCC"))
    assert [row["destination"] for row in rows] == ["XBB", "XCC", "XBB+XCC"]
    assert rows[-1]["missing_share"] == pytest.approx(1 - (50 + 100) / (200 + 100))
    below = [row["missing_share"] - row["low_90"] for row in rows]
    money = ((below[0] * 200) ** 2 + (below[1] * 100) ** 2) ** 0.5
    assert below[2] == pytest.approx(money / 300)


def test_the_total_is_refused_where_a_part_is(answer: Rows):
    """A sum over those that can be compared would answer another question."""
    text = "\n".join(line for line in TWO.splitlines() if "116.6" not in line)
    rows = answer(text, mirror.with_total(compared(destinations=("XBB", "XCC")), "XBB+XCC"))
    assert rows[-1]["refused"] == "refused for XCC"
    assert rows[-1]["missing_share"] is None


def test_whole_years_from_months_or_an_annual_figure(answer: Rows):
    """Twelve months are a year; eleven are none, and an annual figure takes their place."""
    months = "\n".join(f"| export | 2020-{m:02d} | 1 |" for m in range(1, 13))
    part = "\n".join(f"| export | 2021-{m:02d} | 1 |" for m in range(1, 12))
    text = f"""
        | flow   | period | value |
        | export | 2021   | 50    |
        {months}
        {part}
        """
    goods = parse_commodity("870300")
    exports = side(cells(FLOWS, Selection(("XAA",), ("XBB",), Flow.EXPORT, goods)), exports=True)
    proper = rates([], "USD")
    rows = answer(text, yearly(valued(exports, proper.filter(proper.kind == "monthly")), "USD"))
    assert sorted((row["year"].year, row["value"]) for row in rows) == [(2020, 12), (2021, 50)]


def test_ordinary_years_show_what_the_share_says_of_them(answer: Rows):
    """A year in which exports rose by 10 and imports by 30 would have shown -200 %."""
    years = constant(
        {
            "origin": ["XAA"] * 2,
            "destination": ["XBB"] * 2,
            "year": [parse_window(y).first for y in ("2018", "2019")],
            "export_value": [100.0, 110.0],
            "import_value": [100.0, 130.0],
        },
        {"origin": "string", "destination": "string", "year": "date"}
        | dict.fromkeys(("export_value", "import_value"), "float64"),
    )
    rows = answer("| value |\n| 1 |", mirror.ordinary(years))
    assert [row["missing_share"] for row in rows] == [None, pytest.approx(1 - 30 / 10)]
    assert rows[1]["ratio"] == pytest.approx(130 / 110)


def test_a_null_rate_is_no_zero(answer: Rows):
    """A row without a rate is marked, and its value is null."""
    exports = side(
        cells(FLOWS, Selection(("XAA",), ("XBB",), Flow.EXPORT, parse_commodity("870300"))), exports=True
    )
    rows = answer("| currency | value |\n| KZT | 5 |", valued(exports, rates([], "USD")))
    assert {(row["value"], row["unrated"]) for row in rows} == {(None, True)}
    assert isinstance(exports, ibis.Table)


MEMBERS = """
    | reporter | partner | flow   | period | commodity | value | currency |
    | XBB      | DEU     | import | 2021   | TOTAL     | 120   | USD      |
    | XBB      | FRA     | import | 2021   | TOTAL     | 120   | USD      |
    | XBB      | DEU     | import | 2022   | TOTAL     | 240   | USD      |
    | XBB      | FRA     | import | 2022   | TOTAL     | 240   | USD      |
    | FRA      | XBB     | export | 2021   | TOTAL     | 120   | USD      |
    | FRA      | XBB     | export | 2022   | TOTAL     | 240   | USD      |
    """


def test_each_member_keeps_its_own_frequency(answer: Rows):
    """Germany by months, France by years: both count, and nothing is missing."""
    months = "\n".join(
        f"| DEU | XBB | export | {year}-{m:02d} | TOTAL | {value} | USD |"
        for year, value in ((2021, 10), (2022, 20))
        for m in range(1, 13)
    )
    row = answer(MEMBERS + months, compared(share=0.0, origin="EU27", exporters=2))[0]
    assert (row["base_export_fob"], row["export_fob"]) == (240, 480)
    assert (row["missing_share"], row["refused"]) == (0, None)


def euros(who: str) -> str:
    """100 of 2021 and 200 of 2022."""
    return "\n".join(
        f"| {who} | XBB | export | {year} | TOTAL | {value} | EUR |"
        for year, value in ((2021, 100), (2022, 200))
    )


def test_each_member_keeps_its_own_currency(answer: Rows):
    """Germany in euros, France in dollars: both count."""
    row = answer(MEMBERS + euros("DEU"), compared(origin="EU27", exporters=2))[0]
    assert row["export_fob"] == pytest.approx(240 + 200 * 1.0530)


def test_a_groups_own_figure_and_its_members_are_never_added(answer: Rows):
    """The union in euros for both years, a member in dollars: the union speaks."""
    row = answer(MEMBERS + euros("EU27"), compared(origin="EU27", exporters=2))[0]
    assert row["export_fob"] == pytest.approx(200 * 1.0530)
    assert row["refused"] is None


def test_members_that_do_not_report_are_missed(answer: Rows):
    """France alone is not the two of them, in the base as in the window."""
    row = answer(MEMBERS, compared(origin="EU27", exporters=2))[0]
    told = "1 of 2 members report: the export side of the"
    assert row["refused"] == f"{told} base; {told} window"


def test_freight_comes_off_where_it_is_row_by_row(answer: Rows):
    """Of two goods one is imported cif and one fob; an exporter that values cif has freight to lose too."""
    text = """
        | reporter | partner | flow   | period | commodity | valuation | value |
        | XAA      | XBB     | export | 2021   | 870310    | cif       | 106   |
        | XAA      | XBB     | export | 2022   | 870310    | cif       | 212   |
        | XBB      | XAA     | import | 2021   | 870310    | cif       | 53    |
        | XBB      | XAA     | import | 2021   | 870320    | fob       | 50    |
        | XBB      | XAA     | import | 2022   | 870310    | cif       | 106   |
        | XBB      | XAA     | import | 2022   | 870320    | fob       | 100   |
        """
    row = answer(text, compared(commodity="870310,870320"))[0]
    assert (row["export_fob"], row["import_fob"]) == (pytest.approx(200), pytest.approx(200))


def test_base_and_window_of_unlike_sources_are_told(answer: Rows):
    """A base of one publisher and a window of another."""
    text = ORDINARY.replace("| value |", "| value | source |").replace("100   |", "100   | one |")
    for value, source in (("300", "two"), ("106", "tidy"), ("159", "tidy")):
        text = text.replace(f"{value}   |", f"{value}   | {source} |")
    assert answer(text, compared())[0]["is_other_source"] is True


def test_a_codes_own_year_comes_before_months_of_its_parts(answer: Rows):
    """A chapter told for the year is not what happens to be held of it by months."""
    months = "\n".join(f"| XAA | XBB | export | 2022-{m:02d} | 8703 | 10 |" for m in range(1, 13))
    text = f"""
        | reporter | partner | flow   | period | commodity | value |
        | XAA      | XBB     | export | 2021   | 87        | 100   |
        | XAA      | XBB     | export | 2022   | 87        | 300   |
        | XBB      | XAA     | import | 2021   | 87        | 106   |
        | XBB      | XAA     | import | 2022   | 87        | 159   |
        {months}
        """
    assert answer(text, compared(commodity="87"))[0]["export_fob"] == 300
