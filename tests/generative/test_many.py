"""Any questions asked together are answered as each alone, whatever is held."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import series
from entrepot.measures.many import many
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.kind import FLOWS as KIND
from entrepot.model.period import parse_window
from entrepot.store.engine import DuckDB
from entrepot.store.files import SCHEMAS
from tests.spec.tables import FLOWS, _row

NAMES = ["flow", "reporter", "partner", "period", "commodity", "value"]
CELL = st.tuples(
    st.sampled_from(["export", "import"]),
    st.sampled_from(["XAA", "XBB"]),
    st.sampled_from(["XCC", "XDD", "WLD"]),
    st.sampled_from(["2021", "2021-01", "2021-02", "2022-01"]),
    st.sampled_from(["TOTAL", "87", "8703", "8708", "870310", "9306"]),
)
TRADE = st.dictionaries(CELL, st.integers(0, 1000), min_size=1, max_size=25)
QUESTION = st.builds(
    lambda reporter, partner, flow, goods, period: Selection(
        resolve_many(reporter),
        resolve_many(partner),
        Flow(flow),
        parse_commodity(goods),
        (parse_window(period),),
    ),
    st.sampled_from(["XAA", "XAA,XBB"]),
    st.sampled_from(["XCC", "XDD,XCC", "WLD"]),
    st.sampled_from(["export", "import"]),
    st.sampled_from(["TOTAL", "87", "8703", "8703,8708", "870310,9306"]),
    st.sampled_from(["2021", "2021-01", "2021-01:2021-02", "2021:2022"]),
)


def told(rows: list[dict[str, Any]], key: str | None = None) -> list[dict[str, Any]]:
    mine = [row for row in rows if key is None or row["key"] == key]
    plain = [
        {
            name: row[name]
            for name in row
            if name not in ("key", "valuations", "parts", "reporters", "partners")
        }
        for row in mine
    ]
    return sorted(plain, key=lambda row: (row["reporter"], row["partner"], row["period"]))


@settings(max_examples=12, deadline=None)
@given(TRADE, st.lists(QUESTION, min_size=1, max_size=4))
def test_any_questions_together_are_answered_as_each_alone(trade, questions):
    engine = DuckDB()
    rows = [_row(NAMES, [*cell, str(value)]) for cell, value in trade.items()]
    engine.register("flows", pa.Table.from_pylist(rows, schema=SCHEMAS[KIND]))
    asked = {f"q{place}": one for place, one in enumerate(questions)}
    found = engine.run(many(FLOWS, asked)).to_pylist()
    for key, one in asked.items():
        grain = "year" if one.windows[0].years else "month"
        assert told(found, key) == told(engine.run(series(cells(FLOWS, one), by=grain)).to_pylist())
