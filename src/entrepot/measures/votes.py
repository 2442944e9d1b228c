"""How two areas vote: how alike over roll calls, by Signorino and Ritter's S, and how a roll call ended."""

from __future__ import annotations

from typing import Final

import ibis
from ibis.expr.types import Table

from entrepot.measures.acts import month_number
from entrepot.measures.direct import words

SCALE: Final = {"yes": 1, "abstain": 2, "no": 3}
"""Where a vote stands; who is absent stands nowhere."""
_WIDEST: Final = max(SCALE.values()) - min(SCALE.values())
_DRAWS, _LEVEL, _PRIOR = 20_000, 0.9, 0.5


def agreement(votes: Table, areas: Table, partners: Table, periods: Table) -> Table:
    """One row per area, partner and period with a roll call in which both voted: S, from -1 to 1.

    Method: C. S. Signorino and J. M. Ritter (1999), Tau-b or Not Tau-b, International Studies Quarterly 43:
    S = 1 - 2 sum |d| / sum d_max, with yes 1, abstain 2, no 3, every roll call alike in weight. areas,
    partners: column `area`. periods: period, first_month, last_month. votes: roll calls in which both voted;
    same, near, apart: those in which they voted alike, one step apart (one abstained), opposed. Absence, and
    a roll call without date, counts nowhere.
    """
    heard = ibis.cases(*((votes.vote == word, place) for word, place in SCALE.items()), else_=None)
    placed = votes.select("roll_call", "date", "area", "snapshot", place=heard.cast("int64"))
    placed = placed.filter(placed.place.notnull(), placed.date.notnull()).alias("placed")
    one = placed.semi_join(areas, "area")
    other = placed.semi_join(partners, "area").select(
        "roll_call", partner="area", other_place="place", other_snapshot="snapshot"
    )
    both = one.join(other, "roll_call")
    both = both.filter(both.area != both.partner)
    month = month_number(both.date)
    seen = both.join(periods, [month >= periods.first_month, month <= periods.last_month])
    return _alike(seen.mutate(distance=(seen.place - seen.other_place).abs()))


def _alike(seen: Table) -> Table:
    found = seen.group_by(["area", "partner", "period"]).agg(
        votes=seen.count(),
        apart_by=seen.distance.sum().cast("float64"),
        **{name: seen.count(where=seen.distance == steps) for steps, name in enumerate(_STEPS)},
        snapshots=words(seen.snapshot),
        others=words(seen.other_snapshot),
    )
    s = 1 - 2 * found.apart_by / (found.votes * _WIDEST)
    told = found.mutate(s=s)
    return told.select("area", "partner", "period", "s", "votes", *_STEPS, "snapshots", "others").order_by(
        "area", "partner", "period"
    )


_STEPS: Final = ("same", "near", "apart")


def interval(same: int, near: int, apart: int) -> tuple[float, float]:
    """Where S lies with 90 % probability, had other roll calls like these been taken.

    Shares of the three outcomes drawn under Jeffreys' prior (half a vote on each), as usual opened to the
    end of the scale where all votes are of one kind (Brown, Cai and DasGupta 2001). It takes roll calls for
    independent, which those on one matter are not: a true interval is wider. Seeded by the counts: the same
    question, the same interval.
    """
    import numpy as np

    draw = np.random.default_rng([same, near, apart])
    shares = draw.dirichlet([count + _PRIOR for count in (same, near, apart)], size=_DRAWS)
    s = 1 - shares @ np.array([0.0, 1.0, 2.0]) * 2 / _WIDEST
    tail = (1 - _LEVEL) / 2
    low, high = (float(end) for end in np.quantile(s, [tail, 1 - tail]))
    votes = same + near + apart
    return (-1.0 if apart == votes else low, 1.0 if same == votes else high)


def tally(votes: Table) -> Table:
    """One row per roll call: how many areas voted yes, no, abstain; absent: as far as the file tells."""
    counts = {word: votes.count(where=votes.vote == word) for word in (*SCALE, "absent")}
    found = votes.group_by("roll_call").agg(date=votes.date.min(), title=votes.title.max(), **counts)
    return found.select("roll_call", "date", "yes", "no", "abstain", "absent", "title").order_by(
        "date", "roll_call"
    )
