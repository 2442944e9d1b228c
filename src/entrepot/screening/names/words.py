"""A name as its words: in Latin letters, folded over spellings, with what rigour knows of each word."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from entrepot.errors import UsageError

if TYPE_CHECKING:
    from rigour.names import Name

Script: TypeAlias = Literal["latin", "arabic", "han", "other"]
Role: TypeAlias = Literal["plain", "usual", "legal", "stop", "number", "initial"]

_HELD: Final = 200_000  # distinct words remembered
_MEANINGS: Final = ("DOMAIN", "SYMBOL", "ORGCLS", "NAME")
_NUMBER_SIGN: Final = re.compile(r"(?:№|#|\b(?:no|nr|n))[.:º°\s]*(?=\d)", re.IGNORECASE)
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_ARTICLE: Final = re.compile(r"(?<!\w)(?:ال|لل)(?=\w\w)")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_HAN_PERSON: Final = re.compile("[\u3400-\u9fff]{2,3}")
_CARONS: Final = str.maketrans({"č": "ch", "š": "sh", "ž": "zh", "ş": "sh", "ș": "sh", "ţ": "ts", "ț": "ts"})
ARTICLES: Final = {"al", "el"}
"""Arabic's article: on its own it tells nothing, but it is often written as one with the word after it."""
_SHORT: Final = 2
_FOLDS: Final = {
    "C": r"shch|schtsch|tsch|tch|ch|ts|tz",
    "s": r"sch|sh",
    "z": r"dzh|zh",
    "h": r"kh",
    "f": r"ph",
    "k": r"ck|q|c(?![eiy])",
    "ks": r"x",
    "v": r"w",
    "u": r"ou|oo",
    "_": r"[yji](?=[aeou])",
    "i": r"ee|[yj]",
}
"""One spelling for several of one sound: kh and h, ya and ia, tsch and ch, x and ks."""
_FOLD: Final = re.compile("|".join(f"(?P<{by}>{spelt})" for by, spelt in _FOLDS.items()))
_TWICE: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile("(?<=.)[aeiou]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name.

    Attributes:
        form: As it was written, in small letters.
        text: In Latin letters.
        fold: `text` with the usual spellings of one sound made one: kh and h, ya and ia, double letters.
        role: legal (a legal form), usual (technology, trading ...), number, initial, stop (of, the) or plain.
        meanings: What rigour knows of it, as `DOMAIN:TECH` or `NAME:Q830350`.
        sound: How it sounds (Metaphone); empty for one too short to tell.
        bones: `fold` without vowels after the first letter: all that Arabic writes of it.
        script: latin, arabic, han or other, of `form`.
    """

    form: str
    text: str
    fold: str
    role: Role
    meanings: frozenset[str]
    sound: str
    bones: str = ""
    script: Script = "latin"


def words(name: str, kind: str) -> tuple[Word, ...]:
    """The words of a name in their order; none where there is no letter or digit in it."""
    read = _read(_prepared(name), kind)
    return tuple(word for part in (read.parts if read else ()) if (word := _word(part.form)).fold)


def ready() -> None:
    """Load what rigour knows of people's names now (about 5 seconds), not at the first name.

    Raises UsageError: rigour, normality or rapidfuzz is not installed.
    """
    try:
        import normality  # noqa: F401
        import rapidfuzz  # noqa: F401
        import rigour.names  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"matching names needs rigour ({error}): pip install 'entrepot[parties]'."
            " Its part PyICU is compiled at that: Debian has what it takes in libicu-dev, g++ and pkg-config."
        ) from error
    words("ready", "person")


def fold(text: str) -> str:
    """A word in Latin letters with the usual spellings of one sound made one."""
    folded = _FOLD.sub(lambda found: str(found.lastgroup), text).replace("_", "")
    return _TWICE.sub(r"\1", folded.lower())


def together(one: Word, other: Word) -> str:
    """How two words fold that are written as one."""
    return fold(one.text + other.text)


def _prepared(name: str) -> str:
    """Words that are written together set apart, numbers without their sign."""
    name = _APOSTROPHE.sub("", unicodedata.normalize("NFKC", name))
    if not name.isascii():
        pattern, meaning = _terms()
        name = pattern.sub(lambda found: f" {meaning.get(found[0].lower(), found[0])} ", name)
        name = _ARTICLE.sub("al ", name)
        name = (
            f"{name[0]} {name[1:]}" if _HAN_PERSON.fullmatch(name) else name
        )  # the family name is the first
    return _NUMBER_SIGN.sub(" ", name)


class _Usual(NamedTuple):
    words: frozenset[str]
    abbreviated: dict[str, str]
    same: dict[str, str]


@cache
def _usual() -> _Usual:
    told = _told()
    same = {spelt: f"DOMAIN:{one}" for one, others in told["same"].items() for spelt in (one, *others)}
    return _Usual(
        frozenset(told["usual"]),
        told["abbreviated"],
        same | {_latin(spelt): one for spelt, one in same.items()},
    )


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("terms.toml").read_text(encoding="utf-8"))


@cache
def _terms() -> tuple[re.Pattern[str], dict[str, str]]:
    spaced, meaning = _told()["apart"], _told()["meaning"]
    inside = {*spaced, *(word for word in meaning if _HAN.search(word))}
    alone = [rf"(?<!\w){word}(?!\w)" for word in meaning if word not in inside]
    return re.compile("|".join([*sorted(inside, key=len, reverse=True), *alone]), re.IGNORECASE), meaning


def _read(name: str, kind: str) -> Name | None:
    """The parts of a name; its legal form in one spelling, without Mr, The or M/V."""
    from rigour.names import NameTypeTag, analyze_names

    tag = {"person": NameTypeTag.PER, "vessel": NameTypeTag.OBJ, "aircraft": NameTypeTag.OBJ}
    asked = tag.get(kind, NameTypeTag.ENT)
    read = analyze_names(asked, [name], symbols=False, phonetics=False, consolidate=False)
    return next(iter(read), None)


@lru_cache(maxsize=_HELD)
def _word(form: str) -> Word:
    from rigour._core import metaphone

    form = _usual().abbreviated.get(form, form)
    text = _latin(form)
    meanings = _meanings(form) | (_meanings(text) if text != form else frozenset())
    folded = text if text.isdigit() else fold(text)
    sound = metaphone(text) if len(text) > _SHORT and text.isalpha() else ""
    return Word(
        form, text, folded, _role(text, meanings), meanings, sound, _VOWELS.sub("", folded), _script(form)
    )


def _script(form: str) -> Script:
    if form.isascii():
        return "latin"
    if _ARABIC.search(form):
        return "arabic"
    return "han" if _HAN.search(form) else "other"


def _latin(form: str) -> str:
    if form.isascii():
        return form.lower()
    from normality import ascii_text
    from rigour._core import maybe_ascii

    arabic = bool(_ARABIC.search(form))
    plain = form.replace("ة", "ا") if arabic else maybe_ascii(form.translate(_CARONS))
    latin = (plain if plain.isascii() else ascii_text(plain) or "").lower()
    latin = _vowelled(latin) if arabic else latin
    return re.sub(r"[^a-z0-9]", "", latin)


def _vowelled(latin: str) -> str:
    """Arabic writes long u and i with the letters of w and y."""
    return re.sub(r"(?<=[^aeiou])y(?=[^aeiou]|$)", "i", re.sub(r"(?<=[^aeiou])w(?=[^aeiou]|$)", "u", latin))


def _meanings(form: str) -> frozenset[str]:
    from rigour.names import NameTypeTag, analyze_names

    found = (
        f"{symbol.category.value}:{symbol.id}"
        for tag in (NameTypeTag.ORG, NameTypeTag.PER)
        for name in analyze_names(tag, [form], phonetics=False, rewrite=False)
        for symbol in name.symbols
    )
    known = frozenset(one for one in found if one.startswith(_MEANINGS))
    usual = frozenset(one for one in known if not one.startswith("NAME:"))
    usual |= {_usual().same[form]} if form in _usual().same else set()
    return usual or known  # Bank and Group are people's names too


def _role(text: str, meanings: frozenset[str]) -> Role:
    from rigour.text import is_stopword

    if text.isdigit():
        return "number"
    if any(one.startswith("ORGCLS:") or one == "SYMBOL:CO" for one in meanings):
        return "legal"
    if len(text) == 1:
        return "initial"
    if is_stopword(text):
        return "stop"
    usual = any(one.startswith(("DOMAIN:", "SYMBOL:")) for one in meanings)
    return "usual" if usual or text in _usual().words else "plain"
