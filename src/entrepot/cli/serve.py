"""The command that serves the web page: serve."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from entrepot.cli._app import app, example, store_folder
from entrepot.cli._terminal import err, out, safe
from entrepot.errors import UsageError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@app.command(epilog=example("serve"))
def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen at; another than this machine's own needs a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8360,
    lists: Annotated[
        str,
        typer.Option(
            help="Lists of parties for the form of shipments: files or folders, comma-separated; held."
        ),
    ] = "",
) -> None:
    """Serve the web page and its JSON interface from the store, to this machine only unless --host is given.

    Where --host is given, every caller needs the token that is printed, or the one in ENTREPOT_TOKEN.
    """
    from entrepot.web import Settings, create_app

    own = host in _LOOPBACK
    token = "" if own else os.environ.get("ENTREPOT_TOKEN", "").strip() or secrets.token_urlsafe(24)
    hosts = Settings.hosts if own else ()
    if context.obj.engine != "duckdb":
        raise UsageError("the web page computes with duckdb; leave --engine away.")
    settings = Settings(store_folder(context.obj), hosts, token, _there(lists))
    _run(create_app(settings), host, port, token)


def _there(lists: str) -> tuple[str, ...]:
    """The lists that are named; files as whole paths, which name them in nothing that is answered."""
    words = [word.strip() for word in lists.split(",") if word.strip()]
    for word in words:
        if word != "held" and not Path(word).exists():
            raise UsageError(f"{word!r} is no file and no folder. Name one, or 'held' for what was fetched.")
    return tuple(str(Path(word).resolve()) if Path(word).exists() else word for word in words)


def _run(application: object, host: str, port: int, token: str) -> None:
    import socket

    import uvicorn

    from entrepot.web.patience import Impatient

    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, reuse_port=False)
    except OSError as error:
        raise UsageError(
            f"cannot listen at {host}, port {port}: {error.strerror}. Try another --port."
        ) from None
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    out.print(
        f"The web page is at {safe(address + (f'?token={quote(token)}' if token else ''))}",
        highlight=False,
        soft_wrap=True,
    )
    err.print("Ctrl-C stops it.")
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,  # it would write tokens and questions
        server_header=False,
        http=Impatient,
        ws="none",  # there are none; who asks for one gets the page
        limit_concurrency=500,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[listening])
