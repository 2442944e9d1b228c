"""Reading claim files: a folder of publications, one publication, or one claim."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from entrepot.claims.schema import Check, Claim, Publication
from entrepot.errors import ReadError, UsageError
from entrepot.model.resources import folder

PUBLICATION: Final = "publication.toml"
_MOST_BYTES: Final = 256 * 1024
_MOST_FILES: Final = 10_000
_DEEPEST: Final = 8
_KEY: Final = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_TABLE: Final = re.compile(r"(\[\[?)([^\[\]]+)\]")


@dataclass(frozen=True)
class Filed:
    """A claim with where it is filed: `name` is publication/claim, `file` what a message calls it."""

    name: str
    file: str
    claim: Claim
    publication: Publication

    @property
    def as_of(self) -> date:
        """The day whose vintage the claim is held against."""
        return self.claim.as_of or self.publication.published

    def formula(self, check: Check) -> str:
        """What a check computes."""
        return check.formula or next(iter(self.claim.figures))


def read(path: Path | None = None) -> tuple[Filed, ...]:
    """The claims of a folder, a publication's folder or one file; those of the package where none is named.

    Raises UsageError where there is none, ReadError naming file, line and key where one is not understood.
    """
    top: Traversable = folder("claims") if path is None else path.resolve()
    if not (top.is_dir() or top.is_file()):
        raise UsageError(f"{path} is neither a folder of claims nor a claim. Make one: entrepot claim new")
    found = tuple(_claims(top))
    if not found:
        raise UsageError(f"{path} holds no claim: a claim is a .toml file beside a {PUBLICATION}.")
    return found


def _claims(top: Traversable) -> Iterator[Filed]:
    if top.is_file():
        yield _claim(top, Path(str(top)).parent)
        return
    for entry in sorted(_within(top), key=lambda one: one.name):
        if entry.is_dir():  # a publication holds no others
            yield from _claims(entry) if _holds(entry) and not _holds(top) else ()
        elif entry.name != PUBLICATION:
            yield _claim(entry, top)


def _within(top: Traversable) -> Iterator[Traversable]:
    for count, entry in enumerate(top.iterdir()):
        if count >= _MOST_FILES:
            raise UsageError(f"{top} holds more than {_MOST_FILES:,} files: name a smaller folder.")
        if (entry.is_dir() and not entry.name.startswith(".")) or entry.name.endswith(".toml"):
            yield entry


def _holds(publication: Traversable) -> bool:
    return publication.joinpath(PUBLICATION).is_file()


def _claim(file: Traversable, home: Traversable) -> Filed:
    claim, called = _read(file, home, Claim)
    publication = claim.publication
    if publication is None:
        source = home.joinpath(PUBLICATION)
        if not source.is_file():
            raise ReadError(
                called, f"there is no {PUBLICATION} beside it.", todo="It says who claims, and when."
            )
        publication, _ = _read(source, home, Publication)
    return Filed(f"{home.name}/{file.name.removesuffix('.toml')}", called, claim, publication)


_Model = TypeVar("_Model", bound=BaseModel)


def _read(file: Traversable, home: Traversable, model: type[_Model]) -> tuple[_Model, str]:
    called = f"{home.name}/{file.name}"
    text = _text(file, called)
    try:
        return model.model_validate(tomllib.loads(text)), called
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise ReadError(called, f"not TOML: {error}.", row=int(line[1]) if line else None) from None
    except ValidationError as error:
        raise _explained(called, text, error) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets in brackets in brackets
        raise ReadError(called, "a number in it is too long, or its brackets lie too deep.") from None


def _text(file: Traversable, called: str) -> str:
    try:
        if not file.is_file():  # a pipe would never end
            raise ReadError(called, "is no file that can be read.")
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ReadError(called, f"cannot be read: {error.strerror}.") from None
    if len(content) > _MOST_BYTES:
        raise ReadError(called, f"larger than {_MOST_BYTES // 1024} KiB: no claim is.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(called, f"not UTF-8 at byte {error.start}.", todo="Save it as UTF-8.") from None


def _explained(called: str, text: str, error: ValidationError) -> ReadError:
    """The first thing wrong, with its line and key; how many more there are."""
    first, *more = error.errors(include_url=False)
    place = [part for part in first["loc"] if not _is_kind(part)]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    cause = first["msg"].removeprefix("Value error, ").rstrip(".") + "."
    if first["type"] == "extra_forbidden":
        cause = "no claim has this key."
    also = f" {len(more)} more of its keys are not understood." if more else ""
    todo = f"Keys are listed in claims/README.md.{also}"
    return ReadError(called, cause, row=_line(text, place), column=key or None, todo=todo)


def _is_kind(part: Any) -> bool:
    """Whether a part of a place names one of several types a value may have, not a key."""
    return isinstance(part, str) and bool(re.search(r"[\[(]|^(?:float|int|str|constrained-str|date)$", part))


def _line(text: str, place: list[Any]) -> int | None:
    """The line a key is on: of the deepest part of the place that is written in the file."""
    lines = _places(text)
    for depth in range(len(place), 0, -1):
        if found := lines.get(tuple(place[:depth])):
            return found
    return None


def _places(text: str) -> dict[tuple[Any, ...], int]:
    """Each table and key of a TOML text with its line; the standard reader tells no lines."""
    found: dict[tuple[Any, ...], int] = {}
    table: tuple[Any, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line.strip()):
            name = header[2].strip()
            table = tuple(part.strip(" \"'") for part in name.split(".", _DEEPEST))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                found.setdefault(table, number)
                table = (*table, counts[name])
            found[table] = number
        elif key := _KEY.match(line):
            found.setdefault((*table, key[1]), number)
    return found
