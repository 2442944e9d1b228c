"""What one text of a shipment says: the country of an address or a telephone, whose mailbox, what firm."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Final

from entrepot.model.area import area, fold, lookup, named

_SHORT: Final = frozenset({"uk", "us"})
_LONGEST_NAME: Final = 6  # words
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_PARTED: Final = re.compile(r"[,;/\n，；、|]+")
_MAIL: Final = re.compile(r"[^\s@,;<>]+@([^\s@,;<>]+\.[^\s@,;<>]+)")
_NUMBERS: Final = re.compile(r"[;,/\n]+")


# ---------------------------------------------------------------- addresses
def address_country(address: str) -> str | None:
    """The country an address ends with, or begins with where it ends with none; None where that is open.

    Names are read, and codes of three capital letters; codes of two are not (CA, DE and GA are states of the
    USA too), nor is the country sought before a state (`Lebanon, Pennsylvania`; `Atlanta, Georgia`), nor are
    two taken that contradict each other.
    """
    parts = [part for part in (_letters(one) for one in _PARTED.split(address)) if part]
    if not parts or _is_state(parts[-1]):
        return None
    joined = _whole(", ".join(parts[-2:])) if len(parts) > 1 else None
    if joined:
        return joined
    told = {one for one in (*map(_whole, parts[-2:-1]), _ending(parts[-1])) if one}
    if len(told) > 1:
        return None
    return _ending(parts[-1]) or _whole(parts[0])


def _letters(part: str) -> str:
    """A part without its numbers, postal codes among them, and without the points of U.A.E."""
    words = (re.sub(r"(?<=\b\w)\.", "", word) for word in part.split())
    return " ".join(one for one in words if _HAN.match(one) or not re.search(r"\d", one)).strip(" .-()")


def _is_state(part: str) -> bool:
    """Whether a part is a state of the USA or may be: its name, or any two letters that are no UK."""
    word = fold(part)
    return (len(word) == len("CA") and word.isascii() and word not in _SHORT) or word in _words()["states"]


def _whole(part: str) -> str | None:
    """The country that a part is the name or the code of; Chinese writes it first, with no space after it."""
    if _is_state(part):
        return None
    if _HAN.match(part):
        return next((found for end in range(8, 1, -1) if (found := named(part[:end]))), None)
    code = lookup("iso3").get(part)
    return code if code and area(code).kind == "country" else named(part)


def _ending(part: str) -> str | None:
    """The country that the last words of a part are the name of, the longest name first."""
    words = part.split()
    tails = [" ".join(words[start:]) for start in range(max(0, len(words) - _LONGEST_NAME), len(words))]
    if any(map(_is_state, tails[1:])):
        return None
    return _whole(part) or next((found for tail in tails[1:] if (found := named(tail))), None)


# ---------------------------------------------------------------- telephones and mail
def phone_country(text: str) -> str | None:
    """The country of a telephone number written with + or 00; None without, and where several disagree."""
    told = {_region(one) for one in _NUMBERS.split(text) if re.search(r"\d", one)}
    return told.pop() if len(told) == 1 else None


def _region(number: str) -> str | None:
    import phonenumbers

    international = re.sub(r"^\D*?00", "+", number.strip()) if "+" not in number else number
    try:
        parsed = phonenumbers.parse(international, None)
    except phonenumbers.NumberParseException:
        return None
    code = parsed.country_code or 0
    sharing = phonenumbers.region_codes_for_country_code(code)
    region = sharing[0] if len(sharing) == 1 else phonenumbers.region_code_for_number(parsed)
    return lookup("iso2").get(region or "") if phonenumbers.is_possible_number(parsed) else None


def is_free(text: str) -> bool | None:
    """Whether any address of mail in a text is of a provider where anybody can open one; None without any."""
    domains = [one.lower().rstrip(".") for one in _MAIL.findall(text)]
    free = _words()["free_mail"]
    return (
        any(domain == one or domain.endswith(f".{one}") for domain in domains for one in free)
        if domains
        else None
    )


# ---------------------------------------------------------------- names of firms
def is_forwarder(name: str) -> bool:
    """Whether a name holds a word of those who pass goods on, in any of the languages of words.toml."""
    plain = _plain(name)
    return bool(_forwarders().search(plain)) or any(word in name for word in _words()["forwarders"]["zh"])


def _plain(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@cache
def _forwarders() -> re.Pattern[str]:
    words = (one for language, some in _words()["forwarders"].items() if language != "zh" for one in some)
    stems = (re.escape(_plain(one).rstrip("*")) + (r"\w*" if one.endswith("*") else "") for one in words)
    return re.compile(r"\b(?:" + "|".join(stems) + r")\b")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("entrepot.screening").joinpath("words.toml").read_text(encoding="utf-8"))
