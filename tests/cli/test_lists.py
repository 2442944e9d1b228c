"""A list of goods of one's own, in a file."""

import pytest

from entrepot.cli._lists import with_lists
from entrepot.errors import ReadError, UsageError
from entrepot.model.commodity import parse_commodity


@pytest.mark.parametrize("text", ["870310\n8704.21\n", '"commodity","name"\n"870310","cars"\n"870421",""\n'])
def test_the_first_column_is_read_and_the_list_named_after_the_file(tmp_path, text):
    file = tmp_path / "my list.csv"
    file.write_text(text, encoding="utf-8")
    (_, value) = with_lists(["--commodity", f"@{file}"])
    basket = parse_commodity(value)
    assert (basket.name, basket.codes) == ("my-list", ("870310", "870421"))
    assert with_lists([f"--commodity=@{file}"]) == [f"--commodity={value}"]


def test_a_name_that_begins_with_a_digit(tmp_path):
    file = tmp_path / "2022.txt"
    file.write_text("8703", encoding="utf-8")
    assert parse_commodity(with_lists(["--others", f"@{file}"])[1]).name == "list-2022"


def test_only_after_an_option_for_goods(tmp_path):
    words = ["flows", "--reporter", "@x", "--commodity", "8703"]
    assert with_lists(words) == words


def test_what_is_no_list_is_said(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("name\ncars\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no codes"):
        with_lists(["--commodity", f"@{empty}"])
    with pytest.raises(ReadError, match="cannot be read"):
        with_lists(["--commodity", f"@{tmp_path}/absent.csv"])
    binary = tmp_path / "x.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReadError, match="cannot be read"):
        with_lists(["--commodity", f"@{binary}"])


def test_named_codes_keep_what_is_wrong_with_them():
    with pytest.raises(UsageError, match="not understood"):
        parse_commodity("mine=87031x")


def test_no_list_of_ones_own_takes_the_name_of_another():
    with pytest.raises(UsageError, match="another name"):
        parse_commodity("chpl=8703")
