"""Asks UN Comtrade: what is published (getDa), then cells, in portions that no limit of rows cuts off.

Every ask includes the control row, World and all goods: a month that is published has it, so an answer
without any row is a fault of the question or of the publisher, and never "no trade".
Facts of the interface: comtradedeveloper.un.org; the public part answers 500 rows without a key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from entrepot.errors import UsageError
from entrepot.model.area import area, lookup
from entrepot.sources._ask import (
    Ask,
    Asks,
    BadAnswerError,
    Nothing,
    Outcome,
    Pace,
    Parts,
    Publisher,
    Whole,
    Words,
)
from entrepot.sources.comtrade._order import LEVELS, MOST_PARTNERS, TOTAL, WORLD, Order, parse

_LIMITS: Final = {False: 500, True: 100_000}
_SUSPECT: Final = frozenset((500, 100_000, 250_000))
_PORTION: Final = 50_000  # rows an answer is planned for with a key: it is read in memory
_MOST_PERIODS: Final = 12
_LONGEST: Final = 3_500  # characters of an address; the publisher takes 4,096
_AXES: Final = ("period", "flow", "partner", "commodity")
_FIXED: Final = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}  # totals only: each cell once
_PERIODS_ABOUT: Final = 12


@dataclass(frozen=True)
class _Release:
    """A month or year of a reporter, as it is published now."""

    reporter: str
    period: str
    rows: int
    released: date
    version: str

    @property
    def mark(self) -> str:
        """Its name: the period, and the publisher's words for its state."""
        return f"{self.period} {self.version}"


class Comtrade(Publisher):
    """UN Comtrade's interface, with a key or without."""

    source = "comtrade"
    base = "https://comtradeapi.un.org"
    key_name = "COMTRADE_API_KEY"
    terms = "Free for one's own use; passing the figures on needs the United Nations' permission."

    def pace(self, *, keyed: bool) -> Pace:
        """One question a second; with the free key 500 a day (without, the publisher names no number)."""
        return Pace(1, 2, 500) if keyed else Pace(1, 1)

    def headers(self, key: str) -> Mapping[str, str]:
        """The key, in the header of the publisher's gateway."""
        return {"Ocp-Apim-Subscription-Key": key} if key else {}

    def about(self, words: Words, today: date, *, keyed: bool) -> Sequence[Ask]:
        """What is published of the reporters and periods, and since when."""
        order = parse(words, today)
        path = "data/v1/getDa" if keyed else "public/v1/getDA"
        return [
            _ask(
                f"{path}/C/{order.frequency}/HS", {"reporterCode": who, "period": ",".join(when)}, "published"
            )
            for who in order.reporters
            for when in _portions(order.periods, _PERIODS_ABOUT)
        ]

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """One ask for each release day of a reporter, and smaller ones where it would reach the limit.

        Cells of a release that is held already are left out.
        """
        order = parse(words, today)
        releases = {(one.reporter, one.period): one for path in told for one in _releases(path)}
        absent = tuple(
            (f"{_name(who)} {when}", "not published")
            for who in order.reporters
            for when in order.periods
            if (who, when) not in releases
        )
        wanted = {one: _partners_left(order, one, done) for one in releases.values()}
        held = tuple(f"{_name(one.reporter)} {one.period}" for one, left in wanted.items() if left is None)
        found = [
            ask
            for together, left in _together(wanted)
            for ask in _fitting(_whole_ask(order, together, left, keyed=keyed))
        ]
        return Asks(tuple(found), absent, held)

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """Rows; or smaller asks where the answer has as many rows as the publisher gives at most."""
        answer = _parsed(path, content_type)
        rows = answer["data"]
        if not ask.axes:
            return Whole(len(rows))
        if len(rows) >= (ask.limit or 0) or len(rows) in _SUSPECT:
            return Parts(tuple(_halves(ask)), f"{len(rows):,} rows: the publisher's limit")
        if not rows:
            return Nothing(_UNEXPLAINED, is_known=False)
        _refuse_others(ask, rows)
        return Whole(len(rows), content=_digest(rows), note=_no_trade(ask, rows))


_UNEXPLAINED: Final = (
    "an empty answer, though the publisher lists the month as published and all goods with the world were "
    "asked for too: a fault, not 'no trade'"
)


def _partners_left(order: Order, release: _Release, done: Sequence[Ask]) -> tuple[str, ...] | None:
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


def _together(
    wanted: Mapping[_Release, tuple[str, ...] | None],
) -> Iterator[tuple[list[_Release], tuple[str, ...]]]:
    """Releases of one reporter and day of which the same is wanted: an answer has one publication date."""
    found: dict[tuple[str, date, tuple[str, ...]], list[_Release]] = {}
    for one, left in sorted(wanted.items(), key=lambda pair: (pair[0].reporter, pair[0].period)):
        if left is not None:
            found.setdefault((one.reporter, one.released, left), []).append(one)
    for (_, _, left), releases in found.items():
        for part in _portions(releases, _MOST_PERIODS):
            yield part, left


def _whole_ask(order: Order, together: Sequence[_Release], left: tuple[str, ...], *, keyed: bool) -> Ask:
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
        Ask("comtrade", "", "", "", rows=known, limit=_LIMITS[keyed], published=first.released,
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
    one = _ask(f"{path}/C/{frequency}/HS", params, _label(axes))
    return replace(
        one,
        rows=min(_cells(axes), like.rows or _cells(axes)),
        limit=like.limit,
        published=like.published,
        version=like.version,
        partners=named,
        commodities=() if levels else axes["commodity"],
        complete=(*(() if named else ("partner",)), *(("commodity",) if levels else ())),
        axes=dict(axes),
    )


def _ask(path: str, params: Mapping[str, str], label: str) -> Ask:
    url = f"{path}?{urlencode(params, safe=',')}"
    short = hashlib.sha256(url.encode()).hexdigest()[:8]
    name = "".join(char if char.isalnum() else "-" for char in f"comtrade {label}")[:80]
    return Ask("comtrade", url, f"{name}-{short}.json", label)


def _label(axes: Mapping[str, tuple[str, ...]]) -> str:
    periods, goods = axes["period"], axes["commodity"]
    when = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    whom = f"{len(axes['partner'])} partners" if axes["partner"] else "all partners"
    what = goods[-1] if len(goods) <= 2 else f"{len(goods)} codes"
    return f"{_name(axes['reporter'][0])} {'+'.join(axes['flow'])} {when}, {whom}, {what}"


def _cells(axes: Mapping[str, tuple[str, ...]]) -> int:
    """Rows an answer has at most: one for each cell."""
    goods = sum(LEVELS.get(code, 1) for code in axes["commodity"])
    return len(axes["period"]) * len(axes["flow"]) * (len(axes["partner"]) or MOST_PARTNERS) * goods


def _fitting(ask: Ask) -> Iterator[Ask]:
    """The ask, parted until each part stays below the limit, the portion and the longest address."""
    keyed = bool(ask.axes["keyed"])
    most = min(_LIMITS[keyed] - 1, _PORTION)
    if (ask.rows or 0) <= most and len(ask.url) <= _LONGEST and len(ask.axes["period"]) <= _MOST_PERIODS:
        yield ask
        return
    for part in _halves(ask):
        yield from _fitting(part)


def _halves(ask: Ask) -> list[Ask]:
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
    raise UsageError(
        f"{ask.label}: more rows than Comtrade gives without a key. Set COMTRADE_API_KEY, or ask for less."
    )


def _split(axis: str, values: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stays in each part, and what is divided among them."""
    if axis == "partner" and not values:
        return (WORLD,), tuple(_partners())
    control = {"partner": WORLD, "commodity": TOTAL}.get(axis)
    return tuple(one for one in values if one == control), tuple(one for one in values if one != control)


def _partners() -> list[str]:
    """Every number of Comtrade's for a partner but the world, one way of writing each."""
    return sorted({number.lstrip("0") for number, code in lookup("comtrade").items() if code != "WLD"} - {""})


def _portions(values: Sequence[Any], most: int) -> list[Any]:
    return [values[start : start + most] for start in range(0, len(values), most)]


def _parsed(path: Path, content_type: str) -> dict[str, Any]:
    """The answer's envelope. Raises BadAnswerError for anything else."""
    if content_type and "json" not in content_type:
        raise BadAnswerError(f"it is {content_type.partition(';')[0][:40]}, not JSON")
    try:
        answer = json.loads(path.read_bytes(), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadAnswerError(f"it is damaged or cut off ({str(error)[:80]})") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise BadAnswerError("it has no data: the interface has changed, or this is an error's text")
    if answer.get("error"):
        raise BadAnswerError(f"the publisher says {str(answer['error'])[:200]!r}")
    if answer.get("count", len(answer["data"])) != len(answer["data"]):
        raise BadAnswerError(f"it announces {answer['count']} rows and has {len(answer['data'])}")
    if not all(isinstance(row, dict) for row in answer["data"]):
        raise BadAnswerError("its rows are no rows")
    return answer


def _releases(path: Path) -> Iterator[_Release]:
    for row in _parsed(path, "")["data"]:
        try:
            released = date.fromisoformat(str(row["lastReleased"])[:10])
            version = f"{row['lastReleased']} {row.get('datasetChecksum', '')}".strip()
            yield _Release(
                str(row["reporterCode"]), str(row["period"]), int(row["totalRecords"] or 0), released, version
            )
        except (KeyError, ValueError, TypeError) as error:
            raise BadAnswerError(f"what it says of a month is not understood ({error!r})") from None


def _refuse_others(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> None:
    """An answer to another question is none: some parameters are passed over in silence."""
    asked = {"reporterCode": ask.axes["reporter"], "period": ask.axes["period"], "flowCode": ask.axes["flow"]}
    if ask.axes["partner"]:
        asked["partnerCode"] = ask.axes["partner"]
    for name, values in asked.items():
        if others := {str(row.get(name)) for row in rows} - set(values):
            raise BadAnswerError(f"it has {name} {min(others)}, which was not asked for")


def _no_trade(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> str:
    """Partners the answer has no row of: the publisher has the month, and reports no trade with them."""
    told = {str(row.get("partnerCode")) for row in rows}
    silent = [lookup("comtrade")[one] for one in ask.axes["partner"] if one not in told]
    return f"published, and no trade reported with {', '.join(silent)}" if silent else ""


def _digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Of the rows alone: the time an answer took is in it too."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _name(number: str) -> str:
    return area(lookup("comtrade")[number]).code


PUBLISHER: Final = Comtrade()
