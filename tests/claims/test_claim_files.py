"""What a claim file may say, and what is said of one that is wrong: file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.claims import files, formula, skeleton, unit
from entrepot.errors import ReadError, UsageError

PUBLICATION = 'title = "A study"\nauthor = "Someone"\npublished = 2024-06-18\ncitation = "A study"\n'
CLAIM = """\
title = "Exports of XAA to XBB"
says = "XAA exported goods worth 30."
where = "page 1"
kind = "world"

[figures.exports]
ask = "flows"
reporter = "XAA"
partner = "XBB"
flow = "export"
commodity = "8703"
period = "2021"
take = "value_usd"

[[check]]
value = 30
unit = "USD"

[[settle]]
file = "exports of XAA"
url = "https://example.org/"
"""


def filed(folder: Path, text: str, name: str = "exports"):
    home = folder / "a-study"
    home.mkdir(exist_ok=True)
    (home / "publication.toml").write_text(PUBLICATION, encoding="utf-8")
    (home / f"{name}.toml").write_text(text, encoding="utf-8")
    return home


def test_a_claim_is_found_by_folder_publication_and_file(tmp_path):
    """Each way of naming it finds the same claim, called publication/claim."""
    home = filed(tmp_path, CLAIM)
    for path in (tmp_path, home, home / "exports.toml"):
        (one,) = files.read(path)
        assert (one.name, one.as_of.isoformat()) == ("a-study/exports", "2024-06-18")


@pytest.mark.parametrize(
    ("old", "new", "place", "cause"),
    [
        ('take = "value_usd"', 'tke = "value_usd"', (6, "figures.exports.take"), "required"),
        ("value = 30", "vale = 30", (16, "check.1.vale"), "no claim has this key"),
        ("value = 30", "value = 30\nat_most = 5", (15, "check.1"), "exactly one of"),
        ('period = "2021"', 'period = "2021-13"', (6, "figures.exports"), "not a date"),
        ('reporter = "XAA"', 'reporter = "Atlantis"', (6, "figures.exports"), "Atlantis"),
        ('kind = "world"', 'kind = "rumour"', (4, "kind"), "arithmetic"),
        ("value = 30", 'value = 30\nformula = "exports / other"', (None, None), "other"),
        ("value = 30", "value = 30\ntolerance = 'half'", (15, "check.1"), "percentage"),
        ('url = "https://example.org/"', 'url = "javascript:alert(1)"', (21, "settle.1.url"), "https"),
        ('unit = "USD"', 'unit = "US Dollars!"', (15, "check.1"), "not known"),
        ("value = 30", "value = = 30", (16, None), "not TOML"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_key(tmp_path, old, new, place, cause):
    """One thing wrong in a good file: the message says where it stands."""
    assert old in CLAIM
    filed(tmp_path, CLAIM.replace(old, new, 1))
    with pytest.raises(ReadError, match=r"a-study/exports\.toml") as told:
        files.read(tmp_path)
    assert (told.value.row, told.value.column) == place
    assert cause in str(told.value)


def test_a_claim_without_its_publication_is_refused(tmp_path):
    (tmp_path / "alone.toml").write_text(CLAIM, encoding="utf-8")
    with pytest.raises(ReadError, match=r"publication\.toml"):
        files.read(tmp_path / "alone.toml")


def test_a_folder_without_claims_and_a_path_that_is_none_are_refused(tmp_path):
    with pytest.raises(UsageError, match="holds no claim"):
        files.read(tmp_path)
    with pytest.raises(UsageError, match="neither"):
        files.read(tmp_path / "nowhere")


def test_a_folder_that_leads_back_to_itself_is_read_once(tmp_path, monkeypatch):
    home = filed(tmp_path, CLAIM)
    (home / "again").symlink_to(home)
    monkeypatch.chdir(home)
    assert [one.name for one in files.read(Path())] == ["a-study/exports"]


def test_a_huge_or_binary_file_is_refused_without_reading_it_all(tmp_path):
    home = filed(tmp_path, CLAIM)
    (home / "huge.toml").write_bytes(b"#" * 300_000)
    with pytest.raises(ReadError, match="KiB"):
        files.read(tmp_path)
    (home / "huge.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReadError, match="UTF-8"):
        files.read(tmp_path)


def test_a_skeleton_is_a_good_claim_and_is_never_written_over(tmp_path):
    from datetime import date

    written = skeleton.make("my-paper/imports-2023", tmp_path, date(2024, 6, 18))
    assert [path.name for path in written] == ["publication.toml", "imports-2023.toml"]
    (one,) = files.read(tmp_path)
    assert one.name == "my-paper/imports-2023"
    with pytest.raises(UsageError, match="already"):
        skeleton.make("my-paper/imports-2023", tmp_path, date(2024, 6, 18))
    for bad in ("../x/y", "x", "x/../y", "/etc/passwd", "X/Y", "a/publication"):
        with pytest.raises(UsageError, match="no name of a claim"):
            skeleton.make(bad, tmp_path, date(2024, 6, 18))


@pytest.mark.parametrize(
    "hostile",
    [
        "__import__('os')",
        "a.b",
        "a**9",
        "'x'*9",
        "a if b else c",
        "[1]",
        "a<b",
        "(",
        "a" * 600,
        "lambda: 1",
        "a[0]",
        "a.imag",
        "a.hex",
        "max",
        "a and b",
        "f'{a}'",
        "round(1, -99999999999)",
    ],
)
def test_a_formula_is_arithmetic_and_nothing_else(hostile):
    with pytest.raises(ValueError, match="formula"):
        formula.names(hostile)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = 30", "value = " + "9" * 5000),
        ("value = 30", "value = " + "9" * 4000),
        ("value = 30", "value = nan"),
        ("value = 30", "value = 30\ntolerance = inf"),
        ("value = 30", "value = 30\ntolerance = -1"),
        ("value = 30", "between = [2, 1]"),
        ("value = 30", "value = " + "[" * 3000),
        ('commodity = "8703"', "commodity = 8703"),
        ('take = "value_usd"', 'take = "value"'),
        ('take = "value_usd"', 'take = "net"'),
    ],
)
def test_numbers_nobody_prints_and_keys_of_another_kind_are_refused(tmp_path, old, new):
    with pytest.raises(ReadError):
        files.read(filed(tmp_path, CLAIM.replace(old, new)))


def test_a_formula_over_named_numbers():
    assert formula.names("max(a, b) / (c - 1)") == {"a", "b", "c"}
    assert formula.value("max(a, b) / (c - 1)", {"a": 2, "b": 6, "c": 4}) == 6 / 3
    assert formula.value("a / b", {"a": 1, "b": 0}) is None


@pytest.mark.parametrize(
    ("written", "plain", "scale"),
    [
        ("USD", "USD", 1),
        ("million USD", "USD", 1e6),
        ("t", "kg", 1000),
        ("percent", "ratio", 0.01),
        ("USD/t", "USD/kg", 1 / 1000),
        ("thousand USD/unit", "USD/unit", 1e3),
        ("units", "units", 1),
    ],
)
def test_units_of_print_in_units_of_the_program(written, plain, scale):
    assert unit.known(written)
    told, of_one = unit.base(written)
    assert told == plain
    assert of_one == pytest.approx(scale)


def test_a_columns_name_tells_its_unit():
    told = [
        unit.of_column(name) for name in ("value_usd", "net_weight_kg", "missing_share", "change", "codes")
    ]
    assert told == ["USD", "kg", "ratio", "ratio", None]


def test_a_pipe_and_a_broken_link_are_named_and_not_waited_for(tmp_path):
    import os

    home = filed(tmp_path, CLAIM)
    os.mkfifo(home / "pipe.toml")
    with pytest.raises(ReadError, match=r"pipe\.toml"):
        files.read(home)
    (home / "pipe.toml").unlink()
    (home / "lost.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ReadError, match=r"lost\.toml"):
        files.read(home)


def test_a_byte_order_mark_is_no_mistake_and_a_line_of_brackets_is_read_at_once(tmp_path):
    home = filed(tmp_path, "\ufeff" + CLAIM)
    assert len(files.read(home)) == 1
    slow = CLAIM.replace('where = "page 1"', f'where = """\n[{" " * 30_000}\n"""').replace(
        "value = 30", "vale = 30"
    )
    filed(tmp_path, slow)
    with pytest.raises(ReadError, match="no claim has this key"):
        files.read(home)
