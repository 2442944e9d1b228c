"""The form that shipments are screened with. What is told stands in no address, log or memory of a browser.

One thing is written: that the search was made, as on the command line. A file that comes is held in a folder
of its own, with all that is made of it, until the answer is there or whoever sent it has gone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Any, BinaryIO

import anyio
from fastapi import APIRouter, Request
from python_multipart.exceptions import FormParserError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response

from entrepot import __version__
from entrepot.errors import EntrepotError, UsageError
from entrepot.model.shipment import fields
from entrepot.present.figure import environment
from entrepot.present.files import TYPES
from entrepot.present.tables import printable
from entrepot.screening import Settings
from entrepot.screening.cells import habits
from entrepot.screening.lists import HELD, is_any_held
from entrepot.screening.shelf import marks
from entrepot.web import tasks
from entrepot.web.errors import GONE, Failed, as_failed, noted
from entrepot.web.guard import TAKEN, TOO_LONG, TooLongError
from entrepot.web.view import SCREEN, tabs
from entrepot.web.workshop import Workshop

router = APIRouter(include_in_schema=False)

FIRST: Mapping[str, tuple[str, str]] = {
    "hs_code": ("Goods, as HS code", "854231"),
    "exporter_country": ("Sent from", "DEU, Germany"),
    "via": ("By way of", "ARE; TUR"),
    "destination": ("Sent to", "KGZ"),
    "date": ("Day of the shipment", "2023-05-04"),
    "value": ("Invoiced at", "120000"),
    "currency": ("Currency", "USD"),
    "net_weight_kg": ("Net weight, kg", "15"),
    "origin": ("Made in, if elsewhere", "TWN"),
    "exporter": ("Who sends", ""),
    "consignee": ("Who receives", ""),
    "end_user": ("Who will use it", ""),
}
"""Fields of a shipment that are asked for first: what they are called here, and an example."""

OPTIONS = ("decimal", "dates", "threshold", "against", "who")
DOWNLOADS = ("xlsx", "csv", "json")
MOST_SHIPMENTS = 100_000  # of a file
MOST_FIELDS = 200  # of a form
LONGEST_FIELD = 8_000  # bytes; of a cell 2,000 characters are read
SLOWEST = 300.0  # seconds a form may take to come
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""No referrer at all would hide from this server too that a form is its own. The address says nothing."""


@dataclass(frozen=True)
class Told:
    """What a form says: words by field, the file that came with it, and what that is called."""

    words: Mapping[str, str]
    file: Path | None = None
    called: str = ""

    @property
    def what(self) -> Path | dict[str, str]:
        """The shipments. Raises UsageError where there are none, or two kinds."""
        one = {name: word for name, word in self.words.items() if word and name not in {*OPTIONS, "format"}}
        if self.file and one:
            raise UsageError(f"{', '.join(one)}: either a file, or one shipment in words.")
        if not self.file and not one:
            raise UsageError("tell one shipment, or choose a file of them.")
        return self.file or one

    @property
    def kind(self) -> str:
        """Of the file that is wanted; empty: none, a page. Raises UsageError."""
        wanted = self.words.get("format", "")
        if wanted and wanted not in DOWNLOADS:
            raise UsageError(f"there is no {wanted!r}. Take {', '.join(DOWNLOADS)}.")
        return wanted

    def settings(self, lists: tuple[str, ...]) -> Settings:
        """How they are screened. Raises UsageError."""
        said = {name: self.words.get(name, "") for name in OPTIONS}
        return Settings(
            lists=lists,
            threshold=_threshold(said["threshold"]),
            habits=habits(said["decimal"], said["dates"]),
            against=said["against"],
            who=said["who"],
            called=self.called,
            most=MOST_SHIPMENTS,
        )


def _threshold(text: str) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        found = -1.0
    if found is not None and not 0.3 <= found <= 1:
        raise UsageError("the least score is a number from 0.3 to 1.")
    return found


# ---------------------------------------------------------------- requests
@router.get(TAKEN)
async def form(request: Request) -> Response:
    """The form, empty, with the lists that will be searched."""
    return await _page(request, Told({"against": Settings.against}))


@router.post(TAKEN)
async def screened(request: Request) -> Response:
    """The form as it was filled in, and what it came to; or that as a file."""
    try:
        with _folder(_workshop(request)) as folder:
            return await _answered(request, folder)
    except Failed:
        raise
    except Exception as error:  # noqa: BLE001 - the server would write down what the error says
        raise as_failed(error, str(_workshop(request).store.folder), is_private=True) from None


async def _answered(request: Request, folder: Path) -> Response:
    told = Told({})
    try:
        told = await _told(request, folder)
        kind = told.kind
        found = await _found(request, told, folder)
    except (Failed, EntrepotError) as error:
        failed = error if isinstance(error, Failed) else as_failed(error, "")
        noted(request, failed)
        return await _page(request, told, problem=failed.message, status=failed.status)
    if not kind:
        return await _page(request, told, result=found.decode())
    named = {"Content-Disposition": f'attachment; filename="entrepot-screen.{kind}"'}
    return Response(found, 200, _HEADERS | named, TYPES[kind])


async def _found(request: Request, told: Told, folder: Path) -> bytes:
    app, work = request.app.state, folder / "work"
    work.mkdir()
    lists = await run_in_threadpool(_lists, request)
    given = (told.what, told.settings(lists), app.settings.clock(), work, told.kind)
    return await _workshop(request).alone(request, ("screen",), tasks.screened, *given)


@contextmanager
def _folder(workshop: Workshop) -> Iterator[Path]:
    """A folder of this request's own; what is in it goes with it, however the request ends."""
    folder = workshop.store.scratch(f"screen-{token_hex(8)}")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- what was told
async def _told(request: Request, folder: Path) -> Told:
    """What a form says; its file comes to stand in the folder. Raises Failed."""
    try:
        with anyio.fail_after(SLOWEST):
            return await _read(request, folder)
    except TimeoutError:
        raise Failed("The form took too long to come.", 408) from None
    except TooLongError:
        raise Failed(TOO_LONG, 413) from None
    except ClientDisconnect:
        raise Failed("Whoever sent the form has gone.", GONE) from None
    except (HTTPException, FormParserError):
        raise Failed(
            f"The form cannot be read: a field has at most {LONGEST_FIELD:,} bytes, and there is one file.",
            400,
        ) from None


async def _read(request: Request, folder: Path) -> Told:
    limits = {"max_files": 1, "max_fields": MOST_FIELDS, "max_part_size": LONGEST_FIELD}
    async with request.form(**limits) as sent:
        words = {name: value.strip() for name, value in sent.multi_items() if isinstance(value, str)}
        file = sent.get("file")
        if not isinstance(file, UploadFile) or not (file.filename or file.size):
            return Told(words)
        target = folder / "shipments"
        await run_in_threadpool(_land, file.file, target)
        return Told(words, target, _called(file.filename or ""))


def _land(sent: BinaryIO, target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(sent, file)


def _called(name: str) -> str:
    """What a file is called, for people to read: never a path."""
    return printable(PurePosixPath(name.replace("\\", "/")).name)[:100] or "a file without a name"


# ---------------------------------------------------------------- the page
async def _page(
    request: Request, told: Told, *, result: str = "", problem: str = "", status: int = 200
) -> Response:
    vintages, unread = await _searched(request)
    page = environment().get_template("screen.html.j2")
    html = page.render(
        pages=tabs(),
        here=SCREEN.name,
        version=__version__,
        first=[(fields()[name], label, example) for name, (label, example) in FIRST.items()],
        others=[(one, one.name.replace("_", " ")) for name, one in fields().items() if name not in FIRST],
        others_told=any(word for name, word in told.words.items() if name in fields() and name not in FIRST),
        told=dict(told.words),
        called=told.called,
        vintages=vintages,
        unread=unread,
        result=result,
        problem=problem,
        most=MOST_SHIPMENTS,
    )
    return HTMLResponse(html, status, _HEADERS)


async def _searched(request: Request) -> tuple[tuple[str, ...], str]:
    """The lists that are searched, as they are now; or why that cannot be told."""
    workshop = _workshop(request)
    words = await run_in_threadpool(_lists, request)
    if not words:
        return (), ""
    changed = await run_in_threadpool(marks, words, workshop.store.folder)
    try:
        found: Any = await workshop.ask(request, ("lists",), tasks.vintages, words, changed, long=True)
    except Failed as failed:
        noted(request, failed)
        return (), failed.message
    return found, ""


def _lists(request: Request) -> tuple[str, ...]:
    """What whoever started the server named, else what was fetched, if anything was."""
    named: tuple[str, ...] = request.app.state.settings.lists
    return named or ((HELD,) if is_any_held(_workshop(request).store.folder) else ())


def _workshop(request: Request) -> Workshop:
    return request.app.state.workshop  # type: ignore[no-any-return]
