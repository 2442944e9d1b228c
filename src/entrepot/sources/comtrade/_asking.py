"""The questions to Comtrade: one for each release day, parted so that no limit of rows cuts off an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from entrepot.errors import UsageError
from entrepot.model.area import area, lookup
from entrepot.sources._ask import Ask, short
from entrepot.sources.comtrade._columns import INWARD
from entrepot.sources.comtrade._order import FLOWS, LEVELS, MOST_PARTNERS, TOTAL, WORLD, Order
from entrepot.sources.comtrade._told import Release

LIMITS: Final = {False: 500, True: 100_000}
SUSPECT: Final = frozenset((500, 100_000, 250_000))
_PORTION: Final = 50_000  # rows an answer is planned for with a key: it is read in memory
MOST_PERIODS: Final = 12
_LONGEST: Final = 3_500  # characters of an address; the publisher takes 4,096
_AXES: Final = ("period", "flow", "partner", "commodity")
_FIXED: Final = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}  # totals only: each cell once


def partners_left(order: Order, release: Release, done: Sequence[Ask]) -> tuple[str, ...] | None:
    """Of the partners ordered those not yet held of a release; none named: all there are; None: none left."""
    wanted = {(flow, code) for flow in order.flows for code in order.codes}
    held: dict[str, set[tuple[str, str]]] = {}
    for ask in done:
        if ask.axes.get("reporter") == (release.reporter,) and release.mark in ask.version.split(";"):
            cells = {(flow, code) for flow in ask.axes["flow"] for code in ask.axes["commodity"]}
            for partner in ask.axes["partner"] or ("",):
                held.setdefault(partner, set()).update(cells)
    if wanted <= held.get("", set()):
        return None
    left = tuple(one for one in order.partners if not wanted <= held.get(one, set()))
    return left if left or not order.partners else None


def together(
    wanted: Mapping[Release, tuple[str, ...] | None],
) -> Iterator[tuple[list[Release], tuple[str, ...]]]:
    """Releases of one reporter and day of which the same is wanted: an answer has one publication date."""
    found: dict[tuple[str, date, tuple[str, ...]], list[Release]] = {}
    for one, left in sorted(wanted.items(), key=lambda pair: (pair[0].reporter, pair[0].period)):
        if left is not None:
            found.setdefault((one.reporter, one.released, left), []).append(one)
    for (_, _, left), releases in found.items():
        for part in portions(releases, MOST_PERIODS):
            yield part, left


def whole_ask(order: Order, together: Sequence[Release], left: tuple[str, ...], *, keyed: bool) -> Ask:
    """The ask for releases of one reporter and day, however many rows it has."""
    first = together[0]
    axes = {
        "period": tuple(one.period for one in together),
        "flow": order.flows,
        "partner": (WORLD, *left) if left else (),
        "commodity": order.codes,
        "reporter": (first.reporter,),
        "frequency": (order.frequency,),
        "keyed": ("yes",) if keyed else (),
    }
    known = sum(one.rows for one in together)
    return _made(
        Ask("comtrade", "", "", "", rows=known, limit=LIMITS[keyed], published=first.released,
            version=";".join(one.mark for one in together)),
        axes,
    )  # fmt: skip


def _made(like: Ask, axes: Mapping[str, tuple[str, ...]]) -> Ask:
    """The ask for these axes."""
    keyed, frequency, reporter = bool(axes["keyed"]), axes["frequency"][0], axes["reporter"][0]
    path = "data/v1/get" if keyed else "public/v1/preview"
    params = {
        "reporterCode": reporter,
        "period": ",".join(axes["period"]),
        "flowCode": ",".join(axes["flow"]),
        "cmdCode": ",".join(axes["commodity"]),
        **({"partnerCode": ",".join(axes["partner"])} if axes["partner"] else {}),
        **_FIXED,
        "maxRecords": str(like.limit),
        "includeDesc": "true",
    }
    places = lookup("comtrade")
    named = tuple(places[one] for one in axes["partner"])
    levels = [code for code in axes["commodity"] if code in LEVELS]
    one = asking(f"{path}/C/{frequency}/HS", params, _label(axes))
    return replace(
        one,
        rows=min(_cells(axes), like.rows or _cells(axes)),
        limit=like.limit,
        published=like.published,
        version=";".join(mark for mark in like.version.split(";") if mark.split(" ")[0] in axes["period"]),
        partners=named,
        commodities=() if levels else axes["commodity"],
        complete=(*(() if named else ("partner",)), *(("commodity",) if levels else ())),
        flows=tuple(
            (word, "origin" if word in INWARD else "destination")
            for word, code in FLOWS.items()
            if code in axes["flow"]
        ),
        periods=tuple(date(int(one[:4]), int(one[4:] or 1), 1) for one in axes["period"]),
        axes=dict(axes),
    )


def asking(path: str, params: Mapping[str, str], label: str) -> Ask:
    """One question; its file is named after what it asks."""
    url = f"{path}?{urlencode(params, safe=',')}"
    name = "".join(char if char.isalnum() else "-" for char in f"comtrade {label}")[:80]
    return Ask("comtrade", url, f"{name}-{short(url)}.json", label)


def _label(axes: Mapping[str, tuple[str, ...]]) -> str:
    periods, goods = axes["period"], axes["commodity"]
    when = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    whom = f"{len(axes['partner'])} partners" if axes["partner"] else "all partners"
    what = goods[-1] if len(goods) <= 2 else f"{len(goods)} codes"
    return f"{name(axes['reporter'][0])} {'+'.join(axes['flow'])} {when}, {whom}, {what}"


def _cells(axes: Mapping[str, tuple[str, ...]]) -> int:
    """Rows an answer has at most: one for each cell."""
    goods = sum(LEVELS.get(code, 1) for code in axes["commodity"])
    return len(axes["period"]) * len(axes["flow"]) * (len(axes["partner"]) or MOST_PARTNERS) * goods


def fitting(ask: Ask) -> Iterator[Ask]:
    """The ask, parted until each part stays below the limit, the portion and the longest address."""
    keyed = bool(ask.axes["keyed"])
    most = min(LIMITS[keyed] - 1, _PORTION)
    if (ask.rows or 0) <= most and len(ask.url) <= _LONGEST and len(ask.axes["period"]) <= MOST_PERIODS:
        yield ask
        return
    for part in halves(ask):
        yield from fitting(part)


def halves(ask: Ask) -> list[Ask]:
    """The ask in two: by periods, then flows, then partners, then codes; the control row is in each.

    Raises UsageError for one that has nothing left to part.
    """
    for axis in _AXES:
        kept, parted = _split(axis, ask.axes[axis])
        if len(parted) > 1:
            middle = len(parted) // 2
            like = replace(ask, rows=None)
            return [
                _made(like, {**ask.axes, axis: (*kept, *part)}) for part in (parted[:middle], parted[middle:])
            ]
    keyed = bool(ask.axes["keyed"])
    said = "in one answer. Ask for less" if keyed else "without a key. Set COMTRADE_API_KEY, or ask for less"
    raise UsageError(f"{ask.label}: more rows than Comtrade gives {said}.")


def apart(ask: Ask, periods: Collection[str]) -> tuple[Ask, Ask]:
    """The ask in two: these periods, and the others."""
    of = [tuple(one for one in ask.axes["period"] if (one in periods) == is_one) for is_one in (True, False)]
    like = replace(ask, rows=None)
    return _made(like, {**ask.axes, "period": of[0]}), _made(like, {**ask.axes, "period": of[1]})


def _split(axis: str, values: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stays in each part, and what is divided among them."""
    if axis == "partner" and not values:
        return (WORLD,), tuple(_partners())
    control = {"partner": WORLD, "commodity": TOTAL}.get(axis)
    return tuple(one for one in values if one == control), tuple(one for one in values if one != control)


def _partners() -> list[str]:
    """Every number of Comtrade's for a partner but the world, one way of writing each."""
    return sorted({number.lstrip("0") for number, code in lookup("comtrade").items() if code != "WLD"} - {""})


def portions(values: Sequence[Any], most: int) -> list[Any]:
    """The values in runs of `most`."""
    return [values[start : start + most] for start in range(0, len(values), most)]


def name(number: str) -> str:
    """Our code of an area of Comtrade's."""
    return area(lookup("comtrade")[number]).code
