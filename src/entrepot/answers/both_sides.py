"""Both sides of trade brought together: one row per exporter, importer, commodity and period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.answers import _rates
from entrepot.answers._shape import words
from entrepot.answers._sides import Question
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import both_sides as _sides
from entrepot.measures import reconcile as _reconcile
from entrepot.measures.both_sides import FALLBACK_MARGIN, Scope
from entrepot.measures.reliability import OTHERS, SCHEMA, gaps, reliability
from entrepot.model.answer import Answer, Whole
from entrepot.model.area import members, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import column, constant, held
from entrepot.model.period import Window, parse_window
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

MOST_HELD = 1_000_000
"""Rows beyond this stay in the engine and are written straight to a file."""
_SHOWN = 1_000
_LEVELS = (2, 4, 6, 8, 10)
_ORDER = ("commodity", "exporter", "importer", "period")

NOTES = {
    "value_usd": "FOB: weight_exporter * export_fob_usd + weight_importer * import_fob_usd",
    "low_90_usd": "90 % interval, wider where the sides lie further apart than variances allow",
    "import_cif_usd": "as reported, CIF or unsaid; null: not reported so",
    "import_fob_usd": "import_cif_usd / (1 + margin), and what is reported FOB as it is",
    "weight_exporter": "importer's variance over the sum of both; 0 or 1 where one side is not compared",
    "reason": "why a side is not compared, or compared with caution",
    "standard_deviation": "of the log of figures around the true value, systematic errors included",
}


def reconcile(
    store: Store,
    *,
    period: str,
    commodity: str = "",
    digits: int | None = None,
    exporter: str = "",
    importer: str = "",
    base: str = "",
    margin: str = "fitted",
    as_of: date | None = None,
) -> Answer:
    """What exporters and importers say of the same trade, and the value both come to.

    One row per exporter, importer, commodity and period: see measures.reconcile.reconciled. commodity: a
    basket, or `digits`: all codes of that level; TOTAL without either. base: windows before an event from
    which each reporter's reliability and the margin are estimated; the period itself where not given. margin:
    "fitted" on all goods of the pairs held (6 % where that gives none), CIF over FOB less one, or "none".
    Figures in other currencies than USD are converted at the averages of their month or year. Beside:
    reliability and rules. Above a million rows `rows` are some of them, and `whole` writes all, in no order.
    Raises NoDataError, UsageError.
    """
    asked = _Asked.of(period, base, commodity, digits, margin)
    done = _computed(store, asked, as_of)
    rows = _between(done.rows, exporter, importer, asked.windows[-1])
    rules = pa.concat_tables([done.rules, _table(store, _reconcile.by_status(rows))])
    count = _count(rules)
    if not count:
        who = f"{exporter or 'anyone'} to {importer or 'anyone'}, {asked.name}, {period}"
        raise NoDataError(f"no figure in USD is held of {who}. See what is held with: entrepot status.")
    whole = Whole(count, partial(store.write, rows)) if count > MOST_HELD else None
    table = store.run(rows.limit(_SHOWN) if whole else rows.order_by(list(_ORDER)))
    question = {
        "command": "reconcile",
        "by": "year" if asked.scope.is_annual else "month",
        "period": period,
        "base": base or period,
        "exporter": exporter or None,
        "importer": importer or None,
        "commodity": asked.name,
        "margin": asked.margin_word,
        "as_of": as_of,
    }
    used = words(done.snapshots, "snapshots")
    return Answer(
        question,
        table,
        [shot for shot in store.snapshots(as_of) if shot.snapshot in used],
        {"rows": store.sql(rows)},
        _cautions(asked, done, rules, base, whole=whole),
        NOTES,
        {"reliability": _of(done.reliability, table, exporter, importer), "rules": _sorted(rules)},
        whole=whole,
    )


@dataclass(frozen=True)
class _Asked:
    """The question in our own terms."""

    name: str
    scope: Scope
    windows: tuple[Window, ...]
    base: tuple[Window, ...]
    margin_word: str
    margin: float  # of pairs without a fitted one

    @classmethod
    def of(cls, period: str, base: str, commodity: str, digits: int | None, margin: str) -> _Asked:
        """Raises UsageError."""
        if digits is not None and (commodity or digits not in _LEVELS):
            raise UsageError(f"--digits is one of {_LEVELS} and stands in place of --commodity.")
        windows, before = (parse_window(period),), (parse_window(base or period),)
        basket = parse_commodity(commodity) if digits is None else None
        scope = Scope(tuple(dict.fromkeys((*before, *windows))), basket, digits)
        name = basket.name if basket else f"all codes of {digits} digits"
        word = margin.strip().lower()
        return cls(name, scope, windows, before, word, FALLBACK_MARGIN if word == "fitted" else _margin(word))


def _margin(text: str) -> float:
    try:
        found = 0.0 if text.strip().lower() == "none" else float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1:
        raise UsageError(
            f"--margin {text!r} is not understood. Write fitted, 0.06 for 6 % of the FOB value, or none."
        )
    return found


def brought_together(
    store: Store,
    commodity: str,
    base: tuple[Window, ...],
    windows: tuple[Window, ...],
    *,
    margin: str,
    as_of: date | None,
) -> Computed:
    """What `reconcile` does, for answers that go on from it: rows of base and windows. Raises UsageError."""
    basket, word = parse_commodity(commodity), margin.strip().lower()
    scope = Scope(tuple(dict.fromkeys((*base, *windows))), basket)
    fallback = FALLBACK_MARGIN if word == "fitted" else _margin(word)
    asked = _Asked(basket.name, scope, (*base, *windows), base or windows, word, fallback)
    return _computed(store, asked, as_of)


@dataclass(frozen=True)
class Computed:
    """Both sides brought together, and what that rests on."""

    rows: Table
    reliability: pa.Table
    rules: pa.Table
    snapshots: pa.Table
    unsaid: int


def _computed(store: Store, asked: _Asked, as_of: date | None) -> Computed:
    """Three passes: which rows are taken, what becomes of each, both sides beside one another."""
    flows = store.flows(as_of)
    rates = _rates.dollars(_rates.of_store(store, as_of))
    fitted = _fitted(store, asked, as_of) if asked.margin_word == "fitted" else None
    chosen = store.landed(_sides.choices(flows, asked.scope, rates))
    marked = _sides.marked(flows, asked.scope, chosen, rates)
    counted = store.landed(_sides.tally(marked))
    share = _sides.unspecified(counted)
    both = store.landed(_sides.sides(marked, chosen, share, fitted, margin=asked.margin))
    reliable = reliability(store.run(gaps(both, asked.base)))
    parts = [_reconcile.by_rule(counted), _reconcile.by_flag(both, asked.base, asked.windows)]
    return Computed(
        _reconcile.reconciled(both, constant(_columns(reliable), SCHEMA), asked.windows),
        reliable,
        pa.concat_tables([_table(store, part) for part in parts]),
        store.run(chosen.select("snapshots").distinct()),
        int(pc.sum(store.run(counted)["unsaid"]).as_py() or 0),
    )


def _fitted(store: Store, asked: _Asked, as_of: date | None) -> Table | None:
    """The margin of each pair, fitted on all goods before the event; None where there is none."""
    everything = parse_commodity("TOTAL")
    found = Question(store, (), (), everything, asked.base, asked.windows, "USD", as_of).margins_of_all()
    return held(found) if len(found) else None


def _columns(table: pa.Table) -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in table.column_names}


def _table(store: Store, expr: Table) -> pa.Table:
    """Small and of one shape, to be put together."""
    names = {"stage": pa.string(), "rule": pa.string(), "rows": pa.int64(), "value_usd": pa.float64()}
    return store.run(expr).select(list(names)).cast(pa.schema(names))


def _between(rows: Table, exporter: str, importer: str, last: Window) -> Table:
    """Only the countries asked for; a group is its members at the end of the period."""
    for role, text in (("exporter", exporter), ("importer", importer)):
        if text:
            codes = {one for code in resolve_many(text) for one in members(code, last.last)}
            rows = rows.semi_join(column(role, codes), role)
    return rows


def _of(reliable: pa.Table, rows: pa.Table, exporter: str, importer: str) -> pa.Table:
    """The reporters of the rows, where some were asked for; and the pooled ones."""
    if not (exporter or importer) or not len(reliable):
        return reliable
    shown = {*rows["exporter"].to_pylist(), *rows["importer"].to_pylist(), OTHERS}
    return reliable.filter(pc.is_in(reliable["reporter"], pa.array(sorted(shown))))


def _count(rules: pa.Table) -> int:
    done = rules.filter(pc.equal(rules["stage"], "reconciled"))
    return pc.sum(done["rows"]).as_py() or 0


def _sorted(rules: pa.Table) -> pa.Table:
    return rules.sort_by([("stage", "descending"), ("rows", "descending"), ("rule", "ascending")])


def _cautions(asked: _Asked, done: Computed, rules: pa.Table, base: str, *, whole: Whole | None) -> list[str]:
    touched: Mapping[tuple[str, str], int] = {
        (row["stage"], row["rule"]): row["rows"] for row in rules.to_pylist()
    }
    found = []
    if not base:
        found.append("reliability is estimated on the period asked about itself, event or not; give --base.")
    if not len(done.reliability):
        found.append("no flow of the base has both sides: weights are equal and there are no intervals.")
    if asked.margin_word == "fitted":
        found.append(
            "imports are brought to FOB with the fallback of 6 % where no margin is fitted (margin_from)."
        )
    if done.unsaid:
        found.append(f"{done.unsaid:,} import figures do not say CIF or FOB and are taken as CIF.")
    if differ := touched["flows", "editions of the Harmonized System differ"]:
        found.append(f"{differ:,} flows have sides in different editions of the Harmonized System.")
    if away := touched.get(("rows", "currency without a rate")):
        found.append(f"{away:,} figures are in a currency without an exchange rate: set aside.")
    if whole:
        found.append(f"{_SHOWN:,} of {whole.rows:,} rows are here; --output FILE.parquet has all.")
    return found
