"""The pages, their parts, and the files of their figures."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from entrepot import __version__
from entrepot.present.figure import credit, environment, template
from entrepot.present.files import TYPES, WRITERS
from entrepot.reporting import PAGES, Asked, Page
from entrepot.reporting.pages import Part
from entrepot.web import tasks
from entrepot.web.errors import Failed
from entrepot.web.view import View, query, tabs
from entrepot.web.workshop import Workshop, unchanged

router = APIRouter(include_in_schema=False)
Viewed = Annotated[View, Query()]

FIELDS: Mapping[str, tuple[str, str]] = {
    "origin": ("From", "China, CHN, EU27"),
    "destination": ("To", "Russia, RUS"),
    "commodity": ("Goods", "8703, chpl, 8701-8705, TOTAL"),
    "via": ("By way of", "KGZ, central-asia"),
    "hub": ("One hub", "KGZ"),
    "country": ("Country", "KGZ"),
    "good": ("Of these goods", "87, 870323"),
    "base": ("Compared with", "2021-03:2021-11"),
    "window": ("Period", "2022-03:2022-11"),
    "as_of": ("As published by", ""),
    "beside": ("Beside what was published by", ""),
    "claim": ("Claim", ""),
}
"""What a field of a form is called, and an example of what may stand in it."""


@router.get("/")
async def start() -> Response:
    """The first page."""
    return RedirectResponse(f"/{next(iter(PAGES))}", 307)


@router.get("/static/report.css")
async def style() -> Response:
    """The style that the page shares with the report."""
    return Response(template("report.css"), media_type="text/css")


@router.get("/file/{page}/{part}/{number}.{kind}")
async def file(  # noqa: PLR0917 - the web framework passes them by name
    request: Request, page: str, part: str, number: int, kind: str, view: Viewed
) -> Response:
    """The rows or the chart of one figure, as a file."""
    shell, one = _found(page, part)
    if kind not in TYPES:
        raise HTTPException(404, "There is no file of that kind.")
    tag = _workshop(request).tag(request)
    if known := unchanged(request, tag):
        return known
    section = (await _made(request, shell, one, view.asked())).section(number)
    if kind in WRITERS and section.answer:
        content = await run_in_threadpool(WRITERS[kind], section.answer)
    elif kind not in WRITERS and section.chart:
        told = (pickle.dumps(section.chart), credit(section), kind)
        content = await _workshop(request).ask(request, ("picture", kind), tasks.drawn, *told)
    else:
        raise HTTPException(404, "This figure has no such file.")
    name = f"entrepot-{page}-{part}-{number}.{kind}"
    headers = {"ETag": tag, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, TYPES[kind])


@router.get("/part/{page}/{part}")
async def part(request: Request, page: str, part: str, view: Viewed) -> Response:
    """The figures of one part, as HTML to be put into its page."""
    shell, one = _found(page, part)
    tag = _workshop(request).tag(request)
    if known := unchanged(request, tag):
        return known
    made = await _made(request, shell, one, view.asked())
    headers = {"ETag": tag} | ({"X-Simulated": "yes"} if made.simulated else {})
    return HTMLResponse(made.html, 200, headers)


@router.get("/{page}")
async def page(request: Request, page: str, view: Viewed) -> Response:
    """A page: its form, and places for its parts, or the parts themselves for who runs no scripts."""
    shell = _page(page)
    tag = _workshop(request).tag(request)
    if known := unchanged(request, tag):
        return known
    asked = view.asked()
    filled = await _filled(request, shell, asked)
    if filled != asked:
        return RedirectResponse(f"/{page}?{query(filled)}", 307)
    made = {one.name: await _made_or_why(request, shell, one, asked) for one in shell.parts if view.whole}
    html = environment().get_template("page.html.j2").render(**_shell(request, shell, asked, made))
    return HTMLResponse(html, 200, {"ETag": tag})


async def _filled(request: Request, shell: Page, asked: Asked) -> Asked:
    """What is asked, with what a page cannot do without."""
    if {"origin", "destination"} & set(shell.asks) and not (asked.origin and asked.destination):
        pair = await _workshop(request).ask(request, ("usual",), tasks.usual)
        asked = replace(asked, origin=asked.origin or pair[0], destination=asked.destination or pair[1])
    return shell.completed(asked)


def _shell(request: Request, shell: Page, asked: Asked, made: Mapping[str, tasks.Made]) -> dict[str, Any]:
    workshop = _workshop(request)
    return {
        "page": shell,
        "pages": tabs(asked),
        "fields": [(name, *FIELDS[name], _written(getattr(asked, name))) for name in shell.asks],
        "kept": _others(shell, asked),
        "parts": [
            (one, f"/part/{shell.name}/{one.name}?{query(asked)}", workshop.took(shell.name, one.name))
            for one in shell.parts
        ],
        "made": made,
        "simulated": any(one.simulated for one in made.values()),
        "whole": f"/{shell.name}?{query(asked, whole='true')}",
        "asked": asked,
        "version": __version__,
    }


def _others(shell: Page, asked: Asked) -> list[tuple[str, str]]:
    """What the form does not ask and the address keeps, so that going back to another page loses nothing."""
    names = [name for name in FIELDS if name not in shell.asks]
    return [(name, text) for name in names if (text := _written(getattr(asked, name)))]


def _written(value: object) -> str:
    return "" if value is None else str(value)


def _page(name: str) -> Page:
    if name not in PAGES:
        raise HTTPException(404, f"There is no such page. There are: {', '.join(PAGES)}.")
    return PAGES[name]


def _found(page: str, part: str) -> tuple[Page, Part]:
    shell = _page(page)
    try:
        return shell, shell.part(part)
    except KeyError:
        raise HTTPException(404, "There is no such part of this page.") from None


async def _made(request: Request, shell: Page, one: Part, asked: Asked) -> tasks.Made:
    about = replace(Asked("", ""), **{name: getattr(asked, name) for name in shell.asks})
    return await _workshop(request).ask(
        request, (shell.name, one.name), tasks.part, shell.name, one.name, about, long=one.long
    )


async def _made_or_why(request: Request, shell: Page, one: Part, asked: Asked) -> tasks.Made:
    """The part; or, in its place, why there is none: the others are to be seen all the same."""
    try:
        return await _made(request, shell, one, asked)
    except Failed as failed:
        why = (
            environment().get_template("problem.html.j2").render(message=failed.message, status=failed.status)
        )
        return tasks.Made(f"<section><h2>{escape(one.title)}</h2>{why}</section>", b"", simulated=False)


def _workshop(request: Request) -> Workshop:
    return request.app.state.workshop  # type: ignore[no-any-return]
