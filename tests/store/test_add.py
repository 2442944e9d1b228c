"""Adding a file: all of it or nothing; what is not understood is named, and no byte breaks the store."""

from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import py7zr
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from entrepot.errors import ReadError, StoreError, UsageError
from entrepot.store import Store
from tests.store.helpers import (
    COLUMNS,
    HEADER,
    add,
    cells,
    command,
    environment,
    line,
    listing,
    many,
    run,
    table,
    zipped,
)

Write = Callable[..., Path]


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def split(*lines: str) -> list[list[Any]]:
    return [record.rstrip("\n").split(",") for record in (HEADER, *lines)]


def rejected(store: Store, path: Path) -> list[tuple[Any, ...]]:
    shot = add(store, path).card
    return [tuple(row.values()) for row in store.rejects(shot.snapshot).to_pylist()]


# ---------------------------------------------------------------- what is stored


def test_rows_are_stored_as_they_are(store: Store, write: Write):
    """Leading zeros stay, a value of zero is zero, and a cell without a value is counted and not stored."""
    rows = line(commodity="010121") + line(commodity="010129", value=0) + line(commodity="010130", value="")
    card = add(store, write(rows)).card
    assert cells(store) == (("XBB", "010121", 10.0), ("XBB", "010129", 0.0))
    assert (card.rows, card.missing, card.rejects) == (2, 1, 0)


@pytest.mark.parametrize("missing", ["", " ", '""'])
def test_null_is_never_zero(store: Store, write: Write, missing: str):
    add(store, write(line() + line(commodity="870324", value=missing)))
    assert [value for *_, value in cells(store)] == [10.0]


@pytest.mark.parametrize("name", ["table.csv", "other name.txt"])
def test_same_bytes_twice_do_nothing_and_say_so(store: Store, write: Write, name: str):
    first = add(store, write(line()))
    before = listing(store.folder)
    again = add(store, write(line(), name), "2020-01-01")
    assert (first.is_new, again.is_new, again.card) == (True, False, first.card)
    assert listing(store.folder) == before


def test_another_date_for_a_file_that_is_held_is_not_taken_in_silence(store: Store, write: Write):
    """The day a file stands under decides what --as-of sees: who gives another hears that it is not taken."""
    path = write(line())
    assert add(store, path, "2022-02-03").notes == ()
    (note,) = add(store, path, "2021-12-31").notes
    assert note.startswith("2021-12-31 is not taken: the file stands under 2022-02-03.")
    assert add(store, path, "2022-02-03").notes == ()
    told = run("--store", store.folder, "add", path, "--published", "2021-12-31")
    assert (told.returncode, "2021-12-31 is not taken" in told.stderr) == (0, True), told.stderr


def test_the_command_says_that_a_file_is_held_already(store: Store, write: Write):
    path = write(line())
    first, again = (run("--store", store.folder, "add", path) for _ in range(2))
    assert (first.returncode, "1 rows" in first.stderr) == (0, True), first.stderr
    assert (again.returncode, "already held" in again.stderr) == (0, True), again.stderr


def test_what_the_user_says_must_be_asked_for(store: Store, write: Write):
    with pytest.raises(UsageError, match="does not ask for 'flow'"):
        add(store, write(line()), given={"flow": "export"})
    assert not store.snapshots()


def test_publication_date_may_be_unknown(store: Store, write: Write):
    """The day of adding stands in for it, and the card says so."""
    card = add(store, write(line())).card
    assert (card.published, card.published_is_known) == (date(2026, 1, 2), False)
    assert any("--published" in warning for warning in card.warnings)


ENCODED = {
    "plain": table(line()),
    "without a last newline": table(line())[:-1],
    "byte order mark": b"\xef\xbb\xbf" + table(line()),
    "CRLF": table(line()).replace(b"\n", b"\r\n"),
    "old Macintosh": table(line()).replace(b"\n", b"\r"),
    "semicolons": table(line()).replace(b",", b";"),
    "tabs": table(line()).replace(b",", b"\t"),
    "blank lines": table(line()) + b"\n\n",
    "gzip": zipped(table(line())),
    "gzip in two members": zipped(HEADER.encode()) + zipped(line().encode()),
    "GB18030": table(line(), line(partner="中国")).decode().encode("gb18030"),
    "GB18030 in gzip": zipped(table(line(), line(partner="中国")).decode().encode("gb18030")),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_a_table_is_read_however_it_is_encoded(store: Store, write: Write, content: bytes):
    add(store, write(content))
    assert ("XBB", "870323", 10.0) in cells(store)


# ---------------------------------------------------------------- what is rejected


NUMBERS = {
    "1e400": None,
    "NaN": None,
    "inf": None,
    "-inf": None,
    '"1,23"': None,
    '"1,234"': 1234.0,
    '"1,234,567.5"': 1234567.5,
    '"12,34,567"': None,
    '"1 234,56"': None,
    "1 234": 1234.0,
    "1_000": None,
    "0x10": None,
    "=1+1": None,
    "NULL": None,
    "n/a": None,
    "-": None,
    "-5": -5.0,
    "1e3": 1000.0,
    "０": None,
}


def test_only_numbers_are_numbers(store: Store, write: Write):
    """What is not one is a reject with its row, column and text; a decimal comma is not one of thousands."""
    codes = {written: f"87{n:02}" for n, written in enumerate(NUMBERS)}
    good = "".join(line(commodity=f"01{n:02}") for n in range(20))
    found = rejected(store, write("".join(line(commodity=codes[w], value=w) for w in NUMBERS) + good))
    assert found == [
        (row, "value", written.strip('"'), "not a number")
        for row, (written, value) in enumerate(NUMBERS.items(), 2)
        if value is None
    ]
    kept = {commodity: value for _, commodity, value in cells(store) if commodity.startswith("87")}
    assert kept == {codes[written]: value for written, value in NUMBERS.items() if value is not None}


WRONG = {
    "reporter": ("Atlantis", "unknown area"),
    "partner": ("=cmd()", "unknown area"),
    "period": ("2022-13", "unknown period"),
    "flow": ("exports", "not one of"),
    "commodity": ("", "no commodity"),
}


def test_a_reject_names_row_column_value_and_reason(store: Store, write: Write):
    wrong = "".join(line(**{column: value}) for column, (value, _) in WRONG.items())
    good = "".join(line(commodity=f"01{n:02}") for n in range(5))
    found = rejected(store, write(wrong + good))
    assert [(row, column, value or "") for row, column, value, _ in found] == [
        (row, column, value) for row, (column, (value, _)) in enumerate(WRONG.items(), 2)
    ]
    assert all(reason in told[3] for told, (_, reason) in zip(found, WRONG.values(), strict=True))


def test_row_numbers_count_records_not_lines(store: Store, write: Write):
    """A quoted newline inside a cell does not move the numbers of the records after it."""
    odd = line(quantity=None).replace("XBB", '"XBB\n"')
    content = odd.rpartition(",")[0] + "\n" + line(partner="Atlantis", commodity="870324")
    assert [row[0] for row in rejected(store, write(content))] == [3]


FAR = 120_000


@pytest.mark.parametrize("pack", [bytes, zipped], ids=["plain", "gzip"])
def test_row_numbers_hold_far_into_a_file(store: Store, write: Write, pack: Callable[[bytes], bytes]):
    """The engine reads in parallel; the record number is still the place in the file."""
    content = pack(many(FAR) + line(partner="Atlantis").encode())
    assert [row[:3] for row in rejected(store, write(content))] == [(FAR + 2, "partner", "Atlantis")]


def test_rows_of_a_workbook_are_numbered_as_it_shows_them(store: Store, tmp_path: Path):
    """Blank rows count, and those after the last row of data are nothing."""
    good = split(line(), line(commodity="870324"), line(commodity="870325"))
    path = workbook(tmp_path / "a.xlsx", [*good, [], *split(line(partner="Atlantis"))[1:], [""], [""]])
    assert [row[0] for row in rejected(store, path)] == [5, 6]


def test_rows_of_parquet_are_numbered_from_one(store: Store, tmp_path: Path):
    records = split(line(), line(partner="Atlantis"))[1:]
    columns = dict(zip(COLUMNS, zip(*records, strict=True), strict=True))
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert [row[:3] for row in rejected(store, tmp_path / "a.parquet")] == [(2, "partner", "Atlantis")]


def test_numbers_of_a_workbook_become_the_codes_they_are(store: Store, tmp_path: Path):
    rows = split(line(), line(commodity="010121"))
    rows[1][4] = 870323
    add(store, workbook(tmp_path / "a.xlsx", rows))
    assert [commodity for _, commodity, _ in cells(store)] == ["010121", "870323"]


def test_a_code_of_any_length_is_a_reject_of_its_own(store: Store, write: Write):
    """A level is kept in a byte; a name of goods outside the Harmonized System has none and may be long."""
    content = line() + "".join(line(commodity=code) for code in ("1" * 126, "1" * 127, "1" * 1000, "x" * 300))
    told = "longer than any code of goods"
    assert rejected(store, write(content)) == [
        (n, "commodity", "1" * long, told) for n, long in ((4, 127), (5, 1000))
    ]
    assert sorted(len(commodity) for _, commodity, _ in cells(store)) == [6, 126, 300]


def test_a_cell_twice_alike_counts_once(store: Store, write: Write):
    assert add(store, write(line() * 3)).card.rows == 1
    assert cells(store) == (("XBB", "870323", 10.0),)


def test_a_cell_twice_unlike_is_not_believed(store: Store, write: Write):
    """Each of its rows is a reject, none is kept, and other cells are."""
    content = line() + line(value=11) + line() + "".join(line(commodity=f"8704{n}0") * 2 for n in range(3, 7))
    found = rejected(store, write(content))
    assert [row[0] for row in found] == [2, 3, 4]
    assert {row[3].partition(":")[0] for row in found} == {"the same cell twice with different values"}
    assert [commodity for _, commodity, _ in cells(store)] == ["870430", "870440", "870450", "870460"]


def test_what_a_store_gives_out_can_be_added(store: Store, write: Write, tmp_path: Path):
    """An export holds `row`, `source` and `snapshot`: they are made anew."""
    add(store, write(line()))
    pq.write_table(store.run(store.flows()), tmp_path / "export.parquet")
    other = Store(tmp_path / "other")
    add(other, tmp_path / "export.parquet")
    assert cells(other) == cells(store)


# ---------------------------------------------------------------- what stops a file


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def damaged(content: bytes, at: int) -> bytes:
    return content[:at] + bytes(255 - byte for byte in content[at : at + 8]) + content[at + 8 :]


BIG = many(20_000)
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "empty in gzip": (zipped(b""), "nothing readable"),
    "header only": (HEADER.encode(), "no row holds a value"),
    "blank lines only": (b"\n\n \n", "not a file of any known source"),
    "no values": (table(line(value="")), "no row holds a value"),
    "unknown column": (table(line()).replace(b"status", b"colour"), "row 1, column 'colour'"),
    "column twice": (table(line()).replace(b"status", b"value"), "column 'value_2'"),
    "missing column": (HEADER.replace("partner,", "").encode(), "not a file of any known source"),
    "cut off in a record": (table(line(), line()[:20]), "row 3: 4 cells where the header has 8"),
    "too many cells": (table(line(), line()[:-1] + ",9\n"), "row 3: 9 cells"),
    "too few cells, far": (BIG + b"XAA,XBB,export\n" + line().encode(), "row 20002: 3 cells"),
    "cut off gzip": (zipped(BIG)[:-200], "cut off"),
    "wrong checksum of gzip": (zipped(BIG)[:-8] + b"12345678", "incorrect data check"),
    "cut off gzip, in GB18030": (zipped(BIG + "中,".encode("gb18030"))[:-9], "end early"),
    "damaged gzip": (damaged(zipped(noise(3000)), 900), "damaged|neither UTF-8"),
    "garbage after gzip": (zipped(table(line())) + b"garbage", "damaged"),
    "NUL": (table(line(), line(commodity="87\x0024")), "binary data"),
    "NUL, far": (BIG + line(commodity="87\x0024").encode(), "row 20002.*binary data"),
    "NULs to the end": (zipped(BIG + bytes(40_000_000)), "row 20002.*binary data"),
    "last line beyond any buffer": (zipped(BIG + b"0" * 40_000_000), "row 20002.*too long"),
    "binary": (noise(5000), "neither UTF-8 nor GB18030"),
    "UTF-16": (table(line()).decode().encode("utf-16"), "neither UTF-8 nor GB18030"),
    "not UTF-8, far": (BIG + line(partner="\xe9").encode("latin-1"), "row 20002: bytes that are not UTF-8"),
    "lone quote": (table(line(partner='"XBB'), line()), "row 2.*quote"),
    "text after a quote": (table(line(), line(partner='"XBB"x')), "row 3.*quote"),
    "ends of lines of two kinds": (table(line()) + line().encode()[:-1] + b"\r\n", "two kinds"),
    "field too long": (table(line(), line(partner="X" * 200_000)), "limit"),
    "line too long": (b"a" * 3_000_000, "limit"),
    "line too long, far": (BIG + line(partner="X" * 3_000_000).encode(), "row 20002.*too long"),
    "10,000 columns": (b",".join(b"c%d" % n for n in range(10_000)), "not a file of any known source"),
    "10,000 columns more": (HEADER[:-1].encode() + b",x" * 10_000 + b"\n" + line().encode(), "column 'x'"),
    "mostly rejects": (table(line(), line(value="a"), line(value="b")), "2 of 3 rows are not understood"),
    "JSON": (b'{"a": [1]}', "not a file of any known source"),
    "deep JSON": (b"[" * 100_000, "not a file of any known source"),
    "half a workbook": (b"PK\x03\x04" + noise(500), "workbook"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + noise(500), "workbook"),
    "half a Parquet file": (b"PAR1" + noise(500), "Parquet"),
    "half an archive": (b"7z\xbc\xaf\x27\x1c" + noise(500), "7z"),
}  # fmt: skip


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with something in it, which no file refused may change, in its bytes or its answers."""
    folder = tmp_path_factory.mktemp("held")
    (folder / "first.csv").write_bytes(table(line(partner="XCC")))
    store = Store(folder / "store")
    add(store, folder / "first.csv")
    before = listing(store.folder), cells(store)
    yield store
    assert (listing(store.folder), cells(store)) == before


def refuses(store: Store, path: Path, match: str) -> ReadError:
    """Adding stops with an error of the file's, and the store is as it was."""
    before = listing(store.folder)
    with pytest.raises(ReadError, match=match) as caught:
        add(store, path)
    assert path.name in str(caught.value)
    assert str(path.parent) not in str(caught.value)
    assert listing(store.folder) == before
    assert not list((store.folder / "scratch").iterdir())
    return caught.value


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_understood_stops_whole(held: Store, write: Write, name: str):
    content, cause = REFUSED[name]
    refuses(held, write(content), f"(?s){cause}")


def test_damaged_parquet_and_workbooks_stop_whole(store: Store, tmp_path: Path):
    """Bytes changed at random: the file is stored whole or refused, never half read and never a traceback."""
    records = split(line(), line(commodity="870324"))
    pq.write_table(
        pa.table(dict(zip(COLUMNS, zip(*records[1:], strict=True), strict=True))), tmp_path / "a.parquet"
    )
    workbook(tmp_path / "a.xlsx", records)
    chance = random.Random(11)
    for kind in ("parquet", "xlsx"):
        sound = (tmp_path / f"a.{kind}").read_bytes()
        for _ in range(6):
            spoilt = bytearray(sound)
            for _ in range(4):
                spoilt[chance.randrange(4, len(sound))] = chance.randrange(256)
            (tmp_path / "spoilt").write_bytes(spoilt)
            before = listing(store.folder)
            try:
                add(store, tmp_path / "spoilt")
            except ReadError:
                assert listing(store.folder) == before


ODD_COLUMNS = {
    "lists": pa.array([[1.0]]),
    "structures": pa.array([{"a": 1}]),
    "bytes": pa.array([b"\xff"]),
}


@pytest.mark.parametrize("values", ODD_COLUMNS.values(), ids=ODD_COLUMNS)
def test_parquet_of_odd_types_stops(held: Store, tmp_path: Path, values: pa.Array):
    plain = dict(zip(COLUMNS, ([cell] for cell in split(line())[1]), strict=True))
    pq.write_table(pa.table(plain | {"value": values}), tmp_path / "odd.parquet")
    refuses(held, tmp_path / "odd.parquet", "damaged")


def test_archive_with_a_password_stops(held: Store, tmp_path: Path):
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w", password="x", header_encryption=True) as archive:
        archive.writestr("x", "full_v2_202201.dat")
    refuses(held, tmp_path / "a.7z", "password")


def test_archive_cannot_write_outside_the_scratch_folder(held: Store, tmp_path: Path):
    """A member called ../../x is refused or written inside, and never beside the store."""
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.writestr("x", "inner.dat")
        archive.header.files_info.files[0]["filename"] = "../../../x.dat"
    before = {path for path in tmp_path.rglob("*") if "scratch" not in path.parts}
    with pytest.raises(ReadError):
        add(held, tmp_path / "a.7z")
    assert {path for path in tmp_path.rglob("*") if "scratch" not in path.parts} == before


# ---------------------------------------------------------------- bombs


MEMORY = 2 << 30


def bomb_7z(folder: Path) -> Path:
    header = b"REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD\n"
    with py7zr.SevenZipFile(
        folder / "bomb.7z", "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 0}]
    ) as archive:
        archive.writef(io.BytesIO(header + bytes(150_000_000)), "full_v2_202201.dat")
    return folder / "bomb.7z"


def bomb_xlsx(folder: Path) -> Path:
    small = workbook(folder / "small.xlsx", split(line()))
    with (
        zipfile.ZipFile(small) as sound,
        zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb,
    ):
        for name in sound.namelist():
            with bomb.open(name, "w", force_zip64=True) as out:
                content = sound.read(name)
                if name.endswith("sheet1.xml"):
                    start, end = content.split(b"</sheetData>")
                    out.write(start)
                    for _ in range(60):
                        out.write(b"<row><c><v>1</v></c></row>" * 40_000)
                    content = b"</sheetData>" + end
                out.write(content)
    return folder / "bomb.xlsx"


def bomb_corner(folder: Path) -> Path:
    """A workbook of two cells, the second in the farthest corner of the sheet."""
    path = workbook(folder / "corner.xlsx", split(line()))
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "reporter")
    sheet.write(1_048_575, 16_383, "far")
    book.close()
    return path


def bomb_gzip(folder: Path) -> Path:
    (folder / "bomb.csv.gz").write_bytes(zipped(table(line()) + b"0" * 200_000_000))
    return folder / "bomb.csv.gz"


@pytest.mark.parametrize("bomb", [bomb_7z, bomb_xlsx, bomb_corner, bomb_gzip])
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(
    held: Store, tmp_path: Path, bomb: Callable[[Path], Path]
):
    """In a process that may not have more than 2 GiB: it ends with a reason, and the store is as it was."""
    before = listing(held.folder)
    done = subprocess.run(
        command("--store", held.folder, "add", bomb(tmp_path)),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)),
    )
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert listing(held.folder) == before


# ---------------------------------------------------------------- places and names


def test_folders_and_links_to_nothing_are_no_files(held: Store, tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "to nothing").symlink_to(tmp_path / "nothing")
    (tmp_path / "to itself").symlink_to(tmp_path / "to itself")
    for name in ("folder", "to nothing", "to itself", "absent"):
        refuses(held, tmp_path / name, "cannot be read")


def test_a_file_that_may_not_be_read(held: Store, write: Write):
    path = write(line())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read anything")
    refuses(held, path, "cannot be read: Permission denied")


NAMES = (
    "*.csv", "?.csv", "[a].csv", "{a,b}.csv", "a\\*.csv", "'; DROP TABLE raw; --.csv", 'a"b\n.csv',
    "-x.csv", " ", "a%20b$HOME.csv", "s3:表.csv", "x" * 240,
)  # fmt: skip


def test_no_name_of_a_file_means_more_than_the_file(store: Store, write: Write):
    """Were it taken for a pattern, others in its folder would be read, too."""
    for other in ("a.csv", "b.csv"):
        write(line(partner="XCC", value=99), other)
    for number, name in enumerate(NAMES):
        path = write(line(commodity=f"{number:06}"), name)
        assert add(store, path).card.file == name
        path.unlink()
    assert cells(store) == tuple(("XBB", f"{number:06}", 10.0) for number in range(len(NAMES)))
    assert {path.name for path in store.folder.iterdir()} == {"flows", "snapshots", "scratch"}


def test_a_path_upwards_is_a_path(store: Store, write: Write):
    path = write(line())
    assert add(store, path.parent / ".." / path.parent.name / path.name).card.file == path.name
    assert len(list(store.folder.parent.iterdir())) == 2


def test_a_name_that_is_not_text_is_refused(held: Store, tmp_path: Path):
    path = tmp_path / os.fsdecode(b"\xff\xfe.csv")
    path.write_bytes(table(line()))
    before = listing(held.folder)
    with pytest.raises(ReadError, match="not text in UTF-8"):
        add(held, path)
    done = run("--store", held.folder, "add", path)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert listing(held.folder) == before


@pytest.mark.parametrize("name", ["ü x#y 表", "a'b\"; DROP", "http:", "year=2022"])
def test_a_store_may_have_most_names(tmp_path: Path, write: Write, name: str):
    store = Store(tmp_path / name)
    add(store, write(line(), "a.csv"))
    add(store, write(line(period="2022-02"), "b.csv"))
    assert len(cells(store)) == 2


@pytest.mark.parametrize(
    "name", ["*", "a?", "a%20b", "[a]", "{a,b}", "a\\b", "a\nb", os.fsdecode(b"\xff")], ids=ascii
)
def test_a_store_that_engines_would_take_for_a_pattern_is_refused(tmp_path: Path, name: str):
    with pytest.raises(StoreError, match="Choose another with --store"):
        Store(tmp_path / name)


def test_the_command_refuses_such_a_store(tmp_path: Path):
    done = run("--store", tmp_path / "*", "status")
    assert (done.returncode, "Traceback" in done.stderr) == (4, False), done.stderr


def test_a_relative_store_is_never_an_address(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    store = Store("s3:/bucket")
    add(store, write(line()))
    assert (tmp_path / "s3:" / "bucket" / "flows").is_dir()
    assert len(cells(store)) == 1


def test_each_file_stands_by_itself_on_the_command_line(store: Store, write: Write):
    """One bad file of several is named, the others are stored, and the exit code is that of the bad one."""
    good, bad = write(line(), "good.csv"), write(b"", "bad.csv")
    done = run("--store", store.folder, "add", bad, good)
    assert (done.returncode, "1 of 2 files" in done.stderr) == (3, True), done.stderr
    assert len(cells(store)) == 1
    assert sys.executable not in done.stderr
