"""Trade between all pairs as worlds to follow goods through: of window and base, and what was added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.tracing import Net, least_made
from entrepot.model.period import Window

if TYPE_CHECKING:
    import pyarrow as pa

    from entrepot.measures.tracing import Array

PRODUCTION = ("least", "exports")
"""What is made where production is not known: exports beyond imports, or all that is exported."""
READINGS = ("both", "exporter", "importer")
"""Whose figures: both sides weighted; the exporter's, the importer's where it has none; and the reverse."""
_Z_90 = 1.6448536269514722


def legs(reconciled: Table, named: Table, base: tuple[Window, ...], window: tuple[Window, ...]) -> Table:
    """One row per exporter, importer, commodity and span (base or window): trade over the whole span.

    reconciled: of measures.reconcile. named: area, label: countries that are one (members of the origin);
    trade among them is left out. value_usd (USD, FOB): sum of what both sides come to; low_90_usd,
    high_90_usd: sums of the interval's ends, null where one is not known. export_usd, import_usd: sums of the
    figures each side's weight is not zero of. exports, imports: periods with such a figure. Rows no side
    speaks of are left out: missing is not zero.
    """
    rows = reconciled.filter(reconciled.value_usd.notnull())
    for role in ("exporter", "importer"):
        known = named.select(**{role: named.area, "label": named.label})
        joined = rows.left_join(known, role)
        rows = joined.mutate(**{role: joined.label.fill_null(joined[role])}).drop("label", f"{role}_right")
    rows = rows.filter(rows.exporter != rows.importer)
    rows = rows.mutate(is_base=_within(rows, base), is_window=_within(rows, window))
    rows = rows.filter(rows.is_base | rows.is_window)
    speaks = {side: rows[f"weight_{side}er"].fill_null(0.0) > 0 for side in ("export", "import")}
    return rows.group_by("exporter", "importer", "commodity", "is_base").agg(
        value_usd=rows.value_usd.sum(),
        low_90_usd=_whole(rows.low_90_usd),
        high_90_usd=_whole(rows.high_90_usd),
        export_usd=rows.export_fob_usd.sum(where=speaks["export"]),
        import_usd=rows.import_fob_usd.sum(where=speaks["import"]),
        exports=speaks["export"].cast("int64").sum(),
        imports=speaks["import"].cast("int64").sum(),
    )


def _within(rows: Table, windows: tuple[Window, ...]) -> Value:
    if not windows:
        return ibis.literal(False)
    return ibis.or_(*(rows.period.between(one.first, one.last) for one in windows))


def _whole(end: Value) -> Value:
    return ibis.ifelse(end.isnull().any(), ibis.null("float64"), end.sum())


@dataclass(frozen=True)
class Worlds:
    """Some commodities' trade between all countries, as arrays: [commodity, exporter, importer].

    window, base: by reading; base is what was expected of the window (the base, per period, times the
    window's periods). deviation: of the log of a pair's value, not a number where
    that is not known. unknown: [exporter, importer], pairs of which nobody tells in the base; pairs of which
    nobody tells in the window are in neither. made: how production is taken.
    """

    names: tuple[str, ...]
    codes: tuple[str, ...]
    window: dict[str, Array]
    base: dict[str, Array]
    deviation: Array
    unknown: Array
    hubs: Array
    origin: int
    destination: int
    made: str = "least"
    factor: Array | None = field(default=None)

    def net(self, state: str, reading: str = "both", *, is_most: bool = False) -> Net:
        """The world of the window, of the base, or of what was added to it ("excess").

        is_most: what nobody told of in the base was all added, for an upper bound; else none of it.
        """
        window = self._times(self.window[reading])
        if state == "window":
            return self._net(window, 0.0)
        base = self._times(self.base[reading])
        if state == "base":
            return self._net(base, 0.0)
        return self._added(window, base, is_most=is_most)

    def _added(self, window: Array, base: Array, *, is_most: bool) -> Net:
        """Rises alone; what a hub ships less to others is a supply of its own."""
        import numpy as np

        change = np.where(self.unknown, window if is_most else 0.0, window - base)
        freed = np.maximum(-change, 0.0).sum(axis=-1)
        return self._net(np.maximum(change, 0.0), freed)

    def _net(self, flow: Array, freed: Any) -> Net:
        import numpy as np

        made = flow.sum(axis=-1) if self.made == "exports" else np.maximum(least_made(flow) - freed, 0.0)
        return Net(flow, made + freed, self.hubs, self.origin, self.destination, self.names)

    def _times(self, flow: Array) -> Array:
        return flow if self.factor is None else flow * self.factor


@dataclass(frozen=True)
class Tellers:
    """Who tells of trade, as exporter and as importer, in the base and in the window.

    A reporter tells of a span if it names at least half as many partners there as are known of it, from
    either side, in the span that has more: a file of six partners says nothing of the rest. Pairs that are
    held in a span are told of there.
    """

    names: tuple[str, ...]
    told: frozenset[tuple[str, str, bool]]  # country, side, is_base
    held: frozenset[tuple[str, str, bool]]  # exporter, importer, is_base

    @classmethod
    def of(cls, rows: pa.Table, also: tuple[str, ...]) -> Tellers:
        """rows: of `legs`, all commodities. also: names that are there whether or not they trade."""
        named: dict[tuple[str, str, bool], set[str]] = {}
        known: dict[tuple[str, str, bool], set[str]] = {}
        found = rows.select(["exporter", "importer", "is_base", "exports", "imports"]).to_pylist()
        for row in found:
            ends = (
                ("export", row["exporter"], row["importer"]),
                ("import", row["importer"], row["exporter"]),
            )
            for side, one, other in ends:
                known.setdefault((one, side, row["is_base"]), set()).add(other)
                if row[f"{side}s"]:
                    named.setdefault((one, side, row["is_base"]), set()).add(other)
        told = {
            (one, side, is_base)
            for (one, side, is_base), seen in named.items()
            if 2 * len(seen) >= max(len(known.get((one, side, span), ())) for span in (True, False))
        }
        names = {*also, *(row[end] for row in found for end in ("exporter", "importer"))}
        held = frozenset((row["exporter"], row["importer"], row["is_base"]) for row in found)
        return cls(tuple(sorted(names)), frozenset(told), held)

    def tell(self, exporter: str, importer: str, *, is_base: bool) -> bool:
        """Whether trade between two, if there was any, would be held."""
        return (
            (exporter, importer, is_base) in self.held
            or (exporter, "export", is_base) in self.told
            or (importer, "import", is_base) in self.told
        )

    def unknown(self, *, is_base: bool) -> Array:
        """[exporter, importer]: trade between them, if any, would not be held."""
        import numpy as np

        told = [
            [self.tell(exporter, importer, is_base=is_base) for importer in self.names]
            for exporter in self.names
        ]
        return ~np.array(told, dtype=bool)


def unheard(rows: pa.Table, who: Tellers) -> frozenset[str]:
    """Countries whose imports of the base are from pairs of which nobody tells in the window, by over half.

    rows: of `legs`. What such a country has in the window cannot be known, so nothing is followed through it.
    """
    whole: dict[str, float] = {}
    lost: dict[str, float] = {}
    for row in rows.to_pylist():
        if row["is_base"]:
            name, value = row["importer"], row["value_usd"]
            whole[name] = whole.get(name, 0.0) + value
            if not who.tell(row["exporter"], name, is_base=False):
                lost[name] = lost.get(name, 0.0) + value
    return frozenset(name for name, value in lost.items() if 2 * value > whole[name])


def worlds(
    rows: pa.Table,
    who: Tellers,
    *,
    origin: str,
    destination: str,
    no_hubs: frozenset[str],
    scale: float,
    made: str,
) -> Worlds:
    """The rows of `legs` of some commodities as arrays.

    scale: window's periods over the base's. no_hubs: besides origin and destination, areas that are no
    country. made: one of PRODUCTION. A pair whose sides are not the same in base and window is taken from a
    side that speaks in both, where there is one: a reporter that fell silent is no fall and no rise.
    """
    import numpy as np

    codes = tuple(sorted(set(rows["commodity"].to_pylist())))
    names = who.names
    dense = _Dense(rows, names, codes)
    window, base = dense.readings(is_base=False), dense.readings(is_base=True)
    _alike(window, base, dense)
    expected = scale * ~who.unknown(is_base=False)
    is_hub = [name not in no_hubs | {origin, destination} for name in names]
    return Worlds(
        names,
        codes,
        window,
        {name: flow * expected for name, flow in base.items()},
        dense.deviation(),
        who.unknown(is_base=True),
        np.array(is_hub, dtype=bool),
        names.index(origin),
        names.index(destination),
        made,
    )


class _Dense:
    """Columns of the rows put in their places."""

    def __init__(self, rows: pa.Table, names: tuple[str, ...], codes: tuple[str, ...]) -> None:
        import numpy as np

        place = {name: at for at, name in enumerate(names)}
        self._rows, self._shape = rows, (len(codes), len(names), len(names))
        self._is_base = np.array(rows["is_base"].to_pylist(), dtype=bool)
        code = {name: at for at, name in enumerate(codes)}
        self._at = tuple(
            np.array([known[one] for one in rows[name].to_pylist()], dtype=int)
            for name, known in (("commodity", code), ("exporter", place), ("importer", place))
        )

    def column(self, name: str, *, is_base: bool, missing: float = 0.0) -> Array:
        """One column of one span; `missing` where there is no row or no value."""
        import numpy as np

        found, chosen = np.full(self._shape, missing), self._is_base == is_base
        values = np.array(self._rows[name].to_pylist(), dtype=float)
        values = np.where(np.isnan(values), missing, values)
        found[tuple(at[chosen] for at in self._at)] = values[chosen]
        return found

    def readings(self, *, is_base: bool) -> dict[str, Array]:
        """One array a reading."""
        import numpy as np

        value = self.column("value_usd", is_base=is_base)
        found = {"both": value}
        for side, name in (("export", "exporter"), ("import", "importer")):
            told = self.column(f"{side}s", is_base=is_base) > 0
            found[name] = np.where(told, self.column(f"{side}_usd", is_base=is_base), value)
        return found

    def deviation(self) -> Array:
        """Of the log of a pair's value over the window, from its interval; not a number: not known."""
        import numpy as np

        low, high = (self.column(f"{end}_90_usd", is_base=False, missing=np.nan) for end in ("low", "high"))
        known = (low > 0) & (high > 0)
        ratio = np.divide(high, low, out=np.full(self._shape, np.nan), where=known)
        found: Array = np.log(ratio) / (2 * _Z_90)
        return found


def _alike(window: dict[str, Array], base: dict[str, Array], dense: _Dense) -> None:
    """The same side in both spans, where the sides differ and one speaks in both."""
    import numpy as np

    told = {
        (side, is_base): dense.column(f"{side}s", is_base=is_base) > 0
        for side in ("export", "import")
        for is_base in (False, True)
    }
    unlike = (told["export", False] != told["export", True]) | (told["import", False] != told["import", True])
    for side, name in (("export", "exporter"), ("import", "importer")):
        here = unlike & told[side, False] & told[side, True]
        for span in (window, base):
            span["both"] = np.where(here, span[name], span["both"])
