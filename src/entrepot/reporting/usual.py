"""What somebody is shown who has not asked yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import ibis

from entrepot.errors import NoDataError, UsageError
from entrepot.model.area import is_group
from entrepot.model.event import all_events
from entrepot.model.flow import Flow
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked
from entrepot.reporting.pages import Page
from entrepot.store import Store


def usual_pair(store: Store) -> tuple[str, str]:
    """The pair of which most months are held: to whom most events concern, from one they do not concern.

    Two empty texts where no exports are held.
    """
    try:
        flows = store.flows()
    except NoDataError:
        return "", ""
    exports = flows.filter(flows.flow == str(Flow.EXPORT), flows.partner != "WLD")
    chosen = exports.filter(exports.reporter != exports.partner)
    months = chosen.period.nunique(where=chosen.frequency == "M")
    pairs = chosen.group_by("reporter", "partner").agg(months=months, cells=chosen.count())
    concerned = Counter(area for event in all_events() for area in event.concerns if not is_group(area))
    events = pairs.partner.cases(*sorted(concerned.items()), else_=0)
    pairs = pairs.mutate(first=ibis.ifelse(pairs.reporter.isin(sorted(concerned)), 0, events))
    order = [ibis.desc(name) for name in ("first", "months", "cells")]
    ranked = pairs.order_by(*order, "reporter", "partner").limit(1)
    rows = store.run(ranked).to_pylist()
    return (rows[0]["reporter"], rows[0]["partner"]) if rows else ("", "")


def refuse_same(asked: Asked, page: Page) -> None:
    """Raises UsageError where a page on two countries is asked about one."""
    if asked.origin and asked.origin == asked.destination and tuple(page.asks[:2]) == _ENDS:
        raise UsageError(f"origin and destination are both {asked.origin}: name two countries.")


_ENDS = ("origin", "destination")


def sections(store: Store, page: Page, name: str, asked: Asked) -> Sequence[Section]:
    """The sections of a part; where no two countries are named and none could be chosen, what is needed."""
    part = page.part(name)
    refuse_same(asked, page)
    try:
        return part.make(store, asked)
    except UsageError:
        if "destination" not in page.asks or (asked.origin and asked.destination):
            raise
    gap = Missing("exports of any country", "entrepot add FILE...")
    return [Section(part.title, (_UNNAMED,), missing=(gap,))]


_UNNAMED = "No exports are held from which two countries could be chosen: add some, or name both (From, To)."
