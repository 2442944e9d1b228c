"""Invented parties: companies, people and ships named by the patterns of real ones, in four scripts.

No name is anybody's: brands and surnames are syllables put together by a random generator with a fixed start.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

CYRILLIC: Final = {
    "BGN": dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", ["a", "b", "v", "g", "d", "e", "yo", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya"], strict=True)),
    "ISO 9": dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", ["a", "b", "v", "g", "d", "e", "ë", "ž", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "c", "č", "š", "ŝ", "", "y", "", "è", "û", "â"], strict=True)),
    "German": dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", ["a", "b", "w", "g", "d", "e", "jo", "sch", "s", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "ch", "z", "tsch", "sch", "schtsch", "", "y", "", "e", "ju", "ja"], strict=True)),
}  # fmt: skip
_HAN: Final = dict(
    zip(
        "华瑞中天海东方金龙宏达鑫盛泰源恒丰通联信德美佳康宇航星光明永兴顺利新安博创凯威力科图锐诺",
        [
            "hua",
            "rui",
            "zhong",
            "tian",
            "hai",
            "dong",
            "fang",
            "jin",
            "long",
            "hong",
            "da",
            "xin",
            "sheng",
            "tai",
            "yuan",
            "heng",
            "feng",
            "tong",
            "lian",
            "xin",
            "de",
            "mei",
            "jia",
            "kang",
            "yu",
            "hang",
            "xing",
            "guang",
            "ming",
            "yong",
            "xing",
            "shun",
            "li",
            "xin",
            "an",
            "bo",
            "chuang",
            "kai",
            "wei",
            "li",
            "ke",
            "tu",
            "rui",
            "nuo",
        ],
        strict=True,
    )
)
_HAN_CITIES: Final = {
    "深圳": "Shenzhen",
    "上海": "Shanghai",
    "广州": "Guangzhou",
    "宁波": "Ningbo",
    "青岛": "Qingdao",
}
_HAN_SURNAMES: Final = {"王": "Wang", "李": "Li", "张": "Zhang", "陈": "Chen", "刘": "Liu", "赵": "Zhao"}
_HAN_WORDS: Final = {
    "科技": "Technology", "贸易": "Trading", "电子": "Electronics", "国际": "International", "机械": "Machinery",
    "进出口": "Import and Export", "物流": "Logistics", "半导体": "Semiconductor", "仪器": "Instruments",
}  # fmt: skip
_ARABIC: Final = {
    "النور": ("Al-Nour", "Al Noor", "Alnur"), "الأمل": ("Al-Amal", "Al Amal", "Alamal"),
    "الخليج": ("Al-Khalij", "Al Khaleej", "Alkhalij"), "الشرق": ("Al-Sharq", "Al Sharq", "Alsharq"),
    "الفجر": ("Al-Fajr", "Al Fajr", "Alfajr"), "الصقر": ("Al-Saqr", "Al Saqer", "Alsaqr"),
    "البدر": ("Al-Badr", "Al Badr", "Albadr"), "السلام": ("Al-Salam", "Al Salaam", "Alsalam"),
    "الكوثر": ("Al-Kawthar", "Al Kawther", "Alkawthar"), "الواحة": ("Al-Waha", "Al Waha", "Alwaha"),
    "الرافدين": ("Al-Rafidain", "Al Rafidayn", "Alrafidain"), "المجد": ("Al-Majd", "Al Majd", "Almajd"),
    "الأصيل": ("Al-Aseel", "Al Asil", "Alaseel"), "البركة": ("Al-Baraka", "Al Barakah", "Albaraka"),
    "الجزيرة": ("Al-Jazira", "Al Jazeera", "Aljazira"), "الحرمين": ("Al-Haramain", "Al Haramayn", "Alharamain"),
    "الدانة": ("Al-Dana", "Al Danah", "Aldana"), "الرشيد": ("Al-Rashid", "Al Rasheed", "Alrashid"),
    "الزهراء": ("Al-Zahra", "Al Zahraa", "Alzahra"), "السعد": ("Al-Saad", "Al Sa'd", "Alsaad"),
    "الشام": ("Al-Sham", "Al Shaam", "Alsham"), "الصفا": ("Al-Safa", "Al Safaa", "Alsafa"),
    "العين": ("Al-Ain", "Al Ayn", "Alain"), "الغدير": ("Al-Ghadir", "Al Ghadeer", "Alghadir"),
    "القدس": ("Al-Quds", "Al Qods", "Alquds"), "الكرامة": ("Al-Karama", "Al Karamah", "Alkarama"),
    "المنار": ("Al-Manar", "Al Manaar", "Almanar"), "النجم": ("Al-Najm", "Al Nejm", "Alnajm"),
    "الهلال": ("Al-Hilal", "Al Helal", "Alhilal"), "الوفاء": ("Al-Wafa", "Al Wafaa", "Alwafa"),
    "اليقين": ("Al-Yaqin", "Al Yaqeen", "Alyaqin"), "الريان": ("Al-Rayan", "Al Rayyan", "Alrayan"),
    "الفرات": ("Al-Furat", "Al Forat", "Alfurat"), "الياسمين": ("Al-Yasmin", "Al Yasmeen", "Alyasmin"),
}  # fmt: skip
_ARABIC_WORDS: Final = {
    "للتجارة العامة": "General Trading", "للشحن": "Shipping", "للصناعات": "Industries", "الدولية": "International",
    "للإلكترونيات": "Electronics", "للنقل": "Transport",
}  # fmt: skip
_ARABIC_GIVEN: Final = {
    "محمد": ("Muhammad", "Mohamed"), "أحمد": ("Ahmad", "Ahmed"), "حسين": ("Hussein", "Husayn"),
    "خالد": ("Khalid", "Khaled"), "يوسف": ("Yusuf", "Youssef"), "عمر": ("Omar", "Umar"),
}  # fmt: skip
_SLAVIC_WORDS: Final = {
    "Завод": "Plant", "Торговый дом": "Trading House", "Институт": "Institute", "Холдинг": "Holding",
    "Логистика": "Logistics", "Электроника": "Electronics", "Инжиниринг": "Engineering", "Группа": "Group",
    "Технологии": "Technologies", "Конструкторское бюро": "Design Bureau",
}  # fmt: skip
_WORDS: Final = (
    "Trading", "International", "Technology", "Logistics", "Electronics", "Shipping", "Engineering", "Group",
    "Industries", "Aviation", "Components", "Systems", "Marine Services", "Energy", "Instruments", "Global",
)  # fmt: skip
_GIVEN: Final = (
    "Иван",
    "Сергей",
    "Александр",
    "Дмитрий",
    "Михаил",
    "Юрий",
    "Алексей",
    "Пётр",
    "Евгений",
    "Андрей",
)
_SHIP: Final = ("Ocean", "Star", "Pearl", "Northern", "Silver", "Dawn", "Spirit", "Eagle", "Pioneer", "Grace")
_LEGAL: Final = {
    "slavic": ("ООО", "АО", "ЗАО", "ПАО"), "latin": ("LLC", "Ltd", "GmbH", "FZE", "S.A.", "Inc."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented party.

    Attributes:
        kind: person, organization or vessel.
        family: slavic, latin, chinese, arabic, short or numbered: the pattern it follows.
        name: As it is on the list.
        latin: The same in Latin letters, words in the same order.
        english: Usual words translated.
        legal: The legal form; empty for people and ships.
        brand: The words of `latin` that are the party's own.
        parts: Of a person: given name, middle name or empty, family name, in `name`'s script.
        others: Other spellings in Latin letters.
    """

    kind: str
    family: str
    name: str
    latin: str
    english: str
    legal: str = ""
    brand: str = ""
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = field(default=())


def romanised(text: str, standard: str = "BGN") -> str:
    """Cyrillic in Latin letters by a standard; capitals stay capitals."""
    table = CYRILLIC[standard]
    return "".join(
        table[letter.lower()].capitalize()
        if letter.isupper() and letter.lower() in table
        else table.get(letter, letter)
        for letter in text
    )


def invented(count: int, seed: int) -> list[Invented]:
    """So many parties; the same ones for the same seed."""
    rng = random.Random(seed)
    makers = (_slavic, _slavic, _latin, _latin, _latin, _chinese, _arabic, _short, _numbered, _ship)
    people = (_slavic_person, _arabic_person, _chinese_person)
    found: dict[str, Invented] = {}
    while len(found) < count:
        made = rng.choice(people if rng.random() < 0.3 else makers)(rng)
        found.setdefault(made.name, made)
    return list(found.values())


def brand(rng: random.Random, syllables: int, *, cyrillic: bool = False) -> str:
    """A word that means nothing."""
    onsets, vowels = ("бвгдзклмнпрстфхчш", "аеиоуя") if cyrillic else ("bcdfgklmnprstvwzh", "aeiou")
    codas = ("", "", "н", "р", "л", "к", "кс", "ст") if cyrillic else ("", "", "n", "r", "l", "x", "st", "ck")
    made = "".join(rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(syllables))
    return made.capitalize()


def _slavic(rng: random.Random) -> Invented:
    word, own, legal = (
        rng.choice(list(_SLAVIC_WORDS)),
        brand(rng, rng.choice((2, 3)), cyrillic=True),
        rng.choice(_LEGAL["slavic"]),
    )
    second = f" {brand(rng, 2, cyrillic=True)}" if rng.random() < 0.3 else ""
    name = f"{own}{second} {word}" if rng.random() < 0.5 else f"{word} {own}{second}"
    latin = romanised(name)
    english = latin.replace(romanised(word), _SLAVIC_WORDS[word])
    others = tuple(romanised(name, one) for one in ("ISO 9", "German"))
    return Invented(
        "organization",
        "slavic",
        f"{legal} {name}",
        latin,
        english,
        legal,
        romanised(own + second),
        (),
        others,
    )


def _latin(rng: random.Random) -> Invented:
    own = " ".join(brand(rng, rng.choice((2, 3))) for _ in range(rng.choice((1, 1, 2))))
    name = " ".join([own, *rng.sample(_WORDS, rng.choice((1, 2)))])
    legal = rng.choice(_LEGAL["latin"])
    return Invented("organization", "latin", f"{name} {legal}", name, name, legal, own)


def _chinese(rng: random.Random) -> Invented:
    own = "".join(rng.sample(list(_HAN), rng.choice((2, 3))))
    city, word = rng.choice(list(_HAN_CITIES)), rng.choice(list(_HAN_WORDS))
    pinyin = "".join(_HAN[one] for one in own).capitalize()
    latin = f"{_HAN_CITIES[city]} {pinyin} {_HAN_WORDS[word]}"
    apart = latin.replace(pinyin, " ".join(_HAN[one].capitalize() for one in own))
    return Invented(
        "organization",
        "chinese",
        f"{city}{own}{word}有限公司",
        latin,
        latin,
        "Co., Ltd.",
        pinyin,
        (),
        (apart,),
    )


def _arabic(rng: random.Random) -> Invented:
    first, second = rng.sample(list(_ARABIC), 2)
    word = rng.choice(list(_ARABIC_WORDS))
    latin, *others = (
        f"{_ARABIC[first][one]} {_ARABIC[second][one]} {_ARABIC_WORDS[word]}" for one in range(3)
    )
    own = f"{_ARABIC[first][0]} {_ARABIC[second][0]}"
    return Invented(
        "organization", "arabic", f"شركة {first} {second} {word}", latin, latin, "LLC", own, (), tuple(others)
    )


def _short(rng: random.Random) -> Invented:
    own = "".join(rng.choice("ABCDEFGHIKLMNOPRSTVZ") for _ in range(rng.choice((3, 4))))
    legal = rng.choice(_LEGAL["latin"])
    return Invented("organization", "short", f"{own} {legal}", own, own, legal, own)


def _numbered(rng: random.Random) -> Invented:
    own, number = f"{brand(rng, 2, cyrillic=True)}ский", rng.randint(2, 900)
    name, english = f"{own} завод № {number}", f"{romanised(own)} Plant No. {number}"
    return Invented("organization", "numbered", f"АО {name}", english, english, "АО", romanised(own))


def _ship(rng: random.Random) -> Invented:
    own = (
        f"{brand(rng, 2)} {rng.choice(_SHIP)}"
        if rng.random() < 0.7
        else f"{rng.choice(_SHIP)} {brand(rng, 3)}"
    )
    return Invented("vessel", "ship", own, own, own, "", own)


def _slavic_person(rng: random.Random) -> Invented:
    family = brand(rng, 2, cyrillic=True) + rng.choice(("ов", "енко", "ский", "ин"))
    given, father = rng.sample(_GIVEN, 2)
    parts = (given, f"{father.rstrip('йр')}евич" if father[-1] in "йр" else f"{father}ович", family)
    name = " ".join(parts)
    others = tuple(romanised(name, one) for one in ("ISO 9", "German"))
    return Invented(
        "person", "person", name, romanised(name), romanised(name), "", romanised(family), parts, others
    )


def _arabic_person(rng: random.Random) -> Invented:
    given, father = rng.sample(list(_ARABIC_GIVEN), 2)
    family = rng.choice(list(_ARABIC))
    own = brand(rng, 2)
    latin, other = (
        f"{_ARABIC_GIVEN[given][one]} {_ARABIC_GIVEN[father][one]} {_ARABIC[family][one]} {own}"
        for one in (0, 1)
    )
    return Invented("person", "person", latin, latin, latin, "", own, tuple(latin.split(" ", 2)), (other,))


def _chinese_person(rng: random.Random) -> Invented:
    family, given = rng.choice(list(_HAN_SURNAMES)), "".join(rng.sample(list(_HAN), 2))
    pinyin = "".join(_HAN[one] for one in given).capitalize()
    latin, own = f"{_HAN_SURNAMES[family]} {pinyin}", pinyin
    return Invented(
        "person",
        "person",
        f"{family}{given}",
        latin,
        latin,
        "",
        own,
        (),
        (f"{pinyin} {latin.split(maxsplit=1)[0]}",),
    )
