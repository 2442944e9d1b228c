"""Both sides of a shipment: how much an exporter says left, how much the importer says arrived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from entrepot.answers import _rates
from entrepot.answers._question import behind, comparable, nothing
from entrepot.answers._sides import Question
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import mirror as _mirror
from entrepot.measures.sides import spans, valued, yearly
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant, held
from entrepot.model.flow import DERIVED, Flow
from entrepot.model.period import parse_window
from entrepot.store import Store

NOTES = {
    "gap": "exports fob less imports fob; positive: left and not recorded on arrival",
    "missing_share": "1 - dM/dX over the changes from base to window; only where exports rose",
    "low_90": "lower end of its 90 % interval: ordinary drift of the two sides, and the margin's error",
    "gap_low_90": "lower end of the gap's 90 % interval, from the margin's error alone",
    "refused": "why the two sides are not comparable; empty: they are",
}


@dataclass(frozen=True)
class Choice:
    """One defensible way to compare. None: what the style takes."""

    rates: str | None = None
    margin: str | None = None
    basis: str | None = None
    row: str | None = None

    def over(self, other: Choice) -> Choice:
        """This choice, and `other` where it leaves one open."""
        return Choice(
            self.rates or other.rates,
            self.margin or other.margin,
            self.basis or other.basis,
            self.row or other.row,
        )


STYLES = {
    "ours": Choice("monthly", "fitted", "origin", "members"),
    "published": Choice("yearly-2", "none", "consignment", "own"),
}
_STEPS = ("rates", "margin", "row", "basis")


def mirror(
    store: Store,
    *,
    origin: str,
    destination: str,
    window: str,
    base: str | None = None,
    commodity: str = "TOTAL",
    margin: str | None = None,
    rates: str | None = None,
    basis: str | None = None,
    row: str | None = None,
    counted_as: str = "",
    style: str = "ours",
    currency: str = "USD",
    as_of: date | None = None,
) -> Answer:
    """Both sides of trade from origins to destinations, the gap in FOB terms, the share that is missing.

    One row per origin and destination, and one for all destinations together. margin: "fitted", "none" or a
    number (0.06). rates: "monthly", "yearly", "yearly-2". basis: "origin" or "consignment". row: "members",
    or "own" for the row the importer prints for a group. counted_as: who the importer names in place of the
    origin. style "published" chooses as studies do: yearly-2, none, consignment, own.
    Columns: see measures.mirror. Raises NoDataError, UsageError.
    """
    after = parse_window(window)
    before, span = comparable(parse_window(base), after) if base else ((), (after,))
    asked = Question(
        store,
        resolve_many(origin),
        resolve_many(destination),
        parse_commodity(commodity),
        before,
        span,
        currency.upper(),
        as_of,
        resolve_many(counted_as) if counted_as else (),
    )
    wanted = _checked(Choice(rates, margin, basis, row), style, asked)
    if not len(asked.sides):
        wanted_only = replace(asked.selection(Flow.EXPORT), partners=asked.destinations)
        raise NoDataError(nothing(store, wanted_only, as_of, "any"))
    return _Comparison(asked, wanted).answer(style)


def _checked(choice: Choice, style: str, asked: Question) -> Choice:
    if style not in STYLES:
        raise UsageError(f"--style {style!r} is not known. Use one of: {', '.join(STYLES)}.")
    if asked.counted_as and len(asked.origins) > 1:
        raise UsageError("--counted-as goes with one origin.")
    for name, known in (
        ("rates", _rates.KINDS),
        ("basis", ("origin", "consignment")),
        ("row", ("members", "own")),
    ):
        value = getattr(choice, name)
        if value is not None and value not in known:
            raise UsageError(f"--{name} {value!r} is not known. Use one of: {', '.join(known)}.")
    return replace(choice, margin=_margin_word(choice.margin)).over(STYLES[style])


def _margin_word(text: str | None) -> str | None:
    if text in (None, "fitted", "none"):
        return text
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"--margin {text!r} is not fitted, none or a number from 0 to 1 (0.06 is 6 %).")
    return f"{share:g}"


@dataclass(frozen=True)
class _Comparison:
    """A question with its choices, compared step by step."""

    asked: Question
    wanted: Choice

    def answer(self, style: str) -> Answer:
        steps = dict(self._steps())
        own = self._own_years(steps)
        table = self._compared(steps, own)
        rows = table.filter(pa.compute.equal(table["choice"], "asked"))
        question = {
            "command": "mirror",
            "origin": self.asked.origins,
            "destination": self.asked.destinations,
            "commodity": self.asked.basket.name,
            "base": " ".join(map(str, self.asked.base)) or None,
            "window": " ".join(map(str, self.asked.window)),
            "style": style,
            "currency": self.asked.currency,
            **vars(self.wanted),
            "as_of": self.asked.as_of,
        }
        beside = {"choices": _ladder(table)} if self.asked.base else {}
        ordinary = self._ordinary(own)
        beside |= {"ordinary years": ordinary} if len(ordinary) else {}
        suffix = f"_{self.asked.currency.lower()}"
        fitted = self.asked.fitted if self.wanted.margin == "fitted" else ""
        if not isinstance(fitted, str):
            beside |= {"margin": fitted.table(), "rules of the fit": pa.Table.from_pylist(list(fitted.rules))}
        return Answer(
            question,
            _shaped(rows, self.asked),
            self._snapshots(rows),
            self.asked.queries,
            [*self._warnings(rows), *self._small(rows, ordinary)],
            NOTES,
            beside,
            [f"{n}{suffix}" if n in _MONEY else n for n in _BRIEF],
        )

    # ------------------------------------------------------------ the comparison
    def _steps(self) -> Iterator[tuple[str, Choice]]:
        """The choice asked for, and the way from the published style to ours, one choice after another."""
        yield "asked", self.wanted
        if not self.asked.base:
            return
        step = STYLES["published"]
        own = [f"{step.rates} in {one}" for one in self.asked.reported_in]
        yield "1 published style" + (f" in {self.asked.currency}" if own else ""), step
        for other in own:
            yield f"0 published style in {other.rpartition(' ')[2]}", replace(step, rates=other)
        for place, name in enumerate(_STEPS, 2):
            step = replace(step, **{name: getattr(STYLES["ours"], name)})
            yield f"{place} {name}: {getattr(step, name)}", step

    def _compared(self, steps: dict[str, Choice], own: pa.Table) -> pa.Table:
        asked = self.asked
        rows = valued(held(asked.sides), asked.rates)
        sums = spans(
            rows,
            asked.base,
            asked.window,
            currency=asked.currency,
            covered=asked.covered,
            tellers=asked.tellers,
        )
        spanned = held(asked.run("spans", sums))
        kinds = sorted({choice.margin or "" for choice in steps.values()})
        margins = pa.concat_tables(_of_kind(asked.margins(kind), kind) for kind in kinds)
        expr = _mirror.mirror(
            spanned,
            self._choices(steps),
            held(margins),
            held(asked.bands(own)),
            held(asked.faults()),
        )
        if len(asked.destinations) > 1:
            expr = _mirror.with_total(expr.alias("pairs"), "+".join(asked.destinations))
        return asked.run("rows", expr)

    def _choices(self, steps: dict[str, Choice], customers: tuple[str, ...] = ()) -> Any:
        rows = [
            (name, one, other, *self._held(choice, one, other))
            for name, choice in steps.items()
            for one in self.asked.origins
            for other in (customers or self.asked.destinations)
        ]
        names = ("choice", "origin", "destination", "rates", "margin_kind", "basis", "row")
        columns: dict[str, list[Any]] = {n: [row[place] for row in rows] for place, n in enumerate(names)}
        asked = self.asked
        flags = {"has_base": [bool(asked.base)] * len(rows), "has_window": [True] * len(rows)}
        members = {
            "export_members": [len(asked.members_of(row[1])) for row in rows],
            "import_members": [len(asked.members_of(row[2])) for row in rows],
        }
        types = dict.fromkeys(names, "string") | dict.fromkeys(flags, "boolean")
        return constant(columns | flags | members, types | dict.fromkeys(members, "int64"))

    def _held(self, choice: Choice, origin: str, destination: str) -> tuple[str, str, str, str]:
        """The choice as far as the importer's tables allow: not all print consignment, or a group's row."""
        told = self.asked.told.get((origin, destination), set())
        whole = next((row for _, row in sorted(told) if row != "members"), "members")
        wanted_row = whole if choice.row == "own" else "members"
        ranked = sorted(told, key=lambda one: (one[1] != wanted_row, one[0] != choice.basis))
        basis, row = ranked[0] if ranked else (choice.basis or "origin", "members")
        return (choice.rates or "monthly", choice.margin or "none", basis, row)

    def _own_years(self, steps: dict[str, Choice]) -> pa.Table:
        """The origins with all their customers, each whole year that both sides report, under each choice."""
        asked = self.asked
        chosen = self._choices(steps, asked.importers)
        plain = held(asked.sides.filter(_speaks(asked.sides)))
        rows = yearly(valued(plain, asked.rates), asked.currency)
        exports, imports = rows.filter(rows.side == "export"), rows.filter(rows.side == "import")
        both = chosen.inner_join(
            exports.select("origin", "destination", "rates", "year", export_value="value"),
            ["origin", "destination", "rates"],
        )
        both = both.inner_join(
            imports.select("origin", "destination", "rates", "basis", "row", "year", import_value="value"),
            ["origin", "destination", "rates", "basis", "row", "year"],
        )
        both = both.filter(both.export_value > 0, both.import_value > 0)
        kept = both.select("choice", "origin", "destination", "year", "export_value", "import_value")
        return asked.run("own years", kept.order_by(["choice", "origin", "destination", "year"]))

    # ------------------------------------------------------------ the answer's shape
    def _ordinary(self, own: pa.Table) -> pa.Table:
        mine = own.filter(pa.compute.equal(own["choice"], "asked")).drop_columns(["choice"])
        mine = mine.filter(pa.compute.is_in(mine["destination"], pa.array(self.asked.destinations)))
        mine = mine.filter(pa.compute.less_equal(mine["year"], pa.scalar(self.asked.before)))
        years = self.asked.run("ordinary years", _mirror.ordinary(held(mine)))
        money = {
            name: f"{name}_{self.asked.currency.lower()}"
            for name in ("export_value", "import_value", "additional_exports")
        }
        return years.rename_columns([money.get(name, name) for name in years.column_names])

    def _snapshots(self, rows: pa.Table) -> list[Any]:
        shots = behind(self.asked.store, rows, self.asked.as_of)
        converted = {
            cell for side in ("export", "import") for cell in rows[f"{side}_reported_in"].to_pylist()
        }
        fitted, other = self.wanted.margin == "fitted", bool(converted - {self.asked.currency, None})
        return shots + self.asked.facts_behind(fitted=fitted, converted=other)

    def _small(self, rows: pa.Table, ordinary: pa.Table) -> list[str]:
        """Rises that the pair has had in years nothing is asked about: a share of them says little."""
        name = f"additional_exports_{self.asked.currency.lower()}"
        found = []
        for row in rows.to_pylist():
            years = [
                one
                for one in ordinary.to_pylist()
                if (one["origin"], one["destination"]) == (row["origin"], row["destination"])
                and one["year"] <= self.asked.before
                and (one[name] or 0) >= (row["additional_exports"] or 0) > 0
            ]
            if years:
                when = ", ".join(f"{one['year']:%Y}" for one in years)
                found.append(
                    f"exports to {row['destination']} rose as much in {when}: the share says little."
                )
        return found

    def _warnings(self, rows: pa.Table) -> list[str]:
        lengths = {
            sum(len(one.months) for one in span) for span in (self.asked.base, self.asked.window) if span
        }
        found = (
            ["the base is brought to the window's length: an average, not a sum."] if len(lengths) > 1 else []
        )
        found += [
            f"{row['origin']} to {row['destination']}: not compared: {row['refused']}."
            for row in rows.to_pylist()
            if row["refused"]
        ]
        said = {
            w
            for side in ("export", "import")
            for c in rows[f"{side}_status"].to_pylist()
            for w in (c or "").split()
        }
        if said - {"reported"}:
            found.append(f"not plain reports: status {', '.join(sorted(said - {'reported'}))}.")
        for flag, text in _CAUTIONS.items():
            if who := [r["destination"] for r in rows.to_pylist() if r[flag]]:
                found.append(f"{', '.join(who)}: {text}")
        fell = [r["destination"] for r in rows.to_pylist() if (r["additional_exports"] or 1) <= 0]
        found += [f"exports did not rise to {', '.join(fell)}: no missing share is given."] if fell else []
        bare = [
            r["destination"]
            for r in rows.to_pylist()
            if r["missing_share"] is not None and r["low_90"] is None
        ]
        if bare:
            found.append(f"too few ordinary years are held for an interval of {', '.join(bare)}.")
        for row in rows.to_pylist():
            if (row["margin_source"] or "").startswith("fallback"):
                found.append(f"{row['destination']}: margin {row['margin_source']}.")
        return found


_CAUTIONS = {
    "is_from_parts": "figures are sums of what longer codes are held: whole only if all of them are.",
    "is_unsaid": "imports do not say cif or fob and are taken as cif.",
    "is_other_source": "base and window of one side are of different sources (column sources).",
}


def _speaks(sides: pa.Table) -> Any:
    """Rows with no figure made from others."""
    words = [set((cell or "").split()) for cell in sides["statuses"].to_pylist()]
    return pa.array([not said & set(DERIVED) for said in words], pa.bool_())


def _of_kind(margins: pa.Table, kind: str) -> pa.Table:
    return margins.append_column("margin_kind", _repeated(kind, len(margins)))


def _repeated(text: str, times: int) -> pa.Array:
    return pa.array([text] * times, pa.string())


def _ladder(table: pa.Table) -> pa.Table:
    """The share under each choice on the way from the published style to ours."""
    steps = table.filter(pa.compute.not_equal(table["choice"], "asked"))
    order = [(name, "ascending") for name in ("origin", "destination", "choice")]
    return steps.select(list(_LADDER)).sort_by(order)


_LADDER = (
    *("origin", "destination", "choice", "missing_share", "low_90", "high_90"),
    *("rates", "margin", "basis", "row", "refused"),
)


def _shaped(rows: pa.Table, asked: Question) -> pa.Table:
    """The columns in reading order, the currency in the names of money."""
    goods, period = asked.basket.name, " ".join(map(str, asked.window))
    told = rows.append_column("commodity", _repeated(goods, len(rows)))
    told = told.append_column("period", _repeated(period, len(rows)))
    rest = [n for n in told.column_names if n not in (*_FIRST, *_INSIDE)]
    placed = told.select([*_FIRST, *rest])
    suffix = f"_{asked.currency.lower()}"
    return placed.rename_columns([f"{n}{suffix}" if n in _MONEY else n for n in placed.column_names])


_FIRST = (
    *("origin", "destination", "commodity", "period", "export_fob", "import_fob", "gap", "missing_share"),
    *("low_90", "high_90", "refused"),
)
_BRIEF = (
    *("origin", "destination", "period", "export_fob", "import_fob", "gap", "missing_share"),
    *("low_90", "high_90", "margin", "margin_error", "basis", "row", "refused"),
)
_INSIDE = ("choice", "less", "more", "shifted", "moved", "margin_kind")
_MONEY = frozenset(
    (
        *("export_fob", "import_fob", "gap", "gap_low_90", "gap_high_90", "base_export_fob"),
        *("base_import_fob", "base_gap", "additional_exports", "additional_imports"),
    )
)
