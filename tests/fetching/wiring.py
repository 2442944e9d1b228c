"""A wire to a publisher on loopback, and what is asked over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from entrepot.sources._answer import Facts
from entrepot.sources._ask import BadAnswerError, Pace
from entrepot.sources._fetch import Wire

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"
HEADERS = {"Ocp-Apim-Subscription-Key": KEY}
BODY = b'{"data": [1, 2, 3]}'
FACTS = Facts("whole", NOW.isoformat(), etag='"one"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT")


@contextmanager
def wired(url: str, **more) -> Iterator[Wire]:
    wire = Wire(
        url, Pace(10_000, 2), headers=HEADERS, now=lambda: NOW, **{"pause": 0.001, "patience": 5, **more}
    )
    try:
        yield wire
    finally:
        wire.close()


def check(path, facts):
    if path.read_bytes() != BODY:
        raise BadAnswerError("not what was asked for")
