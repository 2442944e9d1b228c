"""What somebody is shown who has not asked yet."""

from __future__ import annotations

import ibis

from entrepot.errors import NoDataError
from entrepot.model.area import is_group
from entrepot.model.event import all_events
from entrepot.model.flow import Flow
from entrepot.store import Store


def usual_pair(store: Store) -> tuple[str, str]:
    """The pair of countries of which most months are held: to one that events concern, from one they do not.

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
    concerned = sorted({area for event in all_events() for area in event.concerns if not is_group(area)})
    pairs = pairs.mutate(first=pairs.partner.isin(concerned) & ~pairs.reporter.isin(concerned))
    order = [ibis.desc(name) for name in ("first", "months", "cells")]
    ranked = pairs.order_by(*order, "reporter", "partner").limit(1)
    rows = store.run(ranked).to_pylist()
    return (rows[0]["reporter"], rows[0]["partner"]) if rows else ("", "")
