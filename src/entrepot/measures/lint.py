"""What betrays a report that is none: ratios that freeze, decimals that lengthen, years that stop early.

Each test is a function from tables to one row per area and year in which it fires, with the reason.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

FROZEN = 1e-6  # relative change of a ratio below which it did not move
MOST = 0.8  # share of a reporter's partners that must show a defect at once
FEWEST = 10  # partners, before a share of them says something
_CENTS = 1e-4
_LARGEST = 1e13
_LEAST = 1e6  # below it rounding to thousands makes ratios meet


def frozen(pairs: Table) -> Table:
    """One row per pair and year in which the ratio of the two sides is last year's to the digit.

    pairs: origin, destination, year, export_value, import_value. Two true reports never keep their ratio; one
    multiplied from the other does, each pair with a constant of its own. Sides that are equal, or below a
    million, say nothing. Columns: origin, destination, year, import_value, fault.
    """
    large = pairs.filter(pairs.export_value >= _LEAST, pairs.import_value >= _LEAST)
    ratio = large.mutate(ratio=large.import_value / large.export_value.nullif(0), at=large.year.year())
    ratio = ratio.filter((ratio.ratio - 1).abs() > FROZEN)
    before = ratio.select("origin", "destination", last=ratio.ratio, at=ratio.at + 1)
    both = ratio.inner_join(before, ["origin", "destination", "at"])
    still = both.filter(((both.ratio / both["last"].nullif(0)) - 1).abs() < FROZEN)
    said = ibis.literal(
        "derived side, the ratio of the two sides is that of the year before to the digit in "
    )
    return still.select("origin", "destination", "year", "import_value", fault=said + still.at.cast("string"))


def long_decimals(reports: Table) -> Table:
    """One row per area, side and year in which most figures end beyond the cent, and the year before few did.

    reports: area, side, partner, year, value (units of the publisher's currency). Columns: area, side, year,
    fault. Source of the rule: shares of long decimals of Russian series in IMF IMTS, 0 % to 2021, about 90 %
    from 2022 (PEERS A.13).
    """
    known = reports.filter(reports.value.notnull(), reports.value != 0)
    cents = ibis.ifelse(known.value.abs() < _LARGEST, known.value, 0.0) * 100  # whole numbers have an end
    beyond = (cents - cents.round()).abs() > _CENTS
    shares = known.group_by(["area", "side", "year"]).agg(
        share=beyond.cast("float64").mean(), partners=known.partner.nunique()
    )
    now = shares.mutate(at=shares.year.year())
    before = now.select("area", "side", was=now.share, at=now.at + 1)
    both = now.inner_join(before, ["area", "side", "at"])
    odd = both.filter(both.partners >= FEWEST, both.share >= MOST, both.was <= 1 - MOST)
    said = ibis.literal("derived side, figures end beyond the cent as they never did before: ")
    return odd.select("area", "side", "year", fault=said + odd.area + " in " + odd["at"].cast("string"))


def stopped_early(reports: Table) -> Table:
    """One row per area, side and year in which four partners of five fall by more than half at once.

    reports: as in `long_decimals`. That is a year cut short, or a reporter in collapse: not to be compared.
    """
    known = reports.filter(reports.value > 0).mutate(at=reports.year.year())
    before = known.select("area", "side", "partner", was=known.value, at=known.at + 1)
    both = known.inner_join(before, ["area", "side", "partner", "at"])
    shares = both.group_by(["area", "side", "year", "at"]).agg(
        share=(both.value < both.was / 2).cast("float64").mean(), partners=both.count()
    )
    odd = shares.filter(shares.partners >= FEWEST, shares.share >= MOST)
    said = ibis.literal("partial, nearly all partners fall by more than half at once: ")
    return odd.select("area", "side", "year", fault=said + odd.area + " in " + odd["at"].cast("string"))
