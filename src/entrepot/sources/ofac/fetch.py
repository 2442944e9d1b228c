"""Asks OFAC's Sanctions List Service for its two lists, three files each: parties, addresses, other names.

The files have no header and no date: the vintage is the Last-Modified of the answer, the publication's number
comes in a header. An address or a name belongs to a party by its number.
Columns: ofac.treasury.gov/faqs/topic/1641 (data specification).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from entrepot.sources._ask import Ask, Asks, BadAnswerError, Kept, Outcome, Publisher, Whole, Words

_LISTS: Final[Mapping[str, Mapping[str, int]]] = {  # the file of parties first; how many columns
    "SDN": {"SDN.CSV": 12, "ADD.CSV": 6, "ALT.CSV": 5},
    "consolidated": {"CONS_PRIM.CSV": 12, "CONS_ADD.CSV": 6, "CONS_ALT.CSV": 5},
}
_COLUMNS: Final = {file: columns for files in _LISTS.values() for file, columns in files.items()}
_END: Final = ["\x1a"]  # Ctrl-Z, the end of a file in the days of DOS


class Ofac(Publisher):
    """The Sanctions List Service: one address a file, which leads to where the file lies."""

    source = "ofac"
    base = "https://sanctionslistservice.ofac.treas.gov"
    is_stored = False
    edition_header = "x-amz-meta-publication-id"
    by_hand = (
        "Where its firewall lets no program in: save SDN.CSV, ADD.CSV, ALT.CSV and the three CONS_ files "
        "in a browser, from https://sanctionslist.ofac.treas.gov, on one day."
    )

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """Six files."""
        path = "api/PublicationPreview/exports"
        found = [
            Ask(self.source, f"{path}/{file}", file, f"{name} list, {file}")
            for name, files in _LISTS.items()
            for file in files
        ]
        return Asks(tuple(found))

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """A table with as many columns as the file has, each row with a number in front."""
        if "html" in content_type or "xml" in content_type:
            raise BadAnswerError(f"it is {content_type.partition(';')[0][:40]}, not CSV")
        rows = 0
        for rows, row in enumerate(_rows(path), 1):
            if len(row) != _COLUMNS[ask.file] or not row[0].strip().isdigit():
                raise BadAnswerError(f"record {rows} is not one of {ask.file}: {','.join(row)[:60]!r}")
        if not rows:
            raise BadAnswerError("it is empty")
        return Whole(rows)

    def together(self, files: Sequence[Kept]) -> str:
        """Files of two publications; or addresses and names of parties who are not in the list."""
        said = [_two_editions(files)]
        held = {one.ask.file: one.path for one in files}
        for parties, *others in _LISTS.values():
            said += [_strangers(held[parties], held[one]) for one in others if {parties, one} <= held.keys()]
        return " ".join(filter(None, said))


def _rows(path: Path) -> Iterator[list[str]]:
    """Records, the mark at the end left out. Raises BadAnswerError for what is no CSV."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            yield from (row for row in csv.reader(file) if row not in ([], _END))
        except csv.Error as error:
            raise BadAnswerError(f"it is no CSV, or cut off ({error})") from None


def _two_editions(files: Sequence[Kept]) -> str:
    """Of what came now: what did not change belongs to the present publication too."""
    told = {one.ask.file: one.edition for one in files if one.is_new and one.edition}
    if len(set(told.values())) < 2:
        return ""
    each = ", ".join(f"{file} of {edition}" for file, edition in sorted(told.items()))
    return f"files of two publications came: {each}."


def _strangers(parties: Path, others: Path) -> str:
    """Records of a file whose party is not in the list."""
    known = {row[0].strip() for row in _rows(parties)}
    lost = {row[0].strip() for row in _rows(others)} - known
    if not lost:
        return ""
    return f"{others.name} has {len(lost):,} parties that {parties.name} lacks, such as {min(lost)}."


PUBLISHER: Final = Ofac()
