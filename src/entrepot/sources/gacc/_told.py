"""What a file of China's customs does not say of itself: the user says it, or the file's name does."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from entrepot.errors import ReadError, UsageError
from entrepot.model.area import resolve
from entrepot.model.period import parse_window
from entrepot.sources._head import Head

BASIS: Final = {"export": ("destination", "fob"), "import": ("origin", "cif")}
CURRENCIES: Final = ("USD", "CNY")
_WORDS: Final = {
    **dict.fromkeys(("export", "exports", "出口"), "export"),
    **dict.fromkeys(("import", "imports", "进口"), "import"),
}
_TOTALS: Final = re.compile(
    r"(?P<reporter>.+?)_(?P<flow>Exports_to|Imports_from)_(?P<partner>.+)", re.IGNORECASE
)


def flow(head: Head) -> str:
    """Export or import: the user's word, else the one direction the file's name has. Raises ReadError."""
    said = head.given.get("flow")
    if said is not None and said not in BASIS:
        raise UsageError(f"flow {said!r} is not one of: export, import.")
    named = flows_named(head)
    if said is None and len(named) != 1:
        raise ReadError(
            head.path.name,
            "no column says whether these are exports or imports, and neither does the file's name.",
            todo="Say it with --given flow=export or --given flow=import.",
        )
    return said or named.pop()


def flows_named(head: Head) -> set[str]:
    """The directions of trade that the file's name speaks of."""
    words = re.findall(r"[a-z]+|出口|进口", head.path.name.lower())
    return {_WORDS[word] for word in words if word in _WORDS}


def partner(head: Head) -> str:
    """The partner of a file without a column of partners. Raises ReadError.

    Not taken for the world: a query for one partner need not show the partner's column.
    """
    return resolve(_said(head, "partner", "partners", "RUS, or --given partner=WLD where it covers them all"))


def commodity(head: Head) -> str:
    """The commodity of a file without a column of commodities. Raises ReadError."""
    return _said(
        head, "commodity", "commodities", "8703, or --given commodity=TOTAL where it covers all goods"
    ).upper()


def period(head: Head) -> tuple[date, str]:
    """First day and frequency of the month or year of a file without a column of months. Raises ReadError."""
    said = _said(head, "period", "months", "2023-01, or --given period=2023 for a whole year")
    window = parse_window(said)
    if len(window.months) > 1 and len(window.years or ()) != 1:
        raise UsageError(f"period {said!r} is neither one month nor one year: export the months as a column.")
    return window.first, "M" if len(window.months) == 1 else "A"


def currency(head: Head) -> str:
    """The currency of a file that names none: US dollars, unless the user says CNY."""
    said = head.given.get("currency", "USD").upper()
    if said not in CURRENCIES:
        raise UsageError(f"currency {said!r} is not one of: {', '.join(CURRENCIES)}.")
    return said


def pair_named(head: Head) -> str | None:
    """The partner in a name such as `China_Exports_to_Russia.csv`, None in any other. Raises ReadError."""
    found = _TOTALS.fullmatch(head.path.name.partition(".")[0])
    if found is None:
        return None
    named = {side: resolve(found[side].replace("_", " ")) for side in ("reporter", "partner")}
    if named["reporter"] != "CHN":
        cause = f"customs of China does not report for {named['reporter']}."
        raise ReadError(head.path.name, cause, todo="Bring it into the tidy format.")
    return named["partner"]


def refuse(head: Head, *names: str) -> None:
    """Raises UsageError where the user says what the columns say."""
    for name in sorted(set(names) & set(head.given)):
        raise UsageError(f"{head.path.name}: a column says the {name}; leave out --given {name}=...")


def _said(head: Head, name: str, plural: str, such_as: str) -> str:
    if name in head.given:
        return head.given[name]
    todo = f"Export it with that column, or say it with --given {name}={such_as}."
    raise ReadError(head.path.name, f"there is no column of {plural}.", row=1, todo=todo)
