"""Rules that a shipment is held against: what each says, what to ask for, who names it (rules/*.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from entrepot.errors import UsageError
from entrepot.model.resources import folder


@dataclass(frozen=True)
class Citation:
    """A publication. is_checked: somebody read, there or in reports of it, that it says so."""

    publisher: str
    title: str
    number: str
    date: date
    is_checked: bool = True

    def __str__(self) -> str:
        """In one line; `(not checked)` where nobody has read that it says so."""
        number = f" ({self.number})" if self.number else ""
        day = f"{self.date.day} {self.date:%B %Y}"
        return f"{self.publisher}: {self.title}{number}, {day}{'' if self.is_checked else ' (not checked)'}"


@dataclass(frozen=True)
class Rule:
    """One rule. It is true (to be looked at), false or unknown of a shipment, and never a verdict.

    Attributes:
        id: Its name, with hyphens; `column` is the same with underscores.
        title: A few words.
        says: What it is when it is true, in one sentence.
        asks: What to ask the customer for when it is true or unknown.
        fields: The fields of a shipment it uses; of the names inside one item any is enough.
        citations: Who says that it should be looked at.
        topic: The file it stands in: goods, parties, payment, route.
        facts: What it goes by: `since` (a date), `days`, `binds` and `spares` (codes of groups).
    """

    id: str
    title: str
    says: str
    asks: str
    fields: tuple[tuple[str, ...], ...]
    citations: tuple[Citation, ...]
    topic: str
    facts: Mapping[str, Any]

    @property
    def column(self) -> str:
        """Its name as a column."""
        return self.id.replace("-", "_")

    @property
    def citation(self) -> str:
        """All citations in one line."""
        return "; ".join(map(str, self.citations))

    @property
    def field_names(self) -> tuple[str, ...]:
        """Every field it may use, each once."""
        return tuple(dict.fromkeys(name for any_of in self.fields for name in any_of))


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its id, in the order of the files and of each."""
    return {rule.id: rule for topic, plain in _files("rules") for rule in _rules(topic, plain)}


def the_rule(rule_id: str) -> Rule:
    """The rule of an id. Raises UsageError, naming those there are."""
    if rule_id not in all_rules():
        raise UsageError(f"rule {rule_id!r} is not known. Rules are: {', '.join(all_rules())}.")
    return all_rules()[rule_id]


def _rules(topic: str, plain: dict[str, Any]) -> Iterator[Rule]:
    for one in plain["rules"]:
        fields = tuple((any_of,) if isinstance(any_of, str) else tuple(any_of) for any_of in one["fields"])
        cited = tuple(_cited(cite) for cite in one["cites"])
        words = (one["id"], one["title"], one["says"], one["asks"])
        yield Rule(*words, fields, cited, topic, MappingProxyType(one.get("facts", {})))


def _cited(cite: dict[str, Any]) -> Citation:
    facts = {key: sources()[cite["source"]][key] for key in ("publisher", "title", "number", "date")}
    return Citation(**facts, is_checked=sources()[cite["source"]]["checked"] and cite.get("checked", True))


@cache
def sources() -> dict[str, dict[str, Any]]:
    """What rules and embargoes cite, by key."""
    return {one["key"]: one for _, plain in _files("sources") for one in plain["sources"]}


def _files(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in sorted(folder("rules").iterdir(), key=lambda one: one.name):
        plain = tomllib.loads(entry.read_text(encoding="utf-8")) if entry.name.endswith(".toml") else {}
        if plain.get("kind") == kind:
            yield entry.name.removesuffix(".toml"), plain
