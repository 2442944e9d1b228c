"""A list of goods of one's own, in a file."""

import os

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
    assert (basket.name, basket.codes) == ("my-my-list", ("870310", "870421"))
    assert with_lists([f"--commodity=@{file}"]) == [f"--commodity={value}"]


def test_any_name_of_a_file_will_do(tmp_path):
    for name in ("2022.txt", "chpl.csv", "total.csv"):
        file = tmp_path / name
        file.write_text("8703", encoding="utf-8")
        assert parse_commodity(with_lists(["--others", f"@{file}"])[1]).name == f"my-{file.stem}"


def test_only_after_an_option_for_goods(tmp_path):
    words = ["flows", "--reporter", "@x", "--commodity", "8703"]
    assert with_lists(words) == words


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name\ncars\n", "row 2.*'cars' is no code"),
        (b"870310\n87O313\n", "row 2.*'87O313' is no code"),
        (b"\xc2\xb2\n", "is no code"),
        (b"commodity\n", "no codes"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"8703\n" * 300_000, "too large"),
    ],
)
def test_what_is_no_list_is_said_with_its_row(tmp_path, content, said):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(ReadError, match=said):
        with_lists(["--commodity", f"@{file}"])


def test_what_is_no_file_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in (tmp_path / "pipe", tmp_path, "/dev/zero", tmp_path / "absent"):
        with pytest.raises(ReadError, match="is no file"):
            with_lists(["--commodity", f"@{name}"])


def test_ranges_and_spaces_as_the_option_takes_them(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("8701-8703\n8704 21\n", encoding="utf-8")
    assert parse_commodity(with_lists(["--commodity", f"@{file}"])[1]).codes == (
        "8701",
        "8702",
        "8703",
        "870421",
    )


def test_named_codes_keep_what_is_wrong_with_them():
    with pytest.raises(UsageError, match="not understood"):
        parse_commodity("mine=87031x")


def test_no_list_of_ones_own_takes_the_name_of_another():
    with pytest.raises(UsageError, match="another name"):
        parse_commodity("chpl=8703")
