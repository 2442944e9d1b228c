"""The JSON interface: one address for each question of the library, with its names and its options."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal, get_type_hints

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.responses import Response

from entrepot import answers
from entrepot.present.files import TYPES
from entrepot.web import tasks
from entrepot.web.workshop import Workshop, unchanged

_NOT_ASKED = {"store", "path", "progress"}  # the server's own store; files of its disk; a terminal's affair
_LONG = frozenset({"chain", "check", "diversion", "event", "mirror", "plausibility", "posture", "reconcile"})
_NOT_NAMED = frozenset({"codes"})  # needs no store


class Told(BaseModel):
    """An answer: what was asked, the rows, what they rest on, what to beware of."""

    question: dict[str, Any]
    rows: list[dict[str, Any]]
    provenance: dict[str, Any]
    warnings: list[str]
    beside: dict[str, list[dict[str, Any]]] = {}


class Problem(BaseModel):
    """Why there is no answer, and what to do."""

    error: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "The question is well put, but nothing held answers it."},
    413: {"model": Problem, "description": "The answer has too many rows for this format."},
    422: {"model": Problem, "description": "The question itself is off: an unknown country, a bad period."},
    503: {"model": Problem, "description": "The store cannot be read, or the server has too much to do."},
}


def router() -> APIRouter:
    """All questions, under /api."""
    found = APIRouter(prefix="/api")
    for name in answers.__all__:
        _add(found, name)
    return found


def _add(found: APIRouter, name: str) -> None:
    ask = getattr(answers, name)
    files: dict[str, Any] = {TYPES[kind].partition(";")[0]: {} for kind in ("csv", "xlsx", "parquet")}
    found.add_api_route(
        f"/{name}",
        _answering(name, _options(name, ask)),
        name=name,
        summary=(inspect.getdoc(ask) or "").partition("\n")[0],
        description=inspect.getdoc(ask),
        response_class=Response,
        responses={200: {"model": Told, "content": files}, **_PROBLEMS},
    )


def _answering(name: str, options: type[BaseModel]) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request, given: Any) -> Response:
        workshop: Workshop = request.app.state.workshop
        tag = workshop.tag(request)
        if known := unchanged(request, tag):
            return known
        told = given.model_dump()
        kind = told.pop("format")
        asked = tuple((key, tuple(v) if isinstance(v, list) else v) for key, v in sorted(told.items()))
        found = await workshop.ask(
            request, ("api", name), tasks.question, name, asked, kind, long=name in _LONG
        )
        headers = {"ETag": tag}
        if kind != "json":
            headers["Content-Disposition"] = f'attachment; filename="entrepot-{name}.{kind}"'
        return Response(found, 200, headers, TYPES[kind])

    answer.__annotations__ |= {"given": Annotated[options, Query()], "request": Request, "return": Response}
    return answer


def _options(name: str, ask: Callable[..., Any]) -> type[BaseModel]:
    """The options of a question as a model that refuses what it does not know."""
    hints = get_type_hints(ask)
    given = {
        one.name: (_bounded(hints[one.name]), ... if one.default is one.empty else _plain(one.default))
        for one in inspect.signature(ask).parameters.values()
        if one.name not in _NOT_ASKED
    }
    given["format"] = (Literal["json", "csv", "xlsx", "parquet"], "json")
    fields: dict[str, Any] = given
    return create_model(f"{name}_options", __config__=ConfigDict(extra="forbid"), **fields)


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def _bounded(kind: Any) -> Any:
    """The same type with a limit to its length."""
    if kind is str:
        return Annotated[str, Field(max_length=4000)]
    if kind == str | None:
        return Annotated[str, Field(max_length=4000)] | None
    if kind == Sequence[str]:
        return Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=50)]
    return date | None if kind == date | None else kind
