"""Rules on goods, places and prices: what is true, what is false, and what nobody can know."""

from __future__ import annotations

from entrepot.measures.shipment_rules import RULES, judged
from tests.spec.shipments import SHIPMENTS, as_told, judge, known

ON_SPARK = (
    "test_goods_of_a_list_in_force_that_day",
    "test_an_embargo_binds_the_exporter_and_concerns_the_destination",
    "test_a_price_outside_the_band",
)
"""One test of each join; see conftest."""

GOODS = """
    | list | version    | until      | tier | hs_revision | commodity | is_certain | is_first |
    | chpl | 2023-05-01 | 2024-02-01 | 1    | HS2022      | 854231    | true       |          |
    | chpl | 2023-05-01 | 2024-02-01 | 3.A  | HS2022      | 854110    | false      |          |
    | chpl | 2024-02-01 |            | 1    | HS2022      | 854231    | true       |          |
    | chpl | 2024-02-01 |            | 2    | HS2022      | 852691    | true       |          |
    | own  | 2023-01-01 | 2023-06-01 | 9    | HS2022      | 854231    | true       |          |
    """


def test_goods_of_a_list_in_force_that_day(engine):
    """Of two lists the strongest tier is told; a code with other goods too, and a heading, are unknown."""
    said = judge(
        engine,
        "high_priority_goods",
        """
        | hs_code    | date       | revision |
        | 8542310000 | 2023-05-04 |          |
        | 870323     | 2023-05-04 |          |
        | 854110     | 2023-05-04 |          |
        | 8542       | 2023-05-04 |          |
        | 8703       | 2023-05-04 |          |
        | 854231     | 2022-12-31 |          |
        | 852691     | 2024-01-31 |          |
        | 852691     | 2024-02-01 |          |
        |            | 2023-05-04 |          |
        | 854231     |            |          |
        | 854231     | 2023-05-04 | HS2012   |
        | none       | 2023-05-04 |          |
        """,
        goods=GOODS,
    )
    assert said == [
        (True, "8542310000 (HS2022) is on tier 1 of chpl (from 2023-05-01 on)"),
        (False, "870323 (HS2022) was on no list held on 2023-05-04"),
        (
            None,
            "whether all goods of 854110 (HS2022) are on tier 3.A of chpl (from 2023-05-01 on) is not known",
        ),
        (
            None,
            "8542 (HS2022) is shorter than six digits and holds codes on tier 1 of chpl (from 2023-05-01 on)",
        ),
        (False, "8703 (HS2022) was on no list held on 2023-05-04"),
        (False, "no version held was in force on 2022-12-31"),
        (False, "852691 (HS2022) was on no list held on 2024-01-31"),
        (True, "852691 (HS2022) is on tier 2 of chpl (from 2024-02-01 on)"),
        (None, "not told: hs_code"),
        (None, "not told: date"),
        (None, "no list of goods is held in HS2012"),
        (None, "none is not a code of goods"),
    ]


def test_a_code_that_the_edition_does_not_have_is_unknown(engine):
    """`derive` leaves the edition out for such a code."""
    text = "| hs_code | date | revision |\n| 854140 | 2023-05-04 | |"
    engine.register(
        "shipments", as_told(text).set_column(SHIPMENTS.columns.index("revision"), "revision", [[None]])
    )
    (row,) = engine.run(judged(SHIPMENTS, known(goods=GOODS), ("high_priority_goods",))).to_pylist()
    because = "the edition of 854140 is not told, or has no such code"
    assert (row["high_priority_goods"], row["high_priority_goods__because"]) == (None, because)


def test_before_the_first_version_held_nothing_is_known_where_there_were_earlier_ones(engine):
    """A list that says it had earlier versions makes the days before the first one held unknown."""
    text = """
        | hs_code | date       |
        | 870323  | 2023-04-30 |
        | 870323  | 2023-05-01 |
        """
    goods = """
        | list | version    | tier | hs_revision | commodity | is_certain | is_first |
        | chpl | 2023-05-01 | 1    | HS2022      | 854231    | true       | false    |
        """
    said = judge(engine, "high_priority_goods", text, goods=goods)
    assert said == [
        (None, "lists are held from 2023-05-01, not of 2023-04-30"),
        (False, "870323 (HS2022) was on no list held on 2023-05-01"),
    ]


def test_goods_listed_after_the_shipment(engine):
    """The first later version counts; goods listed already are not listed later."""
    said = judge(
        engine,
        "later_listed_goods",
        """
        | hs_code | date       |
        | 852691  | 2023-05-04 |
        | 854231  | 2023-05-04 |
        | 854231  | 2022-05-04 |
        | 854110  | 2023-04-30 |
        | 854110  | 2023-05-04 |
        | 852691  | 2024-05-04 |
        | 852691  |            |
        """,
        goods=GOODS,
    )
    assert said == [
        (True, "852691 (HS2022) was listed later, 2024-02-01: tier 2 of chpl"),
        (False, "854231 (HS2022) was listed already: tier 1 of chpl (from 2023-05-01 on)"),
        (True, "854231 (HS2022) was listed later, 2023-01-01: tier 9 of own"),
        (None, "854110 (HS2022) has some goods listed later, 2023-05-01: tier 3.A of chpl"),
        (None, "854110 (HS2022) may have been listed already: tier 3.A of chpl (from 2023-05-01 on)"),
        (False, "852691 (HS2022) was listed already: tier 2 of chpl (from 2024-02-01 on)"),
        (None, "not told: date"),
    ]


def test_an_embargo_binds_the_exporter_and_concerns_the_destination(engine):
    """Goods of the code, all or some: true. A place on the way: unknown. False only where all is held.

    An origin that is not told is where they are sent from, unless the law of another would forbid them.
    """
    said = judge(
        engine,
        "embargo",
        """
        | exporter_country | origin | destination | via | end_use_country | hs_code  | date       |
        | XAA              | XBB    | XRR         |     |                 | 93020000 | 2023-05-04 |
        | XBB              | XAA    | XCC         |     | XRR             | 9302     | 2024-12-31 |
        | XAA              | XAA    | XRR         |     |                 | 9302     | 2014-07-31 |
        | XAA              | XAA    | XRR         |     |                 | 9302     | 2025-01-01 |
        | XAA              | XAA    | XRR         |     |                 | 847130   | 2023-05-04 |
        | XAA              | XAA    | XRR         |     |                 | 84       | 2023-05-04 |
        | XAA              | XAA    | XCC         | XDD XRR |             | 9302     | 2023-05-04 |
        | XAA              | XAA    | XCC         |     |                 | 9302     | 2023-05-04 |
        | XAA              | XBB    | XCC         |     |                 | 9302     | 2023-05-04 |
        | XAA              |        | XCC         |     |                 | 9302     | 2023-05-04 |
        | XAA              |        | XTT         |     |                 | 9302     | 2023-05-04 |
        | XAA              |        | XTT         |     |                 | 9401     | 2023-05-04 |
        | XAA              |        | XTT         |     |                 | 9302     | 2013-05-04 |
        | XAA              | XAA    | XRR         |     |                 |          | 2023-05-04 |
        | XAA              | XAA    | XSS         |     |                 |          | 2023-05-04 |
        """,
        regimes="""
        | regime | binds | concerns | since      | until      | code   | is_whole | citation |
        | arms   | XAA   | XRR      | 2014-08-01 | 2024-12-31 | 93     | true     | Act 1    |
        | arms   | XAA   | XRR      | 2014-08-01 | 2024-12-31 | 9302   | true     | Act 1    |
        | some   | XAA   | XRR      | 2014-08-01 |            | 847130 | false    |          |
        | all    | XAA   | XSS      | 2006-01-01 |            |        | true     |          |
        | made   | XBB   | XTT      | 2014-08-01 |            | 93     | true     | Act 2    |
        """,
        covered="| binds | since | until |\n| XAA | 2010-01-01 | 2024-01-01 |\n| XAA | 2012-01-01 | |",
    )
    arms = "XAA to XRR: arms since 2014-08-01, Act 1"
    some = "XAA to XRR: some since 2014-08-01, of some goods of the code; whether of these, no code tells"
    same = "; origin not told, taken to be the same"
    none = "no embargo held binds XAA and concerns {} for 9302 on {}"
    assert said == [
        (True, arms),
        (True, arms),
        (False, none.format("XRR", "2014-07-31")),
        (False, none.format("XRR", "2025-01-01")),
        (True, some),
        (True, some),
        (None, f"on the way, {arms}; transit is not read"),
        (False, none.format("XCC", "2023-05-04")),
        (None, "not all embargoes of XBB on 2023-05-04 are held"),
        (False, none.format("XCC", "2023-05-04") + same),
        (None, "not told: origin; if made elsewhere, XBB to XTT: made since 2014-08-01, Act 2"),
        (False, none.format("XTT", "2023-05-04").replace("9302", "9401") + same),
        (False, none.format("XTT", "2013-05-04") + same),
        (None, "not told: hs_code"),
        (True, "XAA to XSS: all since 2006-01-01"),
    ]


ROUTES = """
|origin|hub|destination|commodity|list|window|window_first|window_last|discovered|total|low_90|high_90|currency|asked|
|EU27|KGZ|RUS|      |chpl|2022-03:2022-11|2022-03-01|2022-11-30|true |1.2e9|8e8|1.7e9|USD||
|EU27|KGZ|RUS|854231|chpl|2022-03:2022-11|2022-03-01|2022-11-30|true |4e6  |2e6|5.5e6|USD||
|EU27|KGZ|RUS|852691|chpl|2022-03:2022-11|2022-03-01|2022-11-30|false|3e3  |0  |9e3  |USD||
|EU27|KGZ|RUS|852691|chpl|2021           |2021-01-01|2021-12-31|true |9e9  |8e9|9e9  |USD|EU|
|DEU |ARM|RUS|      |chpl|2022           |2022-01-01|2022-12-31|false|5    |   |     |USD||
    """


def test_a_corridor_of_the_good_goes_before_that_of_its_list(engine):
    """A member's goods are its group's; the last window begun counts; what was not tested is unknown."""
    said = judge(
        engine,
        "corridor",
        """
        | origin | exporter_country | destination | via | hs_code | date       |
        |        | DEU              | KGZ         |     | 854231  | 2023-05-04 |
        | DEU    | ARE              | RUS         | KGZ | 852691  | 2023-05-04 |
        | DEU    |                  | ARM         |     | 854231  | 2023-05-04 |
        | DEU    |                  | KGZ         |     | 852691  | 2021-05-04 |
        | DEU    |                  | KGZ         |     | 870323  | 2023-05-04 |
        | CHN    |                  | KGZ         |     | 854231  | 2023-05-04 |
        | DEU    |                  | KGZ         |     | 854231  |            |
        | DEU    |                  | KGZ         |     | 854231  | 2020-12-31 |
        |        |                  | KGZ         |     | 854231  | 2023-05-04 |
        """,
        corridors=ROUTES,
        goods=GOODS,
    )
    way = "beyond expectation, EU27 -> KGZ -> RUS"
    small = "5 USD (90 %: ? to ?) of chpl beyond expectation, DEU"
    whole = f"1.2 bn USD (90 %: 0.8 to 1.7) of chpl {way}, 2022-03:2022-11"
    assert said == [
        (True, f"4 million USD (90 %: 2 to 5.5) of 854231 {way}, 2022-03:2022-11; {whole}"),
        (True, f"{whole}; not discovered: 3 thousand USD (90 %: 0 to 9) of 852691 {way}, 2022-03:2022-11"),
        (False, f"tested, not discovered: {small} -> ARM -> RUS, 2022"),
        (True, "9 bn USD (90 %: 8 to 9) of 852691 beyond expectation, EU -> KGZ -> RUS, 2021"),
        (None, f"tested for a list that does not have the good: {whole}"),
        (None, "no corridor of 854231 on this way was tested"),
        (None, "not told: date"),
        (None, "no corridor of 854231 on this way was tested"),
        (None, "not told: origin, exporter_country"),
    ]


def test_a_named_hub(engine):
    """The end, the way and the consignee's country are looked up on the day; without a day nothing is."""
    said = judge(
        engine,
        "named_hub",
        """
        | destination | via     | consignee_country | date       |
        | XHH         |         |                   | 2023-05-04 |
        | XBB         | XCC XHH | XBB               | 2023-05-04 |
        | XHH         |         |                   | 2022-12-31 |
        | XBB         | XCC     | XBB               | 2023-05-04 |
        |             | XCC     |                   | 2023-05-04 |
        | XHH         |         |                   |            |
        | XBB         |         |                   |            |
        """,
        named="""
        | country | since      | until      | by     |
        | XHH     | 2023-01-01 |            | Office |
        | XHH     | 2023-01-01 |            | Agency |
        | XBB     | 2020-01-01 | 2021-01-01 | Agency |
        """,
    )
    assert said == [
        (True, "XHH is named by Agency since 2023-01-01"),
        (True, "XHH is named by Agency since 2023-01-01"),
        (False, "no place told is named: XHH; not told: via, consignee_country"),
        (False, "no place told is named: XBB, XCC, XBB"),
        (None, "not told: destination"),
        (None, "not told: date; XHH is named by Agency since 2023-01-01"),
        (None, "not told: date; XBB is named by Agency since 2020-01-01"),
    ]


def test_a_price_outside_the_band(engine):
    """Both sides; on the edge is inside; two bands of one month make the widest."""
    said = judge(
        engine,
        "unit_value",
        """
        | origin | exporter_country | hs_code | date       | value | net_weight_kg | unit_value_usd_per_kg |
        | XAA    | XBB              | 854231  | 2023-05-04 | 312   | 1             | 312                   |
        | XAA    |                  | 854231  | 2023-05-31 | 1     | 1             | 12.346                |
        |        | XAA              | 854231  | 2023-05-04 | 210   | 1             | 210                   |
        | XAA    |                  | 854231  | 2023-06-01 | 312   | 1             | 312                   |
        | XAA    |                  | 854231  | 2023-05-04 |       | 1             |                       |
        | XAA    |                  | 854231  | 2023-05-04 | 5     | 0             |                       |
        | XAA    |                  | 854231  | 2023-05-04 | 5     | 0             | nan                   |
        """,
        bands="""
        | origin | commodity | month      | low | middle | high | cells |
        | XAA    | 854231    | 2023-05-01 | 90  | 140    | 200  | 48    |
        | XAA    | 854231    | 2023-05-01 | 95  | 150    | 210  | 60    |
        """,
    )
    band = "band 90 to 210, median 140, 48 cells, 2023-05"
    none = "no unit value in USD per kg: the weight is not above 0, or the currency has no rate that month"
    assert said == [
        (True, f"above: 312 USD/kg; {band}"),
        (True, f"below: 12.35 USD/kg; {band}"),
        (False, f"inside: 210 USD/kg; {band}"),
        (None, "no band is held for 854231 from XAA in 2023-06"),
        (None, "not told: value"),
        (None, none),
        (None, none),
    ]


def test_the_clause_of_article_12g(engine):
    """From the EU, from 20 March 2024 on, of listed goods, to no partner: one of these untold is unknown."""
    said = judge(
        engine,
        "no_reexport_clause",
        """
        | exporter_country | origin | destination | hs_code | date       |
        | DEU              |        | KAZ         | 854231  | 2024-03-20 |
        |                  | DEU    | KAZ         | 854231  | 2024-03-20 |
        | DEU              |        | KAZ         | 854231  | 2024-03-19 |
        | TUR              |        | KAZ         | 854231  | 2024-03-20 |
        | DEU              |        | JPN         | 854231  | 2024-03-20 |
        | DEU              |        | CHE         | 854231  | 2024-03-20 |
        | DEU              |        | FRA         | 854231  | 2024-03-20 |
        | DEU              |        | KAZ         | 870323  | 2024-03-20 |
        | DEU              |        | KAZ         |         | 2024-03-20 |
        | DEU              |        |             | 854231  | 2024-03-20 |
        |                  | TUR    | KAZ         | 854231  | 2024-03-20 |
        | DEU              |        | KAZ         | 854231  |            |
        """,
        goods=GOODS,
        partners="| country | since | until |\n| JPN | | |\n| CHE | 2024-04-01 | |",
    )
    listed = "854231 (HS2022) is on tier 1 of chpl (from 2024-02-01 on)"
    clause = f"a contract needs the clause of Art. 12g: DEU to {{}} on 2024-03-20; {listed}"
    assert said == [
        (True, clause.format("KAZ")),
        (True, clause.format("KAZ")),
        (False, "2024-03-19 is before 2024-03-20"),
        (False, "TUR is not in the EU"),
        (False, "JPN is in the EU or a partner"),
        (True, clause.format("CHE")),
        (False, "FRA is in the EU or a partner"),
        (False, "870323 (HS2022) was on no list held on 2024-03-20"),
        (None, "not told: hs_code"),
        (None, "not told: destination"),
        (None, "not told: exporter_country"),
        (None, "not told: date"),
    ]


def test_of_a_shipment_of_which_nothing_is_told_nothing_is_known(engine):
    """And no rule is without a reason."""
    engine.register("shipments", as_told("| shipment |\n| A |"))
    tables = {"goods": GOODS, "corridors": ROUTES, "searched": "| row | roles |\n| 1 | exporter |"}
    (row,) = engine.run(judged(SHIPMENTS, known(**tables))).to_pylist()
    assert {name for name in RULES if row[name] is not None} == set()
    assert {name for name in RULES if not row[f"{name}__because"]} == set()


def test_one_row_a_shipment_whatever_matches(engine):
    """Twice the same evidence is no second shipment."""
    line = "| 854231 | 2023-05-04 | DEU | DEU | KGZ |\n"
    engine.register(
        "shipments", as_told(f"| hs_code | date | origin | exporter_country | destination |\n{3 * line}")
    )
    tables = {"goods": GOODS + GOODS.split("\n", 2)[2], "corridors": ROUTES + ROUTES.split("\n", 2)[2]}
    named = "| country | by |\n| KGZ | A |\n| KGZ | B |"
    rules = ("high_priority_goods", "corridor", "named_hub")
    rows = engine.run(judged(SHIPMENTS, known(**tables, named=named), rules)).to_pylist()
    assert sorted(row["row"] for row in rows) == [1, 2, 3]
    assert len({str(row | {"row": 0}) for row in rows}) == 1
