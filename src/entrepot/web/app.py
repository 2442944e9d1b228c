"""The application: what is put together of what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import anyio
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from entrepot import __version__
from entrepot.store import Store
from entrepot.web import api, errors, pages, screen
from entrepot.web.guard import Guard, Headers
from entrepot.web.workshop import Workshop

ABOUT = (
    "The questions of the command line, with the same names and options. Every answer is one object: "
    "question, rows, provenance, warnings. `format` gives the rows as CSV, XLSX or Parquet."
)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - each search is at a time of its own


@dataclass(frozen=True)
class Settings:
    """What a server is about.

    Attributes:
        store: Its folder.
        hosts: The names it may be called by; empty: any.
        token: Asked of every caller; empty: of none.
        lists: What parties are sought in: files and folders, or `held`; empty: what is held, if anything.
        clock: The time, for the record of searches.
    """

    store: Path
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    token: str = ""
    lists: tuple[str, ...] = ()
    clock: Callable[[], datetime] = _now


def create_app(settings: Settings) -> ASGIApp:
    """The application for one store. It writes one thing: the record that shipments were screened."""
    workshop = Workshop(Store(settings.store.absolute()))  # as errors name it, to be left out of them

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(workshop.warm)
            yield
            group.cancel_scope.cancel()

    app = FastAPI(
        title="entrepot",
        version=__version__,
        description=ABOUT,
        docs_url=None,  # its pages load scripts from another host
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=alive,
        middleware=[Middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)],
    )
    app.state.workshop, app.state.settings = workshop, settings
    errors.add_to(app)
    app.include_router(api.router())
    app.include_router(screen.router)  # before the pages: one of them is called by any name
    app.include_router(pages.router)
    static = str(files("entrepot.web").joinpath("static"))
    app.router.routes.append(Mount("/static", StaticFiles(directory=static), name="static"))
    return Headers(Guard(app, settings.hosts, settings.token))  # outside: also around a defect's answer
