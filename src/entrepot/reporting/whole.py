"""The report: pages under one another, in one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date

from entrepot.errors import EntrepotError, UsageError
from entrepot.model.area import resolve, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.present.figure import Section
from entrepot.reporting._ask import Asked
from entrepot.reporting.pages import PAGES, Page, Part
from entrepot.reporting.usual import refuse_same
from entrepot.store import Store

AREAS = ("origin", "destination", "hub", "country")


def asked_for(**given: str | date | None) -> Asked:
    """What a user asks about, with codes for countries. Raises UsageError for a name that is not known."""
    told = {one.name: given[one.name] for one in fields(Asked) if given.get(one.name)}
    areas = {name: resolve(str(told[name])) for name in AREAS if name in told}
    areas |= {"via": ",".join(resolve_many(str(told["via"])))} if "via" in told else {}
    parse_commodity(str(told.get("commodity", "TOTAL")))
    return Asked(**{"origin": "", "destination": ""} | told | areas)  # type: ignore[arg-type]


def every_page(asked: Asked) -> list[str]:
    """All pages; those reached from a row of another only where it is said which row."""
    named = {"dossier": asked.hub, "claim": asked.claim}
    return [name for name in PAGES if named.get(name, name)]


def build_report(
    store: Store,
    asked: Asked,
    pages: Sequence[str] = ("overview",),
    progress: Callable[[str], None] = lambda text: None,
) -> list[Section]:
    """The sections of these pages, in their order, each under the title of its page.

    progress: is told what comes next. Never fails for want of data; a page that cannot be asked this way
    says why. Raises UsageError for a page that is not known, or where the first cannot be asked.
    """
    if unknown := [name for name in pages if name not in PAGES]:
        raise UsageError(f"there is no page {unknown[0]!r}. Pages are: {', '.join(PAGES)}.")
    found: list[Section] = []
    for place, name in enumerate(pages):
        page = PAGES[name]
        refuse_same(asked, page)
        for part in page.parts:
            progress(f"{page.title}: {part.title}")
            made = part.make(store, asked) if not place else _made(store, asked, page, part)
            found += [replace(one, chapter=page.title) for one in made]
    return found


def _made(store: Store, asked: Asked, page: Page, part: Part) -> Sequence[Section]:
    try:
        return part.make(store, asked)
    except EntrepotError as error:
        return [Section(part.title, (str(error),))]
