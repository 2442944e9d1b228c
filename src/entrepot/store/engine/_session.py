"""Sessions of Spark: in this process, on a standalone cluster, or behind Spark Connect."""

from __future__ import annotations

import atexit
import re
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from entrepot.errors import EngineError

WAIT = 8.0  # seconds for whoever is asked to answer at all
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # what cannot be computed is an error, as on DuckDB, not a null
    "spark.sql.caseSensitive": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",  # never an answer from part of a store
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.parser.escapedStringLiterals": "false",  # as Ibis writes texts and patterns
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",  # a text like ${name} stays what it is
}
"""What answers hang on. A managed Spark may start from others; each is set for the session alone."""


_PANDAS = "PySpark does not yet fully support pandas"  # of which nothing here is used
_PARTING = 3.0  # seconds for a server to take note that a process ends
_TRIES = 5  # PySpark's own fifteen go on for ten minutes after a server is gone


def session_at(address: str) -> Any:
    """A session of one's own: `spark` in this process, spark://host:port, or sc://host:port[/;params].

    Raises EngineError where PySpark is missing or nothing answers.
    """
    if address.startswith("sc://"):
        return _connected(address)
    if address == "spark":
        return _classic("local[*]")
    _reach(address)
    return _classic(address)


def settled(session: Any) -> Any:
    """The session, with the settings that answers hang on. Raises EngineError where it keeps another."""
    refused = [key for key, value in SETTINGS.items() if not _holds(session, key, value)]
    if refused:
        raise EngineError(
            f"this Spark keeps settings of its own for {', '.join(refused)}, with which answers could "
            f"differ. Ask for a session that has {'; '.join(f'{key}={SETTINGS[key]}' for key in refused)}."
        )
    return session


def failures() -> tuple[type[Exception], ...]:
    """What Spark, or the way to it, raises. Anything else is a defect of ours."""
    from grpc import RpcError
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError, RpcError, OSError


def plain(address: str) -> str:
    """An address as it may be shown: without who asks and what follows the host, which can be a token."""
    return re.sub(r"(?<=://).*@", "", re.split(r"[;?#]", address)[0]).rstrip("/")


def first_said(text: str) -> str:
    """The line of what Spark, or the way to it, says that tells why. A call cut off is told as a listing."""
    found = re.search(r'^\s*details = "(.+)"$', text, re.MULTILINE)
    return found[1] if found else text.strip().partition("\n")[0]


def _holds(session: Any, key: str, value: str) -> bool:
    """A setting that a session neither takes nor knows changes nothing there."""
    from pyspark.errors import PySparkException

    if str(session.conf.get(key, value)).lower() != value.lower():
        try:
            session.conf.set(key, value)
        except PySparkException:
            return False
    return True


def _classic(master: str) -> Any:
    warnings.filterwarnings("ignore", _PANDAS, FutureWarning)  # it says so anew with every answer
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise _missing() from error
    builder = (
        SparkSession.builder.master(master)
        .appName("entrepot")
        .config("spark.ui.showConsoleProgress", "false")
    )
    try:
        session = builder.config("spark.log.level", "ERROR").getOrCreate()
    except Exception as error:  # whatever py4j hands on
        raise EngineError(
            f"Spark did not start: {first_said(str(error)).strip(' .') or type(error).__name__}. "
            "It needs Java 17 or later; or use duckdb."
        ) from error
    if not master.startswith("local") and session.sparkContext.master != master:
        raise EngineError(
            f"this process already has a Spark at {session.sparkContext.master}: stop it first."
        )
    return session.newSession()


def _connected(address: str) -> Any:
    """Without PySpark's own builder, which hands out the session of whoever asked first."""
    try:
        grpc, channels, sessions, policy = _connect()
    except ImportError as error:
        raise _missing() from error
    from pyspark.errors import PySparkException

    try:
        with channels(address).toChannel() as channel:
            grpc.channel_ready_future(channel).result(timeout=WAIT)
        session = sessions.builder.remote(address).create()
        atexit.register(_let_go, session)
        session.client.set_retry_policies([policy(max_retries=_TRIES)])
        session.conf.get("spark.sql.session.timeZone", "")  # the first question: it may refuse the token
    except grpc.FutureTimeoutError:
        raise _silent(address) from None
    except (
        OSError,
        ValueError,
        grpc.RpcError,
        PySparkException,
    ) as error:  # their own words may hold the token
        raise EngineError(
            f"{plain(address)} gave no session ({type(error).__name__}). Look at the address, "
            "sc://host:port[/;use_ssl=true;token=...], at the token, and at its log; or use duckdb."
        ) from None
    return session


def _let_go(session: Any) -> None:
    """A server others use keeps no session of a process that ends; one that is gone is not waited for."""

    def ask() -> None:
        with suppress(Exception):
            session.client.set_retry_policies([])
            session.client.release_session()

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PARTING)


def _connect() -> tuple[Any, Any, Any, Any]:
    """What speaks Spark Connect. PySpark warns of the version of pandas, of which nothing here is used."""
    with warnings.catch_warnings(), _main_file():
        warnings.filterwarnings("ignore", _PANDAS, FutureWarning)
        import grpc
        from pyspark.sql.connect.client import DefaultChannelBuilder
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession
    return grpc, DefaultChannelBuilder, SparkSession, DefaultPolicy


@contextmanager
def _main_file() -> Iterator[None]:
    """PySpark takes a process without a main file (python -c, a worker) for its own tests, and ends it."""
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = ""
    try:
        yield
    finally:
        del main.__file__


def _reach(address: str) -> None:
    """Spark itself would try for minutes. Any one of several masters will do."""
    for place in address.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=WAIT).close()
        except (OSError, ValueError):
            continue
        return
    raise _silent(address)


def _silent(address: str) -> EngineError:
    tls = " over TLS, which use_ssl and token ask for" if re.search(";(use_ssl=true|token=)", address) else ""
    return EngineError(
        f"nothing answers at {plain(address)}{tls}. Start it, or look at host and port; or use duckdb."
    )


def _missing() -> EngineError:
    return EngineError("Spark is not installed. Install it with: pip install 'entrepot[spark]'.")
