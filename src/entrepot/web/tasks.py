"""What is computed in the worker processes: parts of pages, answers to questions, pictures."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any, Literal

from entrepot import answers
from entrepot.errors import UsageError
from entrepot.model.answer import Answer
from entrepot.present.charts import picture
from entrepot.present.figure import Link, Section, fragment, is_simulated
from entrepot.present.files import WRITERS
from entrepot.present.screening_page import result
from entrepot.reporting import PAGES, Asked
from entrepot.reporting.usual import sections as made
from entrepot.reporting.usual import usual_pair
from entrepot.screening import Settings, records, screen
from entrepot.screening.certificate import as_certificate
from entrepot.screening.shelf import Kept
from entrepot.sources._head import read_head
from entrepot.store import Store
from entrepot.web.errors import Failed, as_failed
from entrepot.web.view import query

# A worker of a process without a file of its own (a notebook) has no main module; libraries look for one.
sys.modules.setdefault("__main__", ModuleType("__main__"))
gc.set_threshold(100_000, 20, 50)  # as the command line, whose reason holds here too

Place = tuple[str, str]
"""A store's folder, and its version."""

KINDS = ("csv", "xlsx", "parquet", "json")
PICTURES = ("svg", "png")
MOST_LANDED = 2 * 2**30  # bytes that questions leave in a folder; then the store is opened anew
MOST_ROWS = 200_000  # of an answer, but as Parquet


@dataclass(frozen=True)
class Made:
    """A part of a page: its HTML, its sections for whoever wants their files, whether they are invented."""

    html: str
    sections: bytes
    simulated: bool

    def section(self, number: int) -> Section:
        """One of its sections, from 1. Raises Failed where there is none."""
        found: Sequence[Section] = pickle.loads(self.sections)  # noqa: S301 - our own process made it
        if not 1 <= number <= len(found):
            raise Failed("There is no such figure on this page.", 404)
        return found[number - 1]


def size(kept: object) -> int:
    """Bytes an answer takes in memory, about."""
    if isinstance(kept, Made):
        return len(kept.html) + len(kept.sections) + 200
    return len(kept) + 100 if isinstance(kept, bytes) else 500


def begin(sign: str, work: Callable[..., Any], given: Sequence[Any]) -> Any:
    """Say that the process has started, by taking a file away; then the task."""
    Path(sign).unlink(missing_ok=True)
    return work(*given)


def ready(place: Place) -> None:
    """Nothing but the imports and an open store."""
    with _safely(place) as store:
        store.snapshots()


def usual(place: Place) -> tuple[str, str]:
    """Origin and destination for somebody who named none."""
    with _safely(place) as store:
        return usual_pair(store)


def part(place: Place, page: str, name: str, asked: Asked) -> Made:
    """The sections of a part, and their HTML with addresses of this server."""
    with _safely(place) as store:
        sections = [_light(one) for one in made(store, PAGES[page], name, asked)]
        named = {f"{name}-{n}": section for n, section in enumerate(sections, 1)}
        html = fragment(named, _files(page, name, asked), _leads(asked), as_of=asked.as_of)
        return Made(html, pickle.dumps(sections), is_simulated(sections))


def drawn(place: Place, chart: bytes, source: str, kind: Literal["svg", "png"]) -> bytes:
    """A chart as a picture that says where its figures are from."""
    with _safely(place):
        return picture(pickle.loads(chart), source, kind)  # noqa: S301 - our own process made it


def question(place: Place, name: str, given: tuple[tuple[str, Any], ...], kind: str) -> bytes:
    """The answer to a question of the library as a file of this kind."""
    with _safely(place) as store:
        ask, told = getattr(answers, name), dict(given)
        answer: Answer = ask(**told) if name == "codes" else ask(store, **told)
        if len(answer.rows) > MOST_ROWS and kind != "parquet":
            raise Failed(
                f"{len(answer.rows):,} rows are too many for {kind}. Take format=parquet, or ask for less.",
                413,
            )
        return WRITERS[kind](answer)


def vintages(place: Place, lists: tuple[str, ...], changed: Hashable) -> tuple[str, ...]:
    """The state of each list that shipments are held against. changed: tells states of their files apart."""
    with _safely(place, paths=lists):
        return tuple(
            f"{one.vintage}; {len(one.parties):,} parties" for one in _shelf().lists(lists, Path(place[0]))
        )


def screened(  # noqa: PLR0917 - a task is given its arguments in order
    place: Place, what: Path | dict[str, str], settings: Settings, now: datetime, scratch: Path, kind: str
) -> bytes:
    """Shipments held against rules and lists, as a file of this kind; of no kind: as HTML for the page."""
    with _safely(place, is_private=True, paths=settings.lists) as store:
        if isinstance(what, Path):
            _refuse_packed(what)
        answer = screen(store, what, settings, now=now, shelf=_shelf(), scratch=scratch)
        if kind:
            return WRITERS[kind](answer)
        receipt = records.searched(store.folder, answer.question["search"])
        return result(answer, as_certificate(receipt)).encode()


def _refuse_packed(path: Path) -> None:
    """What may be many times as long as it looks is for the command line, whose user knows the file."""
    head = read_head(path)
    if head.compression != "none" or head.kind not in {"text", "xlsx", "parquet"}:
        raise UsageError("a file is taken as CSV, XLSX or Parquet, not packed.")


@lru_cache(maxsize=1)
def _shelf() -> Kept:
    return Kept()


@contextmanager
def _safely(place: Place, *, is_private: bool = False, paths: Sequence[str] = ()) -> Iterator[Store]:
    """The store; and of what goes wrong, only what may be told (see as_failed)."""
    _end_with(os.getppid())
    try:
        yield _opened(place)
    except Failed:
        raise
    except Exception as error:  # noqa: BLE001 - a defect is told as one, not as a broken process
        raise as_failed(error, place[0], is_private=is_private, paths=paths) from None
    finally:
        if _opened.cache_info().currsize and _opened(place).landed_bytes() > MOST_LANDED:
            _opened.cache_clear()


@lru_cache(maxsize=1)
def _end_with(server: int) -> None:
    """End this process soon after the one that started it, also where that was killed amid a long task."""

    def watch() -> None:
        while os.getppid() == server:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@lru_cache(maxsize=1)
def _opened(place: Place) -> Store:
    return Store(place[0])


def _light(section: Section) -> Section:
    """Without what cannot leave the process: how all rows would be written."""
    answer = section.answer
    return replace(section, answer=replace(answer, whole=None)) if answer and answer.whole else section


def _files(page: str, part_: str, asked: Asked) -> Any:
    def links(name: str, section: Section) -> list[Link]:
        number = name.rpartition("-")[2]
        kinds = (KINDS if section.answer else ()) + (PICTURES if section.chart else ())
        base, told = f"/file/{page}/{part_}/{number}", query(asked)
        return [
            Link(kind.upper(), f"{base}.{kind}?{told}", f"entrepot-{page}-{name}.{kind}") for kind in kinds
        ]

    return links


def _leads(asked: Asked) -> Any:
    def address(page: str, about: Mapping[str, str]) -> str:
        return f"/{page}?{query(replace(asked, **dict[str, Any](about)))}" if about and page in PAGES else ""

    return address
