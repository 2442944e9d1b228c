"""The last step of an answer: one currency, units in the names, roles, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.measures.direct import Span
from entrepot.model.area import group, is_group
from entrepot.model.commodity import Basket
from entrepot.model.flow import Flow
from entrepot.model.period import Window

_MONEY = frozenset(
    {"value", "base_value", "window_value", "base_per_month", "window_per_month"}
    | {f"{of}_{end}" for of in ("value", "base", "window") for end in ("low", "high")}
)
_ROLES = ("destination", "total", "control")

NOTES = {
    "value": "units of the currency in the column's name, as reported; empty: not reported, never zero",
    "months": "months with a report; 12 for an annual figure",
    "change": "window over base less one, over all codes, as studies print it",
    "change_spliced": "the same over codes that lived on both sides (12 months of the base, or all of it)",
    "change_low": "the lower of the two: the range over that choice; sums of reports have no sampling error",
    "born_share": "share of the window's value in codes with no life in the base: naive growth calls it new",
}


def one_currency(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """Currencies are never added: dollars where there are any, else the one most rows have."""
    counts = {c["values"]: c["counts"] for c in pc.value_counts(table["currency"]).to_pylist()}
    if len(counts) < 2:
        return table, []
    chosen = "USD" if "USD" in counts else max(counts, key=lambda name: counts[name])
    others = ", ".join(f"{n} rows in {c}" for c, n in counts.items() if c != chosen)
    kept = table.filter(pc.equal(table["currency"], chosen))
    return kept, [f"{others} left out; ask for them with --currency."]


def unit_names(table: pa.Table) -> pa.Table:
    """The currency moves into the column names: value becomes value_usd."""
    currency = table["currency"][0].as_py().lower() if len(table) else "usd"
    names = [f"{name}_{currency}" if name in _MONEY else name for name in table.column_names]
    return table.rename_columns(names).drop_columns(["currency"])


def roles(table: pa.Table, flow: Flow, goods: str, targets: tuple[str, ...]) -> pa.Table:
    """Origin and destination in place of reporter and partner, and what part each row plays."""
    ways = ("origin", "destination") if flow is Flow.EXPORT else ("destination", "origin")
    named = table.rename_columns(
        [{"reporter": ways[0], "partner": ways[1]}.get(n, n) for n in table.column_names]
    )
    parts = {"+".join(targets): "total"} | dict.fromkeys(targets, "destination")
    role = [parts.get(one, "control") for one in named["destination"].to_pylist()]
    placed = (
        named.append_column("role", pa.array(role, pa.string()))
        .append_column("commodity", pa.array([goods] * len(named), pa.string()))
        .append_column("rank", pa.array([_ROLES.index(one) for one in role], pa.int8()))
    )
    first = ["origin", "destination", "role", "commodity"]
    rest = [n for n in placed.column_names if n not in (*first, "rank")]
    return placed.sort_by([("origin", "ascending"), ("rank", "ascending")]).select([*first, *rest])


def words(table: pa.Table, column: str) -> set[str]:
    """The distinct words in a column of lists of words."""
    return {word for cell in table[column].to_pylist() for word in (cell or "").split()}


def cautions(table: pa.Table, basket: Basket, *, bounded: bool = False) -> list[str]:
    """What a reader must know before quoting: mixed sources, HS editions, figures not plainly reported.

    bounded: lower and upper bounds stand beside the figures, and say of the editions what there is to say.
    """
    found = []
    if "is_from_parts" in table.column_names and any(table["is_from_parts"].to_pylist()):
        found.append("some figures are sums of what is held, of longer codes, or of partners where the world")
        found[-1] += " itself is not reported (is_from_parts): whole only if all of them are held."
    if "codes" in table.column_names:
        found += _fewer_codes(table, basket)
    if any(" " in (cell or "") for cell in table["sources"].to_pylist()):
        found.append("some rows add figures of more than one source (column sources).")
    found += [] if bounded else _of_editions(words(table, "hs_revisions"), basket)
    if marked := words(table, "status") - {"reported"}:
        found.append(f"not plain reports: status {', '.join(sorted(marked))}.")
    return found


def _of_editions(editions: set[str], basket: Basket) -> list[str]:
    found = []
    if len(editions) > 1:
        found.append(f"codes of {' and '.join(sorted(editions))} stand side by side and are not spliced.")
    if basket.hs_revision and editions - {basket.hs_revision}:
        found.append(
            f"the list is in {basket.hs_revision}; codes born with it have no earlier history."
            " Bounds over its predecessors: --bounds main."
        )
    return found


def _fewer_codes(table: pa.Table, basket: Basket) -> list[str]:
    most = max(table["codes"].to_pylist(), default=0)
    if len(basket.codes) <= most:
        return []
    return [f"figures are held for {most} of the {len(basket.codes)} codes of {basket.name} at most."]


def silent_members(asked: str, told: set[str], windows: Sequence[Window]) -> list[str]:
    """Members of a group all through the windows of which nothing is told; none where it speaks itself."""
    if not told or not is_group(asked):
        return []
    first, last = min(one.first for one in windows), max(one.last for one in windows)
    whole = [one.code for one in group(asked).members if one.on(first) and one.on(last)]
    return sorted(set(whole) - told)


def silences(table: pa.Table) -> list[str]:
    """Rows without a change because their reporter was silent for part of it; unlike sets of reporters."""
    found = []
    for row in table.to_pylist():
        who, months = row["destination"], (row["base_covered"], row["window_covered"])
        if months[0] != months[1] and row["base_value"] is not None and row["window_value"] is not None:
            told = f"{who}: reported for {months[0]} months of the base and {months[1]} of the window"
            found.append(f"{told}; no change is given. Ask for months that both have.")
        if row["base_reporters"] != row["window_reporters"] and row["window_value"] is not None:
            counts = f"{row['base_reporters']} in the base, {row['window_reporters']} in the window"
            found.append(f"{who}: unlike numbers of reporters are added ({counts}).")
        if " " in row["frequencies"]:
            found.append(f"{who}: annual and monthly figures stand side by side.")
    return found


def month_cautions(table: pa.Table, base: Span, window: Span) -> list[str]:
    """Unlike lengths, and rows with fewer months than asked for. `table` has a `destination`."""
    wanted = {
        side: sum(len(one.months) for one in span) for side, span in (("base", base), ("window", window))
    }
    found = []
    if wanted["base"] != wanted["window"]:
        lengths = f"base has {wanted['base']} months and window {wanted['window']}"
        found.append(f"{lengths}: compare the averages, not the sums.")
    for side, months in wanted.items():
        rows = table.select(["destination", f"{side}_months"]).to_pylist()
        if short := [row["destination"] for row in rows if (row[f"{side}_months"] or 0) < months]:
            found.append(f"fewer than {months} months are reported in the {side} for: {', '.join(short)}.")
    return found


def year_cautions(table: pa.Table) -> list[str]:
    """Years with fewer than twelve months: part of a year is not a year."""
    short = {
        row["period"].year for row in table.select(["period", "months"]).to_pylist() if row["months"] < 12
    }
    if not short:
        return []
    return [f"fewer than 12 months are held in {', '.join(map(str, sorted(short)))} (column months)."]
