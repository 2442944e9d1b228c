"""Asks UN Comtrade: what is published (getDa), then cells, in portions that no limit of rows cuts off.

Every ask includes the control row, World and all goods: a month that is published has it, so an answer
without any row is a fault of the question or of the publisher, and never "no trade".
Facts of the interface: comtradedeveloper.un.org; the public part answers 500 rows without a key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Final

from entrepot.sources._ask import Ask, Asks, Nothing, Outcome, Pace, Parts, Publisher, Whole, Words
from entrepot.sources._checks import digest_of, refuse_others
from entrepot.sources.comtrade import _bulk
from entrepot.sources.comtrade._asking import (
    MOST_PERIODS,
    SUSPECT,
    apart,
    asking,
    fitting,
    halves,
    name,
    partners_left,
    portions,
    together,
    whole_ask,
)
from entrepot.sources.comtrade._order import Order, parse
from entrepot.sources.comtrade._told import Release, asked, no_trade, parsed, releases, silent_periods


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
        path = _bulk.listing(keyed=keyed) if order.is_bulk else _PUBLISHED[keyed]
        return [
            asking(
                f"{path}/C/{order.frequency}/HS", {"reporterCode": who, "period": ",".join(when)}, "published"
            )
            for who in order.reporters
            for when in portions(order.periods, MOST_PERIODS)
        ]

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """One ask for each release day of a reporter, and smaller ones where it would reach the limit.

        Cells of a release that is held already are left out.
        """
        order = parse(words, today)
        return _bulk.asks(order, told) if order.is_bulk else _cells(order, told, done, keyed=keyed)

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """Rows; or smaller asks where the answer has as many rows as the publisher gives at most."""
        if _bulk.is_file(ask):
            return _bulk.judge(path)
        rows = parsed(path, content_type)["data"]
        if not ask.axes:
            return Whole(len(rows) if _bulk.is_listing(ask) else len(list(releases(path))))
        if len(rows) >= (ask.limit or 0) or len(rows) in SUSPECT:
            return Parts(tuple(halves(ask)), f"{len(rows):,} rows: the publisher's limit")
        if not rows:
            return Nothing(_UNEXPLAINED, is_known=False)
        refuse_others(rows, asked(ask))
        if silent := silent_periods(ask, rows):
            return Parts(apart(ask, silent), f"no row of {', '.join(silent)}: asked for apart")
        return Whole(len(rows), content=digest_of(rows), note=no_trade(ask, rows))


def _cells(order: Order, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool) -> Asks:
    published = _latest(order, [one for path in told for one in releases(path)])
    wanted = {one: partners_left(order, one, done) for one in published.values()}
    found = [
        ask
        for of_a_day, left in together(wanted)
        for ask in fitting(whole_ask(order, of_a_day, left, keyed=keyed))
    ]
    held = tuple(f"{name(one.reporter)} {one.period}" for one, left in wanted.items() if left is None)
    return Asks(tuple(found), _bulk.missing(order, published), held)


def _latest(order: Order, told: Sequence[Release]) -> dict[tuple[str, str], Release]:
    """The newest release of each month ordered; what else a list has is not asked for."""
    newest = {(one.reporter, one.period): one for one in sorted(told, key=attrgetter("released"))}
    return {which: one for which, one in newest.items() if order.has(*which)}


_PUBLISHED: Final = {False: "public/v1/getDA", True: "data/v1/getDa"}
_UNEXPLAINED: Final = (
    "an empty answer, though the publisher lists the month as published and all goods with the world were "
    "asked for too: a fault, not 'no trade'"
)


PUBLISHER: Final = Comtrade()
