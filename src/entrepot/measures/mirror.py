"""The mirror: what an exporter says left against what the importer says arrived, in levels and in changes."""

from __future__ import annotations

from typing import Final

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from entrepot.measures.direct import words
from entrepot.measures.margin import Z90
from entrepot.model.flow import DERIVED

NOT_HELD: Final = "no report is held"
_SAID = (
    *("freight_value", "unsaid", "months", "wanted", "unrated", "reporters", "is_own", "is_from_parts"),
    *("levels", "editions"),
)
_TOLD = ("statuses", "sources", "snapshots", "currency")


def mirror(spanned: Table, choices: Table, margins: Table, bands: Table, faults: Table) -> Table:
    """One row per origin, destination and choice: both sides in FOB terms, the gap, the missing share.

    spanned: of measures.sides.spans. choices: choice, origin, destination, rates, basis, row, margin_kind,
    has_base, has_window, export_members and import_members (how many a group has; 1 of a country).
    margins: margin_kind, origin, destination, margin, margin_error, margin_source. bands: of
    measures.noise.bands. faults: origin, destination, fault (a text, of measures.lint).

    export_fob, import_fob: sums over the window; what has freight in it is divided by 1 + margin. The base is
    brought to the window's length where they differ. gap: export_fob less
    import_fob; positive: left and was not recorded on arrival. missing_share: 1 - dM/dX over the changes from
    base to window, null unless exports rose. low_90, high_90: its interval, from how far the two sides of
    pairs of this size drift apart in ordinary years and from the margin's error, taken as independent; null
    where too few ordinary years are held. gap_low_90, gap_high_90: from the margin's error alone.
    refused: null, or why the two sides are not comparable; gap and share are null then.
    Formulas: METHODS section 2; Chupilkin, Javorcik and Plekhanov, CEPR DP20097 (the share in changes).
    """
    out = choices.left_join(_wide(spanned, "export"), ["origin", "destination", "rates"], rname="{name}_x")
    out = out.left_join(
        _wide(spanned, "import"), ["origin", "destination", "rates", "basis", "row"], rname="{name}_m"
    )
    out = out.left_join(margins, ["origin", "destination", "margin_kind"], rname="{name}_k")
    out = out.left_join(bands, ["origin", "destination", "choice"], rname="{name}_b")
    out = out.left_join(faults, ["origin", "destination"], rname="{name}_f")
    return _told(_compared(_fob(out.alias("sides"))))


def _wide(spanned: Table, side: str) -> Table:
    """Base and window of a series side by side, each column named after its side and span."""
    rows = spanned.filter(spanned.side == side)
    key = ["origin", "destination", "rates", *(("basis", "row") if side == "import" else ())]
    return rows.group_by(key).agg(
        **{
            f"{side}_{span}_{name}": _only(rows, name, span)
            for span in ("base", "window")
            for name in ("value", *_SAID, *_TOLD)
        }
    )


def _only(rows: Table, name: str, span: str) -> Value:
    """The value of the one row there is of a span."""
    return rows[name].max(where=rows.span == span)


def _fob(t: Table) -> Table:
    """Both sides without freight; a base longer or shorter than the window brought to the window's length."""
    length = t.export_window_wanted / ibis.coalesce(t.export_base_wanted, t.import_base_wanted).nullif(0)
    out = t.mutate(
        export_fob=_without_freight(t, "export", "window"),
        import_fob=_without_freight(t, "import", "window"),
        base_export_fob=_without_freight(t, "export", "base") * length,
        base_import_fob=_without_freight(t, "import", "base") * length,
    )
    return out.mutate(refused=_refused(out))


def _without_freight(t: Table, side: str, span: str) -> Value:
    value, dear = t[f"{side}_{span}_value"], t[f"{side}_{span}_freight_value"].fill_null(0)
    return value - dear + dear / (1 + t.margin)


def _compared(t: Table) -> Table:
    """Gap, changes, share and intervals where nothing is refused."""
    none = ibis.null("float64")
    fair = t.refused.isnull()
    rise = ibis.ifelse(fair, t.export_fob - t.base_export_fob, none)
    arrived = ibis.ifelse(fair, t.import_fob - t.base_import_fob, none)
    out = t.mutate(
        gap=ibis.ifelse(fair, t.export_fob - t.import_fob, none),
        base_gap=ibis.ifelse(fair, t.base_export_fob - t.base_import_fob, none),
        additional_exports=rise,
        additional_imports=arrived,
        less=t.import_fob * ((-t.drift_low).exp() - 1),
        more=t.import_fob * (1 - (-t.drift_high).exp()),
        error=Z90 * t.margin_error / (1 + t.margin),
    )
    shifted, moved = (out.error * out.additional_imports).abs(), (out.error * out.import_fob).abs()
    return _with_intervals(out.mutate(shifted=shifted, moved=moved))


def _with_intervals(t: Table) -> Table:
    """Shares and their ends, from sums and half widths in money (which can be added up over destinations)."""
    rise = ibis.ifelse(t.additional_exports > 0, t.additional_exports, ibis.null("float64"))
    share = 1 - t.additional_imports / rise
    return t.mutate(
        missing_share=share,
        low_90=share - (t.less**2 + t.shifted**2).sqrt() / rise,
        high_90=share + (t.more**2 + t.shifted**2).sqrt() / rise,
        gap_low_90=t.gap - t.moved,
        gap_high_90=t.gap + t.moved,
    )


def _told(t: Table) -> Table:
    """The columns of an answer, and what a total over destinations needs."""
    sided = {
        f"{before}{side}_{name}": t[f"{side}_{span}_{column}"]
        for side in ("export", "import")
        for span, before in (("window", ""), ("base", "base_"))
        for name, column in (("months", "months"), ("status", "statuses"), ("reporters", "reporters"))
    }
    about = {
        f"{side}_{name}": t[f"{side}_window_{column}"]
        for side in ("export", "import")
        for name, column in (("reported_in", "currency"), ("digits", "levels"), ("hs_revisions", "editions"))
    }
    return t.select(
        *_KEY,
        *_RESULT,
        *_SUMMED,
        "margin",
        "margin_error",
        "margin_source",
        *_HALVES,
        "drifts",
        "drift_source",
        **sided,
        **about,
        is_from_parts=_either(t, "is_from_parts"),
        is_unsaid=_either(t, "unsaid"),
        is_other_source=_changed(t, "export") | _changed(t, "import"),
        sources=_joined(t, "sources"),
        snapshots=_joined(t, "snapshots"),
    )


def _either(t: Table, name: str) -> Value:
    return ibis.or_(*(t[f"{side}_{span}_{name}"].fill_null(False) for side in _SIDES for span in _SPANS))


def _changed(t: Table, side: str) -> Value:
    """Whether one source speaks for the base and another for the window."""
    return (t[f"{side}_base_sources"] != t[f"{side}_window_sources"]).fill_null(False)


_SIDES, _SPANS = ("export", "import"), ("base", "window")
_KEY = ("origin", "destination", "choice", "rates", "margin_kind", "basis", "row")
_RESULT = ("gap", "missing_share", "low_90", "high_90", "gap_low_90", "gap_high_90", "refused")
_SUMMED = (
    *("export_fob", "import_fob", "base_export_fob", "base_import_fob", "base_gap"),
    *("additional_exports", "additional_imports"),
)
_HALVES = ("less", "more", "shifted", "moved")


def _joined(t: Table, name: str) -> Value:
    """The words of both sides and spans in one text."""
    parts = [
        t[f"{side}_{span}_{name}"].fill_null("")
        for side in ("export", "import")
        for span in ("base", "window")
    ]
    return _once_each(parts[0] + " " + parts[1] + " " + parts[2] + " " + parts[3])


def _once_each(text: Value) -> Value:
    return text.split(" ").unique().sort().join(" ").strip()


def with_total(rows: Table, name: str) -> Table:
    """The rows, and for each origin and choice one for all destinations together, called `name`.

    rows: of `mirror`. The ordinary drift of different importers is taken as independent, the margin's error
    as common. Where one destination is refused so is the total: the rest would answer another question.
    """
    same = ("rates", "margin_kind")
    rows = rows.mutate(less_squared=rows.less**2, more_squared=rows.more**2)
    sums = rows.group_by(["origin", "choice", *same]).agg(
        **{one: _all(rows, one) for one in (*_SUMMED, "gap", "shifted", "moved")},
        less=_all(rows, "less_squared").sqrt(),
        more=_all(rows, "more_squared").sqrt(),
        drifts=rows.drifts.min(),
        without=words(ibis.ifelse(rows.refused.isnull(), ibis.null("string"), rows.destination)),
        sources=_once_each(words(rows.sources)),
        snapshots=_once_each(words(rows.snapshots)),
    )
    named = sums.mutate(
        destination=ibis.literal(name), refused=("refused for " + sums.without).nullif("refused for ")
    )
    whole, rows = _with_intervals(named), rows.drop("less_squared", "more_squared")
    given = {column: whole[column] for column in rows.columns if column in whole.columns}
    absent = {c: ibis.null(rows.schema()[c]) for c in rows.columns if c not in whole.columns}
    every = rows.union(whole.select(**(given | absent)).select(*rows.columns))
    return every.order_by([every.origin, every.destination == name, every.destination, every.choice])


def _all(rows: Table, name: str) -> Value:
    """The sum, null where one of them is."""
    return ibis.ifelse(rows[name].count() == rows.count(), rows[name].sum(), ibis.null("float64"))


def ordinary(years: Table) -> Table:
    """One row per pair and year: both sides, their ratio, and the share that year's change would have shown.

    years: origin, destination, year, export_value, import_value (one currency, imports as reported). ratio:
    imports over exports. additional_exports: on the year before. missing_share: 1 - dM/dX where exports rose:
    what the measure says of a year that nothing is asked about; null where the year before is not held.
    Source: METHODS section 2 (placebo years).
    """
    at = years.mutate(at=years.year.year())
    before = at.select("origin", "destination", was_x=at.export_value, was_m=at.import_value, at=at["at"] + 1)
    both = at.left_join(before, ["origin", "destination", "at"], rname="{name}_was")
    rise = both.export_value - both.was_x
    up = ibis.ifelse(rise > 0, rise, ibis.null("float64"))
    out = both.select(
        *("origin", "destination", "year"),
        missing_share=1 - (both.import_value - both.was_m) / up,
        ratio=both.import_value / both.export_value.nullif(0),
        export_value=both.export_value,
        import_value=both.import_value,
        additional_exports=rise,
    )
    return out.order_by(["origin", "destination", "year"])


# ---------------------------------------------------------------- why two sides are not compared
def _refused(t: Table) -> StringValue:
    """All the reasons there are, in one text; null where there is none."""
    found: list[tuple[BooleanValue, Value]] = []
    for span in ("base", "window"):
        asked = t[f"has_{span}"]
        for side in ("export", "import"):
            found += [(asked & fires, reason) for fires, reason in _of_side(t, side, span)]
        found += [(asked & fires, reason) for fires, reason in _of_both(t, span)]
    found += [(t.fault.notnull(), t.fault)]
    parts = [ibis.ifelse(fires.fill_null(False), reason + "; ", "") for fires, reason in found]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole.substr(0, ibis.greatest(whole.length() - 2, 0)).nullif("")


def _of_side(t: Table, side: str, span: str) -> list[tuple[BooleanValue, Value]]:
    value, months = t[f"{side}_{span}_value"], t[f"{side}_{span}_months"]
    wanted, unrated = t[f"{side}_{span}_wanted"], t[f"{side}_{span}_unrated"]
    where = f"the {side} side of the {span}"
    members, reporters = t[f"{side}_members"], t[f"{side}_{span}_reporters"]
    absent = ~t[f"{side}_{span}_is_own"] & (reporters < members)
    derived = ibis.or_(*(t[f"{side}_{span}_statuses"].contains(one) for one in DERIVED))
    return [
        (value.isnull() & ~(unrated > 0).fill_null(False), ibis.literal(f"{NOT_HELD}: {where}")),
        (
            value.notnull() & absent,
            reporters.cast("string") + " of " + members.cast("string") + f" members report: {where}",
        ),
        (unrated > 0, ibis.literal(f"currency mismatch, no exchange rate: {where}")),
        (derived, ibis.literal("derived side, status ") + t[f"{side}_{span}_statuses"] + f": {where}"),
        (
            value.notnull() & (months < wanted),
            ibis.literal("partial, ")
            + months.cast("string")
            + " of "
            + wanted.cast("string")
            + f" months are reported: {where}",
        ),
    ]


def _of_both(t: Table, span: str) -> list[tuple[BooleanValue, Value]]:
    levels = [t[f"{side}_{span}_levels"] for side in ("export", "import")]
    digits = levels[0] + " and " + levels[1]
    return [
        (levels[0] != levels[1], ibis.literal("level mismatch, ") + digits + f" digits: the {span}"),
    ]
