"""Names as they come on papers: variants of listed names that are to be found, and others that are not."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tests.bench.invented import Invented, brand, invented

Maker: TypeAlias = Callable[[Invented, random.Random], str | None]

_LEGAL: Final = ("LLC", "Ltd", "GmbH", "FZE", "S.A.", "Inc.", "Limited", "L.L.C.", "Co., Ltd", "OOO", "AO")
_ABBREVIATED: Final = {
    "International": "Intl", "Technology": "Tech", "Technologies": "Tech", "Engineering": "Eng.",
    "Industries": "Ind.",
    "Electronics": "Electronic", "Trading": "Trade", "Logistics": "Logistic", "Institute": "Inst.",
}  # fmt: skip
_USUAL: Final = ("Trading", "International", "Group", "Holding", "Export", "Middle East")


@dataclass(frozen=True, slots=True)
class Query:
    """A name to search, how it was made, and the party it is; None: it is on no list."""

    name: str
    kind: str
    made: str
    party: int | None


def queries(parties: Sequence[Invented], count: int, seed: int) -> list[Query]:
    """About `count` names, as many of each way of making them; the same ones for the same seed."""
    rng = random.Random(seed)
    each = count // (len(POSITIVE) + len(NEGATIVE) + 1)
    listed = {one.name for one in parties}
    found = [query for made in (*POSITIVE, *NEGATIVE) for query in _made(made, parties, each, rng)]
    fresh = (
        Query(_full(one), one.kind, "another name", None)
        for one in invented(each * 2, seed + 1)
        if one.name not in listed
    )
    return [*found, *(one for one, _ in zip(fresh, range(each * 2), strict=False))]


def _made(made: str, parties: Sequence[Invented], count: int, rng: random.Random) -> Iterator[Query]:
    maker = POSITIVE.get(made) or NEGATIVE[made]
    places = rng.sample(range(len(parties)), len(parties))
    for place in places:
        if count and (name := maker(parties[place], rng)):
            count -= 1
            yield Query(name, parties[place].kind, made, place if made in POSITIVE else None)


def _full(one: Invented) -> str:
    return f"{one.latin} {one.legal}".strip()


def _capitals(one: Invented, rng: random.Random) -> str:
    return one.name.upper().replace(" ", "  ")


def _other_legal(one: Invented, rng: random.Random) -> str | None:
    return (
        f"{one.latin} {rng.choice(_LEGAL)}" if one.kind == "organization" and one.family != "short" else None
    )


def _order(one: Invented, rng: random.Random) -> str | None:
    words = one.latin.split()
    return (
        " ".join([*words[1:], words[0]])
        if len(words) > 1 and one.family not in {"numbered", "arabic"}
        else None
    )


def _typo(one: Invented, rng: random.Random) -> str | None:
    """A letter lost, doubled, changed or out of place, in the longest of the party's own words."""
    word = max(one.brand.split(), key=len, default="")
    return one.latin.replace(word, _mistyped(word, rng), 1) if len(word) > 5 else None


def _typos(one: Invented, rng: random.Random) -> str | None:
    words = [_mistyped(word, rng) if len(word) > 5 else word for word in one.latin.split()]
    changed = sum(new != old for new, old in zip(words, one.latin.split(), strict=True))
    return " ".join(words) if changed == 2 else None


def _mistyped(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    letter, after = word[place], word[place + 1]
    return rng.choice([
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + rng.choice("aeinorst".replace(letter, "")) + word[place + 1 :],
        word[:place] + after + letter + word[place + 2 :],
    ])  # fmt: skip


def _apart(one: Invented, rng: random.Random) -> str | None:
    word = max(one.brand.split(), key=len, default="")
    half = len(word) // 2
    return one.latin.replace(word, f"{word[:half]} {word[half:]}", 1) if len(word) > 5 else None


def _together(one: Invented, rng: random.Random) -> str | None:
    words = one.brand.split()
    joined = words[0] + words[-1].lower()
    return one.latin.replace(one.brand, joined, 1) if len(words) == 2 and one.family != "arabic" else None


def _romanised(one: Invented, rng: random.Random) -> str | None:
    return rng.choice(one.others) if one.others and not one.name.isascii() else None


def _respelt(one: Invented, rng: random.Random) -> str | None:
    return rng.choice(one.others) if one.others and one.name.isascii() else None


def _script(one: Invented, rng: random.Random) -> str | None:
    return _full(one) if not one.name.isascii() else None


def _translated(one: Invented, rng: random.Random) -> str | None:
    return f"{one.english} {one.legal}" if one.english != one.latin else None


def _without(one: Invented, rng: random.Random) -> str | None:
    """The last usual word is left out."""
    rest = one.latin.replace(one.brand, "").split()
    return (
        " ".join(word for word in one.latin.split() if word != rest[-1])
        if rest and one.family == "latin"
        else None
    )


def _with(one: Invented, rng: random.Random) -> str | None:
    return (
        f"{one.latin} {rng.choice(_USUAL)}"
        if one.kind == "organization" and one.family in {"latin", "slavic"}
        else None
    )


def _abbreviated(one: Invented, rng: random.Random) -> str | None:
    words = [_ABBREVIATED.get(word, word) for word in one.english.split()]
    return " ".join(words) if words != one.english.split() else None


def _initials(one: Invented, rng: random.Random) -> str | None:
    given = one.latin.split()
    return f"{given[0][0]}. {given[1][0]}. {' '.join(given[2:])}" if len(one.parts) == 3 else None


def _no_middle(one: Invented, rng: random.Random) -> str | None:
    given = one.latin.split()
    return " ".join([given[0], *given[2:]]) if len(one.parts) == 3 else None


def _family_first(one: Invented, rng: random.Random) -> str | None:
    given = one.latin.split()
    return f"{given[-1].upper()}, {' '.join(given[:-1])}" if one.kind == "person" else None


def _other_brand(one: Invented, rng: random.Random) -> str | None:
    """The usual words are the same, the party's own are others."""
    own = " ".join(brand(rng, 3) for _ in one.brand.split())
    return (
        _full(replace(one, latin=one.latin.replace(one.brand, own)))
        if one.family in {"slavic", "latin", "ship"}
        else None
    )


def _near_brand(one: Invented, rng: random.Random) -> str | None:
    """The end of the party's own word is another one."""
    word = one.brand.split()[0] if one.brand else ""
    near = word[: len(word) // 2] + brand(rng, 2).lower()
    return (
        _full(replace(one, latin=one.latin.replace(word, near)))
        if len(word) > 5 and one.kind != "person"
        else None
    )


def _other_number(one: Invented, rng: random.Random) -> str | None:
    words = one.english.split()
    return " ".join([*words[:-1], str(int(words[-1]) + 1)]) if one.family == "numbered" else None


def _other_given(one: Invented, rng: random.Random) -> str | None:
    given = one.latin.split()
    names = ("Nikita", "Boris", "Gleb", "Fedor", "Roman", "Tarek", "Samir")
    return " ".join([rng.choice(names), *given[2:]]) if len(one.parts) == 3 else None


def _one_letter(one: Invented, rng: random.Random) -> str | None:
    """A short name with another letter."""
    letter = rng.choice("UWXYQJ")
    return f"{one.brand[:-1]}{letter} {one.legal}" if one.family == "short" else None


def _usual_only(one: Invented, rng: random.Random) -> str | None:
    return (
        _full(replace(one, latin=one.latin.replace(one.brand, "").strip())) if one.family == "latin" else None
    )


def _own_word_in_long(one: Invented, rng: random.Random) -> str | None:
    """A short name is one word of a longer one."""
    return (
        f"{one.brand} {brand(rng, 3)} {brand(rng, 3)} Shipping {one.legal}" if one.family == "short" else None
    )


POSITIVE: Final[dict[str, Maker]] = {
    "as listed, capitals": _capitals,
    "other legal form": _other_legal,
    "words in another order": _order,
    "one letter mistyped": _typo,
    "two words mistyped": _typos,
    "one word written as two": _apart,
    "two words written as one": _together,
    "in Latin letters, BGN/PCGN or pinyin": _script,
    "in Latin letters, another standard": _romanised,
    "another spelling": _respelt,
    "usual words translated": _translated,
    "a usual word left out": _without,
    "a usual word more": _with,
    "usual words abbreviated": _abbreviated,
    "person: initials": _initials,
    "person: no middle name": _no_middle,
    "person: family name first": _family_first,
}
NEGATIVE: Final[dict[str, Maker]] = {
    "same usual words, another own word": _other_brand,
    "own word half the same": _near_brand,
    "another number": _other_number,
    "another given name": _other_given,
    "short name, one letter another": _one_letter,
    "usual words alone": _usual_only,
    "short name within a long one": _own_word_in_long,
}
