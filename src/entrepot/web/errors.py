"""Errors as answers: what went wrong and what to do, for people and programs, without a path of the disk."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from entrepot.errors import DiffersError, EngineError, EntrepotError, NoDataError, StoreError, UsageError
from entrepot.present.figure import environment

STATUS: dict[type[EntrepotError], int] = {
    NoDataError: 404,
    UsageError: 422,
    StoreError: 503,
    EngineError: 503,
    DiffersError: 200,
}
BUSY = 503
GONE = 499  # as nginx calls a request whose caller has left; nobody reads it
_log = logging.getLogger("entrepot.web")


@dataclass
class Failed(Exception):  # noqa: N818 - what became of a question, as Made and Told
    """A question that got no answer. It comes from another process, so it is plain text and a number.

    defect: where in the program, for whoever runs the server and nobody else.
    """

    message: str
    status: int = 500
    defect: str = ""

    def __reduce__(self) -> tuple[type[Failed], tuple[str, int, str]]:
        return (Failed, (self.message, self.status, self.defect))


def as_failed(
    error: BaseException, folder: str, *, is_private: bool = False, paths: Sequence[str] = ()
) -> Failed:
    """What may be told of an error: those meant for people in their words, of others only that they are.

    is_private: what an error says may name parties; of a defect only the place in the program is kept.
    paths: besides the store's folder, of which nothing but the last part is told.
    """
    if isinstance(error, EntrepotError):
        status = next((n for kind, n in STATUS.items() if isinstance(error, kind)), 500)
        message = str(error)
        for path in paths:
            message = message.replace(path, Path(path).name)
        return Failed(_without_places(message, folder), status)
    told = f"A defect of entrepot ({type(error).__name__}). Please report it with the address."
    where = traceback.format_tb(error.__traceback__) if is_private else traceback.format_exception(error)
    return Failed(told, defect="".join(where))


def _without_places(message: str, folder: str) -> str:
    """A message that names no place of the server's disk."""
    for place in (f"the store {folder}", folder):
        message = message.replace(place, "the store") if folder else message
    return message.replace(gettempdir(), "a temporary folder")


def add_to(app: FastAPI) -> None:
    """Let the application answer with them."""
    app.add_exception_handler(Failed, _failed)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(EntrepotError, _defect)
    app.add_exception_handler(Exception, _defect)


async def _failed(request: Request, error: Failed) -> Response:
    noted(request, error)
    return told(request, error.message, error.status)


def noted(request: Request, error: Failed) -> None:
    """Tell whoever runs the server where a defect is."""
    if error.defect:
        _log.error("a defect at %s\n%s", request.url.path, error.defect)


async def _defect(request: Request, error: Exception) -> Response:
    """What went wrong in this process; of a defect the web framework itself writes where it was."""
    failed = as_failed(error, str(request.app.state.workshop.store.folder))
    return told(request, failed.message, failed.status)


async def _http(request: Request, error: HTTPException) -> Response:
    return told(request, str(error.detail), error.status_code, dict(error.headers or {}))


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    wrong = [f"{'.'.join(map(str, one['loc'][1:])) or 'the address'}: {one['msg']}" for one in error.errors()]
    return told(request, "; ".join(wrong), 422)


def told(request: Request, message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """An error as JSON under /api, as a small page elsewhere."""
    path = request.url.path
    more = {"Retry-After": "5"} if status == BUSY else {}
    if path.startswith("/api"):
        return JSONResponse({"error": message}, status, (headers or {}) | more)
    name = "problem.html.j2" if path.startswith("/part/") else "error.html.j2"
    page = environment().get_template(name).render(message=message, status=status)
    return Response(page, status, (headers or {}) | more, "text/html; charset=utf-8")
