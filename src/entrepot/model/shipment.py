"""A shipment: what can be told of one, under which names, and who takes part in it (shipment.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["text", "code", "area", "areas", "date", "number", "yes"]

ROLES: Final = (
    "exporter",
    "consignee",
    "end_user",
    "intermediary",
    "notify_party",
    "payer",
    "bank",
    "vessel",
)
"""Fields that name a party, each held against the lists."""

DETAILED: Final = ("exporter", "consignee", "end_user")
"""Roles of which more may be told: <role>_country, _address, _phone, _email, _founded."""

SCHEMA: Final = {"text": "string", "code": "string", "area": "string", "areas": "string", "date": "date"} | {
    "number": "float64",
    "yes": "boolean",
}
"""The Ibis type of each kind. Areas are codes of ours; several have a space between."""


@dataclass(frozen=True)
class Field:
    """One thing that can be told: its name, what it holds, what it says, other headers it is known by."""

    name: str
    kind: Kind
    says: str
    also: tuple[str, ...]


@cache
def fields() -> dict[str, Field]:
    """All fields by name, in the order of the template."""
    told = tomllib.loads(files("entrepot.model").joinpath("shipment.toml").read_text(encoding="utf-8"))
    return {name: Field(name, one["kind"], one["says"], tuple(one["also"])) for name, one in told.items()}


def schema() -> dict[str, str]:
    """Columns of shipments that were read, in Ibis types: `row` in the file, every field; null: not told."""
    return {"row": "int64"} | {name: SCHEMA[field.kind] for name, field in fields().items()}


DERIVED: Final = {
    f"{role}_{name}": kind
    for role in DETAILED
    for name, kind in (
        ("address_country", "string"),
        ("phone_country", "string"),
        ("email_is_free", "boolean"),
        ("is_forwarder", "boolean"),
    )
} | {"hs6": "string", "revision": "string", "value_usd": "float64", "unit_value_usd_per_kg": "float64"}
"""Columns that `screening.derive` adds to what was told, in Ibis types; null: cannot be made out."""


def derived_schema() -> dict[str, str]:
    """Columns of shipments as the rules take them: those that were read, then `DERIVED`."""
    return schema() | DERIVED
