"""Goods as users name them."""

import pytest

from entrepot.errors import UsageError
from entrepot.model.commodity import parse_commodity


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2709,2701", ("2701", "2709")),
        ("27,2709", ("27",)),
        ("2709,item:steam-coal", ("2709", "steam-coal")),
        ("item:steam-coal, 2709 ,item:steam", ("2709", "steam", "steam-coal")),
        ("item:Fruit, fresh,item:Cars", ("Cars", "Fruit, fresh")),
        ("item:Fruit, fresh,2709", ("2709", "Fruit, fresh")),
        ("total", ("TOTAL",)),
    ],
)
def test_codes_and_items_stand_side_by_side(text, codes):
    """A comma inside the name of an item separates nothing; items lie in no other."""
    assert parse_commodity(text).codes == codes


def test_the_codes_of_a_basket_apart_from_its_items():
    """Only codes of the Harmonized System stand for the longer ones inside them."""
    basket = parse_commodity("2709,item:steam-coal")
    assert (basket.hs_codes, basket.items, basket.name) == (("2709",), ("steam-coal",), "2709,steam-coal")


@pytest.mark.parametrize("text", ["nonsense", "item:", "2709,nonsense", ","])
def test_what_names_no_goods_is_refused(text):
    with pytest.raises(UsageError):
        parse_commodity(text)
