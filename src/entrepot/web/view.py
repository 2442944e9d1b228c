"""What a page is about, as it stands in its address."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from entrepot.reporting import PAGES, Asked, asked_for

Word = Annotated[str, Field(max_length=80)]
Goods = Annotated[str, Field(max_length=4000)]
Day = Annotated[date | None, BeforeValidator(lambda given: given or None)]  # an empty field of a form


class View(BaseModel):
    """The query string of a page. Words that mean nothing here are passed over: links gather them."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    origin: Word = ""
    destination: Word = ""
    commodity: Goods = ""
    via: Word = ""
    base: Word = ""
    window: Word = ""
    as_of: Day = None
    hub: Word = ""
    good: Word = ""
    country: Word = ""
    beside: Day = None
    claim: Word = ""
    whole: bool = False  # with all figures in the page as it comes

    def asked(self) -> Asked:
        """The same with codes for countries. Raises UsageError where a country is not known."""
        return asked_for(**self.model_dump())


@dataclass(frozen=True)
class Tab:
    """A page as the list of pages names it."""

    name: str
    title: str


SCREEN = Tab("screen", "Screen")


def tabs(asked: Asked | None = None) -> list[tuple[Tab, str]]:
    """The pages and their addresses, about what is asked."""
    told = f"?{query(asked)}" if asked else ""
    shown = [Tab(one.name, one.title) for one in PAGES.values() if not one.hidden]
    return [*((one, f"/{one.name}{told}") for one in shown), (SCREEN, f"/{SCREEN.name}")]


def query(asked: Asked, **more: str) -> str:
    """What is asked as a query string, the shortest that says it."""
    told = {one.name: getattr(asked, one.name) for one in fields(Asked)}
    plain = {name: value for name, value in told.items() if value and value != _DEFAULTS[name]}
    return urlencode({**plain, **more})


_DEFAULTS: dict[str, Any] = {one.name: one.default for one in fields(Asked)}
