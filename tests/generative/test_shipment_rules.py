"""What holds of the rules on shipments whatever is told of them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from entrepot.measures.shipment_rules import RULES, judged
from entrepot.store.engine import DuckDB
from tests.spec.shipments import ARROW, SCHEMA, SHIPMENTS, known

PLACES = (None, "DEU", "TUR", "KGZ", "RUS")
CODES = (None, "85", "854231", "870323")
OF_KIND: dict[str, tuple[Any, ...]] = {
    "boolean": (None, True, False),
    "date": (None, date(2021, 5, 4), date(2023, 5, 4), date(2024, 5, 4)),
    "float64": (None, 0.0, 5.0, 150.0, 900.0, float("nan")),
    "string": (None, "B", "Cash"),
}

ALONE = (
    "hs_code",
    "date",
    "destination",
    "exporter_country",
    "customer_since",
    "earlier_shipments",
    "route_changed",
    "payment_changed",
    "payer_country",
    "unit_value_usd_per_kg",
    "consignee",
    "consignee_founded",
    "consignee_phone_country",
    "consignee_address_country",
    "consignee_email_is_free",
    "end_use_stated",
    "has_web_presence",
    "business_fits",
    "address_is_shared",
    "pays_in_small_parts",
    "credit_is_consigned_to_bank",
)
"""Fields that nothing else stands in for (an origin, where it is not told, is the exporter's country)."""
SHARED = {"consignee": {"listed_party"}, "exporter_country": {"corridor", "unit_value"}}
"""But for these rules: a name that is not told is not searched; an exporter is where the goods are from."""
TABLES = {
    "goods": "| list | version | tier | hs_revision | commodity | is_certain |\n"
    "| chpl | 2023-01-01 | 1 | HS2022 | 854231 | true |",
    "regimes": "| regime | binds | concerns | since | code | is_whole |\n"
    "| all | DEU | RUS | 2022-01-01 | 8542 | true |",
    "covered": "| binds | since |\n| DEU | 2022-01-01 |\n| TUR | 2022-01-01 |",
    "named": "| country | since | by |\n| KGZ | 2023-01-01 | A |",
    "corridors": "|origin | hub | destination | commodity | list | window_first | window_last | discovered|\n"
    "| DEU | KGZ | RUS | | chpl | 2022-01-01 | 2022-12-31 | true |\n"
    "| DEU | TUR | RUS | 854231 | chpl | 2022-01-01 | 2022-12-31 | false |",
    "bands": "| origin | commodity | month | low | middle | high | cells |\n"
    "| DEU | 854231 | 2023-05-01 | 90 | 140 | 210 | 48 |",
    "coalition": "| country |\n| DEU |",
    "partners": "| country |\n| TUR |",
}


def _values(name: str, kind: str) -> tuple[Any, ...]:
    is_place = name.endswith("country") or name in {"origin", "destination", "via"}
    return CODES if name == "hs_code" else PLACES if is_place else OF_KIND[kind]


def _drawn(chance: Random) -> dict[str, Any]:
    return {name: chance.choice(_values(name, kind)) for name, kind in SCHEMA.items() if name != "row"}


def _judged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = [row | _coded(row) | {"row": place} for place, row in enumerate(rows)]
    engine = DuckDB()
    schema = pa.schema([(name, ARROW[kind]) for name, kind in SCHEMA.items()])
    engine.register("shipments", pa.Table.from_pylist(made, schema))
    return sorted(engine.run(judged(SHIPMENTS, known(**TABLES))).to_pylist(), key=lambda row: row["row"])


def _coded(row: dict[str, Any]) -> dict[str, Any]:
    code, day = row["hs_code"], row["date"]
    return {"hs6": code if code and len(code) == 6 else None, "revision": "HS2022" if code and day else None}


@given(st.integers(0, 2**32))
@settings(max_examples=3, deadline=None, phases=[Phase.generate])
def test_what_is_not_told_never_makes_a_rule_false(seed):
    """Without a field that nothing stands in for, what was true or unknown is not false."""
    chance = Random(seed)
    shipments = [_drawn(chance) for _ in range(100)]
    without = [row | {field: None} for field in ALONE for row in shipments]
    found = _judged([*shipments, *without])
    told, left = found[: len(shipments)], found[len(shipments) :]
    cases = [(field, place) for field in ALONE for place in range(len(shipments))]
    wrong = {
        (field, rule)
        for (field, place), after in zip(cases, left, strict=True)
        for rule in RULES
        if after[rule] is False and told[place][rule] is not False and rule not in SHARED.get(field, ())
    }
    assert wrong == set()
    assert all(row[f"{rule}__because"] for row in found for rule in RULES)
