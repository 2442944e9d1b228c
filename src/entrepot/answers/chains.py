"""Trade over any number of countries: how much of one's goods reaches another, and through whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.answers import _chain_rows as _rows
from entrepot.answers._chain_totals import Totals
from entrepot.answers._question import comparable
from entrepot.answers._shape import words
from entrepot.answers.both_sides import Computed, brought_together
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.chain import PRODUCTION, Tellers, Worlds, legs, unheard, worlds
from entrepot.model.answer import Answer
from entrepot.model.area import members, resolve_many, specials
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import pairs
from entrepot.model.period import Window, parse_window
from entrepot.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

_CELLS = 1_500_000
"""Commodities times pairs that are followed at once."""


def chain(
    store: Store,
    *,
    origin: str,
    destination: str,
    window: str,
    base: str = "",
    commodity: str = "TOTAL",
    hops: int | None = None,
    production: str = "least",
    margin: str = "fitted",
    as_of: date | None = None,
) -> Answer:
    """How much of the origin's goods reached the destination, directly and through others, by four methods.

    One row per number of hubs and method, then one per hub. value_usd: over the window, from both sides of
    every pair as in `reconcile` (USD, FOB). excess_usd: the same method on what was traded beyond the base.
    proportional: measures.tracing.proportional; entropy: measures.tracing.mixed; maximum flow and least:
    measures.flow_bounds. Countries given together, or a group, are one: trade among them is left out. What
    the origin ships counts as its own; see choices for what it made. hops: at most so many hubs; any number
    where None. production: what hubs make is "least" (exports beyond imports) or "exports" (all they
    export). Beside: paths, origins (the destination's imports by who shipped them first), choices, and
    commodities where there are several. Raises NoDataError, UsageError.
    """
    asked = _Asked.of((origin, destination), commodity, (base, window), hops, production)
    done = brought_together(store, commodity, asked.base, asked.window, margin=margin, as_of=as_of)
    found = _Found(asked, _of_store(store, asked, done))
    used = words(done.snapshots, "snapshots")
    question = {
        "command": "chain",
        "origin": asked.origin,
        "destination": asked.destination,
        "commodity": asked.goods,
        "base": base or None,
        "window": window,
        "hops": hops,
        "production": production,
        "margin": margin,
        "as_of": as_of,
    }
    return Answer(
        question,
        _rows.main(found.totals, asked.labels, found.coverage),
        [shot for shot in store.snapshots(as_of) if shot.snapshot in used],
        {"rows": store.sql(done.rows)},
        [*found.cautions(), *_of_margin(margin, done)],
        _rows.NOTES,
        _rows.beside(found.totals, asked.labels),
        _rows.BRIEF,
    )


@dataclass(frozen=True)
class _Asked:
    """The question in our own terms."""

    origin: str
    destination: str
    ends: tuple[tuple[str, ...], tuple[str, ...]]  # countries that are the origin, the destination
    goods: str
    is_all: bool
    base: tuple[Window, ...]
    window: tuple[Window, ...]
    hops: int | None
    production: str

    @classmethod
    def of(
        cls,
        ends_told: tuple[str, str],
        commodity: str,
        spans_told: tuple[str, str],
        hops: int | None,
        made: str,
    ) -> _Asked:
        """Raises UsageError."""
        if hops is not None and hops < 0:
            raise UsageError("--hops is how many countries goods may pass through: 0, 1, 2 ...")
        if made not in PRODUCTION:
            raise UsageError(f"--production is one of: {', '.join(PRODUCTION)}.")
        base, late = spans_told[0], parse_window(spans_told[1])
        before, spans = comparable(parse_window(base), late) if base else ((), (late,))
        ends = _countries(ends_told[0], late), _countries(ends_told[1], late)
        if both := sorted(set(ends[0]) & set(ends[1])):
            raise UsageError(f"{', '.join(both)}: origin and destination are to share no country.")
        names = ["+".join(resolve_many(text)) for text in ends_told]
        goods = parse_commodity(commodity)
        return cls(names[0], names[1], ends, goods.name, goods.is_total, before, spans, hops, made)

    @property
    def labels(self) -> dict[str, str]:
        """What every row says first."""
        return {"origin": self.origin, "destination": self.destination, "commodity": self.goods}

    @property
    def named(self) -> dict[str, str]:
        """Countries that go by another name: that of the end they belong to."""
        ends = zip((self.origin, self.destination), self.ends, strict=True)
        return {one: label for label, end in ends for one in end}

    @property
    def scale(self) -> float:
        """Window's months over the base's."""
        late, early = (sum(len(one.months) for one in span) for span in (self.window, self.base))
        return late / early if early else 1.0


def _countries(text: str, on: Window) -> tuple[str, ...]:
    codes = resolve_many(text)
    return tuple(dict.fromkeys(one for code in codes for one in members(code, on.last) or (code,)))


def _of_store(store: Store, asked: _Asked, done: Computed) -> pa.Table:
    """Trade between all pairs. Raises NoDataError where no chain could be seen in it."""
    rows = store.run(legs(done.rows, pairs(asked.named, "area", "label"), asked.base, asked.window))
    late = rows.filter(pc.invert(rows["is_base"]))
    pair = f"{asked.origin} to {asked.destination}, {asked.goods}"
    if not len(late):
        raise NoDataError(f"no figure in USD is held of {pair}. See what is held with: entrepot status.")
    for role, end in (("exporter", asked.origin), ("importer", asked.destination)):
        if end not in late[role].to_pylist():
            raise NoDataError(f"{pair}: nothing is held of {end} as {role}; see entrepot status.")
    if set(late.filter(pc.equal(late["importer"], asked.destination))["exporter"].to_pylist()) == {
        asked.origin
    }:
        raise NoDataError(
            f"{pair}: only the origin's own trade with {asked.destination} is held. What others ship there is"
            " told by them or by the destination: add their files, or ask `mirror` for the two sides."
        )
    return rows


class _Found:
    """What the rows come to, some commodities at a time."""

    def __init__(self, asked: _Asked, rows: pa.Table) -> None:
        self._asked, self._all = asked, rows
        self._who = Tellers.of(rows, (asked.origin, asked.destination))
        self._unheard = unheard(rows, self._who)

    @cached_property
    def totals(self) -> Totals:
        """Every method over all commodities."""
        asked = self._asked
        codes = len(self._all["commodity"].unique())
        found = Totals(
            self._who.names, asked.hops, codes, production=asked.production, has_base=bool(asked.base)
        )
        for here in self._parts():
            found.add(here)
        return found

    def _parts(self) -> Iterator[Worlds]:
        """A few commodities each."""
        codes = sorted(set(self._all["commodity"].to_pylist()))
        step = max(1, _CELLS // len(self._who.names) ** 2)
        for start in range(0, len(codes), step):
            some = pa.array(codes[start : start + step])
            yield worlds(
                self._all.filter(pc.is_in(self._all["commodity"], some)),
                self._who,
                origin=self._asked.origin,
                destination=self._asked.destination,
                no_hubs=specials() | self._unheard,
                scale=self._asked.scale,
                made=self._asked.production,
            )

    @cached_property
    def _first_legs(self) -> list[tuple[str, float, bool]]:
        """Whom the origin ships to, how much, and whether its trade with the destination would be held."""
        asked = self._asked
        seen: dict[str, float] = {}
        for row in self._all.filter(pc.invert(self._all["is_base"])).to_pylist():
            if row["exporter"] == asked.origin and row["importer"] not in specials() | {asked.destination}:
                seen[row["importer"]] = seen.get(row["importer"], 0.0) + row["value_usd"]
        return [
            (hub, value, self._who.tell(hub, asked.destination, is_base=False)) for hub, value in seen.items()
        ]

    @property
    def coverage(self) -> float | None:
        """Share of what the origin ships to others whose trade with the destination someone tells of."""
        whole = sum(value for _, value, _ in self._first_legs)
        return sum(value for _, value, told in self._first_legs if told) / whole if whole else None

    def cautions(self) -> Iterator[str]:
        """What a reader must know before quoting."""
        asked = self._asked
        hidden = sorted(((value, hub) for hub, value, told in self._first_legs if not told), reverse=True)
        if hidden:
            who = _some([hub for _, hub in hidden])
            yield f"nobody tells what goes to {asked.destination} from {who}: chains through them are unseen."
        if out := sorted(self._unheard & {hub for hub, *_ in self._first_legs}):
            yield f"no hubs, as less than half of their imports of the base would be held: {_some(out)}."
        if asked.is_all:
            yield "all goods together mix machines with oil: what passes through others is told by product."
        if not asked.base:
            yield "no --base: what flows now is not told from what always did; excess and change are refused."
        elif silent := _silent(self._all, asked):
            yield f"fewer periods are reported than asked for by: {', '.join(silent)} (base or window)."
        if asked.hops is not None:
            yield "maximum flow is over any number of hubs; least is not given where --hops bounds others."
        if asked.production == "least":
            yield "what hubs make is not held: exports beyond imports are taken as made; see choices."
        yield from self.totals.cautions()


def _some(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (" and others" if len(names) > most else "")


def _silent(rows: pa.Table, asked: _Asked) -> list[str]:
    """Reporters whose fullest pair has fewer periods than the span, in base or window, yet some in both."""
    spans = {True: asked.base, False: asked.window}
    annual = all(one.years for span in spans.values() for one in span)
    wanted = {
        at: sum(len(one.years or () if annual else one.months) for one in span) for at, span in spans.items()
    }
    most: dict[tuple[str, str, bool], int] = {}
    for row in rows.to_pylist():
        for side in ("export", "import"):
            key = (row[f"{side}er"], side, row["is_base"])
            most[key] = max(most.get(key, 0), row[f"{side}s"])
    return sorted({who for (who, _, at), periods in most.items() if 0 < periods < wanted[at]})


def _of_margin(margin: str, done: Computed) -> list[str]:
    found = []
    if not len(done.reliability):
        found.append("no flow of the base has both sides: they weigh alike and there are no intervals.")
    if done.unsaid:
        found.append(f"{done.unsaid:,} import figures do not say CIF or FOB and are taken as CIF.")
    return found
