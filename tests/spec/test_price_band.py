"""The band of unit values: median and median deviation of logarithms, from measured cells alone."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from entrepot.measures.price_band import in_dollars, price_band, traded
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant
from entrepot.model.period import EVER
from tests.spec.tables import FLOWS

ON_SPARK = (
    "test_the_middle_and_its_ends_by_hand",
    "test_euros_are_converted_by_the_month_and_never_mixed",
)
"""One test of each kind of step; see conftest."""

PRICES = (8.0, 9.0, 10.0, 10.0, 11.0, 12.5, 14.0, 20.0, 1000.0)
OTHERS = ("XBB", "XCC", "XDD", "XEE", "XFF", "XGG", "XHH", "XII", "XJJ")


def rates(**usd_per_unit):
    """A rate of each currency that holds in every month of 2021 and 2022."""
    days = [date(year, month, 1) for year in (2021, 2022) for month in range(1, 13)]
    rows = [(name, "M", day, rate) for name, rate in usd_per_unit.items() for day in days]
    names = {"currency": "string", "frequency": "string", "period": "date", "usd_per_unit": "float64"}
    return constant(dict(zip(names, zip(*rows, strict=True), strict=True)), names)


def banded(commodity="848210", month="2022-05", **more):
    """The band of one month of XAA's; the month is of HS2022."""
    day = date.fromisoformat(f"{month}-01")
    wanted = constant(
        {"origin": ["XAA"], "commodity": [commodity], "month": [day], "edition": ["HS2022"]},
        {"origin": "string", "commodity": "string", "month": "date", "edition": "string"},
    )
    told = traded(FLOWS, ("XAA",), parse_commodity(commodity), (EVER,))
    return price_band(in_dollars(told, rates(USD=1.0, EUR=1.1)), wanted, **more)


def drawn(prices=PRICES, weight=5.0, **columns):
    """One cell per country that XAA exports to, or that imports from it, each weighing the same."""
    given = {"period": "2022-05", "commodity": "848210", "flow": "export", "currency": "USD"} | columns
    sides = ("reporter", "partner") if given["flow"] == "export" else ("partner", "reporter")
    names = [*given, *sides, "value", "net_weight_kg"]
    rows = [
        [*given.values(), "XAA", other, repr(price * weight), repr(weight)]
        for other, price in zip(OTHERS, prices, strict=False)
    ]
    order = sorted(range(len(names)), key=lambda place: names[place])
    return "\n".join("| " + " | ".join(row[place] for place in order) + " |" for row in [names, *rows])


def by_numpy(prices, width=3.0):
    logs = np.log(prices)
    middle = np.median(logs)
    sd = 1.4826 * np.median(np.abs(logs - middle))
    return tuple(float(np.exp(middle + step * sd)) for step in (-width, 0, width))


def test_the_middle_and_its_ends_by_hand(answer):
    """Nine cells: the fifth is 11; their deviations' median is ln(11/9); one of a thousand moves nothing."""
    (row,) = answer(drawn(), banded())
    sd = 1.4826 * math.log(11 / 9)
    assert row["middle"] == pytest.approx(11, rel=1e-9)
    assert row["robust_sd"] == pytest.approx(sd, rel=1e-9)
    assert row["low"] == pytest.approx(11 * math.exp(-3 * sd), rel=1e-9)
    assert row["high"] == pytest.approx(11 * math.exp(3 * sd), rel=1e-9)
    assert (row["cells"], row["months"], row["basis"]) == (9, 1, "exports of XAA")
    assert (row["currencies"], row["hs_revisions"], row["snapshots"]) == ("USD", "HS2022", "s1")


def test_of_an_even_number_the_geometric_mean_of_the_two_in_the_middle(answer):
    (row,) = answer(drawn(PRICES[:8]), banded())
    assert row["middle"] == pytest.approx(math.sqrt(10 * 11), rel=1e-9)
    assert (row["low"], row["middle"], row["high"]) == pytest.approx(by_numpy(PRICES[:8]), rel=1e-9)


def test_fewer_cells_than_the_least_tell_how_few_and_no_band(answer):
    (row,) = answer(drawn(PRICES[:7]), banded())
    assert (row["low"], row["middle"], row["high"], row["robust_sd"]) == (None, None, None, None)
    assert row["cells"] == 7


def test_cells_that_are_alike_have_no_band(answer):
    """No deviation is no certainty: a price that cannot vary would flag everything."""
    (row,) = answer(drawn((10.0,) * 6 + (11.0, 12.0, 13.0)), banded())
    assert (row["low"], row["cells"]) == (None, 9)


def test_nothing_near_is_no_row(answer):
    assert answer(drawn(period="2021-10"), banded()) == []


def test_months_within_half_a_year_are_near(answer):
    """The same cells six months before still speak; a month more, and they do not."""
    (row,) = answer(drawn(period="2021-11", hs_revision="HS2022"), banded())
    assert row["cells"] == 9
    assert answer(drawn(period="2021-11"), banded(half_width=5)) == []


@pytest.mark.parametrize(
    ("column", "cell"), [("is_estimated", "true"), ("status", "imputed"), ("status", "mirrored")]
)
def test_what_was_estimated_is_no_cell(answer, column, cell):
    """Seven measured and nine estimated make seven."""
    usual = {"is_estimated": "false", "status": "reported"}[column]
    measured, other = drawn(PRICES[:7], **{column: usual}), drawn(period="2022-04", **{column: cell})
    (row,) = answer(measured + "\n" + _without_head(other), banded())
    assert row["cells"] == 7


def _without_head(text):
    return "\n".join(text.splitlines()[1:])


def test_totals_and_groups_are_no_cells(answer):
    """A row for the world, or for a union, beside its parts counts once: as the parts."""
    whole = [
        line.replace("XBB", name) for name in ("WLD", "EU27") for line in drawn(PRICES[:1]).splitlines()[1:]
    ]
    (row,) = answer("\n".join([drawn(), *whole]), banded())
    assert (row["cells"], row["middle"]) == (9, pytest.approx(11))


def test_national_codes_are_summed_into_six_digits(answer):
    """Two halves of eight digits: their value over their weight; a part without weight is left out whole."""
    dear = [3 * price for price in PRICES]
    unweighed = _without_head(drawn(commodity="84821095")).replace("| 5.0", "| null")
    text = [drawn(commodity="84821010"), _without_head(drawn(dear, commodity="84821090")), unweighed]
    (row,) = answer("\n".join(text), banded())
    assert (row["cells"], row["middle"]) == (9, pytest.approx(22))


def test_six_digits_told_are_not_added_to_their_parts(answer):
    text = drawn() + "\n" + _without_head(drawn([1.0] * 9, commodity="84821010"))
    (row,) = answer(text, banded())
    assert (row["cells"], row["middle"]) == (9, pytest.approx(11))


def test_kilograms_may_be_the_quantity(answer):
    text = drawn(quantity_unit="kg").replace("net_weight_kg", "quantity")
    (row,) = answer(text, banded())
    assert row["middle"] == pytest.approx(11)
    assert answer(text.replace("| kg", "| u"), banded()) == []


def test_a_code_whose_goods_changed_is_taken_in_one_edition(answer):
    """Of 240399 some went to heading 24.04: cells of 2021 in HS2017 say nothing of May 2022."""
    then = {"period": "2021-12", "hs_revision": "HS2017"}
    assert answer(drawn(commodity="240399", **then), banded("240399")) == []
    (row,) = answer(drawn(**then), banded())
    assert (row["cells"], row["hs_revisions"]) == (9, "HS2017")


def test_an_edition_no_table_links_is_another(answer):
    """Bearings kept their code from 2012 to 2017 too, but nothing here says so."""
    assert answer(drawn(period="2021-12", hs_revision="HS2012"), banded()) == []


def test_imports_speak_where_the_origin_is_silent(answer):
    """What nine countries say they imported from it, with freight; seven exports give way too."""
    told = drawn([2 * price for price in PRICES], flow="import", valuation="cif")
    few = _without_head(drawn(PRICES[:7], valuation="fob"))
    for text in (told, f"{told}\n{few}"):
        (row,) = answer(text, banded())
        assert (row["basis"], row["valuation"]) == ("imports from XAA", "cif")
        assert row["middle"] == pytest.approx(22, rel=1e-9)


def test_exports_go_before_imports(answer):
    imports = _without_head(drawn([2 * price for price in PRICES], flow="import"))
    (row,) = answer(f"{drawn()}\n{imports}", banded())
    assert (row["basis"], row["middle"]) == ("exports of XAA", pytest.approx(11))


def test_euros_are_converted_by_the_month_and_never_mixed(answer):
    """At 1.10 all is a tenth dearer; with one cell in dollars there is that cell alone, and no band."""
    euros = drawn(currency="EUR")
    (row,) = answer(euros, banded())
    assert (row["middle"], row["currencies"]) == (pytest.approx(12.1, rel=1e-9), "EUR")
    dollar = _without_head(drawn(PRICES[:1]).replace("XBB", "XKK"))
    (row,) = answer(f"{euros}\n{dollar}", banded())
    assert (row["cells"], row["low"], row["currencies"]) == (1, None, "USD")


def test_a_month_without_a_rate_is_left_out(answer):
    assert answer(drawn(currency="GBP"), banded()) == []
