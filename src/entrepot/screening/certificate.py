"""A record of a search as a short text that can be filed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from entrepot.screening.records import Receipt

CLOSING: Final = "This is a record of a search, not a clearance."


def as_certificate(receipt: Receipt) -> str:
    """What was searched in what, when, and what it came to: a dated text of some lines."""
    body = receipt.line.body
    parts = [
        f"Search number {receipt.number}",
        _opening(receipt),
        *(f"- {_list(one)}" for one in body["lists"]),
        _matched(body),
        _flagged(body),
        *_unread(body),
        f"Searched by: {body['who'] or 'not stated'}. entrepot {body['version']}, rules {body['rules']}.",
        f"Result: sha256 {body['result']}.",
        f"This record: number {receipt.number}, sha256 {receipt.sha256}.",
        CLOSING,
    ]
    return "\n".join(parts)


def _opening(receipt: Receipt) -> str:
    body = receipt.line.body
    when = f"On {receipt.line.when:%Y-%m-%d %H:%M:%S} UTC"
    given = body["given"]
    source = f"the file {given['file']}" if given["file"] else "one shipment as it was typed in"
    names, shipments = many(body["counts"]["names"], "name"), many(body["counts"]["shipments"], "shipment")
    what = f"{shipments} ({source}, sha256 {given['sha256']})"
    if not body["lists"]:
        return f"{when}, rules were asked about {what}. No list was given: no name was searched."
    return f"{when}, {names} in {what} were searched in:"


def _list(one: Mapping[str, Any]) -> str:
    published = f"published {one['published']}" if one["published"] else "day of publication not told"
    size = f"{many(one['parties'], 'party')} under {many(one['names'], 'name')}"
    edition = f"edition {one['edition'] or 'not told'}, {published}"
    who = one["publisher"] or "a list of one's own"
    file = f"file {one['file']}, sha256 {one['sha256']}"
    return f"{one['name']} ({who}): {edition}, {size}, {file}"


def _matched(body: Mapping[str, Any]) -> str:
    """No match is said only where names were searched in parties."""
    matcher, counts = body["matcher"], body["counts"]
    parties = sum(one["parties"] for one in body["lists"])
    if matcher is None or not counts["names"] or not parties:
        return "Nothing was compared with a list, so nothing is said of matches."
    by = f"at or above {matcher['threshold']:.2f} ({matcher['name']} {matcher['version']})"
    return f"{many(counts['matches'], 'match') if counts['matches'] else 'No match'} {by}."


def _flagged(body: Mapping[str, Any]) -> str:
    counts = body["counts"]
    flags = ", ".join(f"{rule} {count:,}" for rule, count in sorted(counts["flags"].items()) if count)
    unknown = sum(counts["unknown"].values())
    left = f" {many(unknown, 'time')} a rule could not be judged: unknown, not passed." if unknown else ""
    return f"Flags: {flags or 'none'}.{left}"


def _unread(body: Mapping[str, Any]) -> list[str]:
    unread = body["counts"]["unread"]
    return [f"{many(unread, 'cell')} could not be read, and were not searched."] if unread else []


_PLURALS = {"party": "parties", "match": "matches"}


def many(count: int, word: str) -> str:
    """A count and its word, which has an s for more than one: 1 party, 2,000 parties."""
    return f"{count:,} {word if count == 1 else _PLURALS.get(word, f'{word}s')}"
