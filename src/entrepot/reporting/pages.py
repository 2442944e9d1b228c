"""The pages: which figures stand on each, in the order they are read.

A page is a name and its parts; a part makes its sections from a store and what is asked about. The report
puts parts one under another into one file, the web page shows them as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from entrepot.present.figure import Section
from entrepot.reporting import (
    claims,
    country,
    coverage,
    dossier,
    hubs,
    indirect,
    pair,
    posture,
    prices,
    products,
)
from entrepot.reporting._ask import Asked
from entrepot.reporting.changes import latest_changes
from entrepot.reporting.others import neighbours
from entrepot.store import Store

Make = Callable[[Store, Asked], Sequence[Section]]


def _as_asked(asked: Asked) -> Asked:
    return asked


@dataclass(frozen=True)
class Part:
    """Figures that are computed together. title: what stands in their place until they are there.

    long: it takes more than a few seconds.
    """

    name: str
    title: str
    make: Make
    long: bool = False


@dataclass(frozen=True)
class Page:
    """asks: the fields of Asked that change it, in the order a form shows them. about: what it tells.

    completed: what is asked with what stands in for fields left empty. hidden: it is reached from a row of
    another page, not from the list of pages.
    """

    name: str
    title: str
    about: str
    asks: Sequence[str]
    parts: Sequence[Part]
    completed: Callable[[Asked], Asked] = _as_asked
    hidden: bool = False

    def part(self, name: str) -> Part:
        """One of its parts. Raises KeyError."""
        return {one.name: one for one in self.parts}[name]


_PAIR = ("origin", "destination", "commodity", "via", "base", "window", "as_of")

PAGES: dict[str, Page] = {
    page.name: page
    for page in (
        Page(
            "overview",
            "Overview",
            "What goes from an origin to a destination, directly and by way of others.",
            _PAIR,
            (
                Part("direct", "Direct trade", lambda store, asked: [pair.direct_trade(store, asked)]),
                Part("together", "Directly and by way of others", indirect.together, long=True),
                Part(
                    "other-side", "The other side", lambda store, asked: _some(pair.other_side(store, asked))
                ),
                Part(
                    "neighbours",
                    "By way of others",
                    lambda store, asked: neighbours(store, asked, pair.hubs(asked)),
                    long=True,
                ),
                Part("ways", "By way of others, on a map", indirect.ways, long=True),
                Part("changes", "What the latest publication changed", latest_changes, long=True),
                Part("held", "What is held", lambda store, asked: [pair.coverage(store, asked)]),
            ),
        ),
        Page(
            "hubs",
            "Hubs and products",
            "By way of whom, and in which goods, more went than was to be expected.",
            _PAIR,
            (
                Part("list", "By way of whom", hubs.hub_list, long=True),
                Part("chapters", "By way of whom, in which goods", hubs.chapters, long=True),
            ),
        ),
        Page(
            "dossier",
            "Dossier",
            "One hub, or one good by way of it: what speaks for rerouting, and what against.",
            ("origin", "destination", "hub", "commodity", "good", "via", "base", "window", "as_of"),
            (
                Part("decision", "What was found", dossier.decision, long=True),
                Part("legs", "Both legs over time", dossier.over_time, long=True),
                Part("sides", "Both sides of the first leg", dossier.both_sides, long=True),
                Part("unit-values", "Price and volume", dossier.unit_values, long=True),
                Part("placebos", "Where nothing was rerouted", dossier.placebos, long=True),
                Part("limits", "What this does not say", dossier.limits),
            ),
            hidden=True,
        ),
        Page(
            "prices",
            "Prices",
            "How much of a change in value is price and how much volume, and what a unit cost over time.",
            ("origin", "destination", "commodity", "base", "window", "as_of"),
            (
                Part("split", "Value, price and volume", prices.split),
                Part("unit-values", "Unit values over time", prices.unit_values),
            ),
        ),
        Page(
            "products",
            "Products",
            "Lists and tiers, the codes asked about, and what editions of the Harmonized System leave open.",
            ("commodity", "origin", "destination", "as_of"),
            (
                Part("lists", "Lists and tiers", products.lists),
                Part("codes", "The codes", products.codes),
                Part("editions", "Other editions", products.editions),
                Part("bounds", "Bounds over editions", products.bounds),
            ),
        ),
        Page(
            "country",
            "Country",
            "One country: its imports from the origin against its size, what it reports, what was revised.",
            ("country", "origin", "commodity", "as_of"),
            (
                Part("size", "Against its size and its past", country.size, long=True),
                Part("reports", "What it reports", country.reports),
                Part("revisions", "What was revised", country.revised, long=True),
            ),
            completed=country.about,
        ),
        Page(
            "claims",
            "Claims",
            "What publications print, held against what statistics said by their day.",
            ("as_of",),
            [
                Part(name, f"Claims of {name}", make, long=True)
                for name, make in claims.publications().items()
            ],
        ),
        Page(
            "claim",
            "One claim",
            "One claim: what is said, the verdict then and now, and the data behind.",
            ("claim", "as_of"),
            (Part("claim", "The claim", claims.claim, long=True),),
            hidden=True,
        ),
        Page(
            "posture",
            "Posture",
            "What deeds and words towards a destination come to, as known on one day and on another.",
            ("origin", "destination", "as_of", "beside"),
            (Part("posture", "The dimensions, side by side", posture.posture, long=True),),
        ),
        Page(
            "coverage",
            "Coverage",
            "What is held, in part, estimated, imputed, printed in texts or missing; rejects; licences.",
            ("country", "as_of"),
            (
                Part("calendar", "The calendar of what is held", coverage.calendar),
                Part("series", "How fresh it is", coverage.series),
                Part("rejects", "What was not understood", coverage.rejects),
                Part("licences", "Files and licences", coverage.licences),
            ),
        ),
    )
}


def _some(section: Section | None) -> list[Section]:
    return [section] if section else []
