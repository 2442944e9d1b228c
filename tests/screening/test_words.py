"""One text of a shipment at a time: of which country, whose mailbox, what kind of firm."""

from __future__ import annotations

import pytest

from entrepot.screening.words import address_country, is_forwarder, is_free, phone_country


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("12 First St, Bishkek 720040, Kyrgyzstan", "KGZ"),
        ("720040 Bishkek Kyrgyzstan", "KGZ"),
        ("Bishkek, Kyrgyzstan, 720040", "KGZ"),
        ("Россия, г. Москва, ул. Новая 1", "RUS"),
        ("г. Алматы, Республика Казахстан", "KAZ"),
        ("中国广东省深圳市新路1号", "CHN"),
        ("Istanbul/Türkiye", "TUR"),
        ("PO Box 5, Dubai, U.A.E.", "ARE"),
        ("1 New Road, London, UK", "GBR"),
        ("Seoul, Korea, Republic of", "KOR"),
        ("Unit 4, Kowloon, Hong Kong, China", "HKG"),
        ("Hall 3, DEU", "DEU"),
        ("Atlanta, Georgia, USA", "USA"),
    ],
)
def test_the_country_of_an_address(address, country):
    assert address_country(address) == country


@pytest.mark.parametrize(
    "address",
    [
        "Atlanta, Georgia 30301",
        "5 New Road, Tbilisi, Georgia",
        "Trenton, New Jersey",
        "Lebanon, Pennsylvania",
        "Sacramento, CA",
        "Berlin, DE",
        "Bishkek, Kyrgyzstan, Kazakhstan",
        "Brussels, Europe",
        "720040",
        "",
    ],
)
def test_an_address_that_leaves_the_country_open(address):
    """A state of the USA may be meant, or two countries are named, or none."""
    assert address_country(address) is None


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+7 727 250 1234", "KAZ"),
        ("+7 (495) 123-45-67", "RUS"),
        ("tel. 00996 312 123456", "KGZ"),
        ("+996 312 123456; +996 312 654321", "KGZ"),
        ("+996 312 123456 / +971 4 123 4567", None),
        ("312 123456", None),
        ("+999 1", None),
        ("none", None),
    ],
)
def test_the_country_of_a_telephone(number, country):
    """Kazakhstan and Russia share +7; without the country's number nothing is known."""
    assert phone_country(number) == country


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("a@gmail.com", True),
        ("Ann <a@MAIL.RU>", True),
        ("a@firm.example; b@mail.yandex.ru", True),
        ("a@firm.example", False),
        ("a@notgmail.com", False),
        ("ask Ann", None),
    ],
)
def test_a_free_mailbox(text, free):
    assert is_free(text) is free


@pytest.mark.parametrize(
    ("name", "forwards"),
    [
        ("Blue Freight LLC", True),
        ("ООО Новая транспортная компания", True),
        ("新路国际货运有限公司", True),
        ("Yeni Taşımacılık A.Ş.", True),
        ("Жаңа жүк тасымалдау ЖШС", True),
        ("Neue Spedition GmbH", True),
        ("Transistor Works", False),
        ("Новые подшипники", False),
    ],
)
def test_a_firm_that_passes_goods_on(name, forwards):
    assert is_forwarder(name) is forwards
