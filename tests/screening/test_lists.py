"""Which lists are read: files, folders, and what was fetched."""

from datetime import date
from hashlib import sha256

import pytest

from entrepot.errors import NoDataError, ReadError, UsageError
from entrepot.fetching.journal import Journal, Record
from entrepot.screening.lists import read_lists
from entrepot.sources._ask import Ask
from tests import party_lists as made

OFAC = {"SDN.CSV": made.SDN, "ADD.CSV": made.ADD, "ALT.CSV": made.ALT}


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "lists"
    found.mkdir()
    for name, content in OFAC.items():
        (found / name).write_bytes(content)
    (found / "un.xml").write_bytes(made.UN_XML)
    (found / "mine.csv").write_bytes(made.OWN)
    return found


@pytest.fixture
def keep(tmp_path):
    """`keep(source, file, content, ...)` puts a file into the store as a fetch does."""

    def _keep(source, file, content, *, day="2026-11-20", edition="", version="", url=""):
        journal = Journal(tmp_path, source)
        path = journal.base / day / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        ask = Ask(source, url or file, file, file, version=version)
        digest, place = sha256(content).hexdigest(), f"{day}/{file}"
        when = f"{day}T12:00:00+00:00"
        journal.write(Record(ask, "kept", when, digest, edition=edition, file=place, published=day))
        return path

    return _keep


def keep_ofac(keep, **more):
    return [keep("ofac", name, content, edition="970", **more) for name, content in OFAC.items()]


def keep_build(keep, build, rows, day):
    content = made.table(made.OPENSANCTIONS_COLUMNS, *rows)
    file, url = "sanctions-targets.simple.csv", f"artifacts/sanctions/{build}/targets.simple.csv"
    return keep("opensanctions", file, content, day=day, version=build, url=url)


def test_a_folder_is_all_lists_in_it(folder, tmp_path):
    (folder / "notes.pdf").write_bytes(b"%PDF")
    found = read_lists([str(folder)], tmp_path)
    assert [(one.name, one.parties.num_rows) for one in found] == [("ofac-sdn", 3), ("mine", 2), ("un-sc", 2)]
    assert "ofac-sdn: not read, of the folder lists: notes.pdf." in found[0].warnings
    assert not any("not beside" in warning for warning in found[0].warnings)


def test_a_file_named_twice_or_copied_is_read_once(folder, tmp_path):
    (tmp_path / "copy.csv").write_bytes(made.OWN)
    words = [str(folder / "mine.csv"), str(tmp_path / "lists/../lists/mine.csv"), str(tmp_path / "copy.csv")]
    assert [one.name for one in read_lists(words, tmp_path)] == ["mine"]


def test_two_lists_of_one_name_are_told_apart(folder, tmp_path):
    (tmp_path / "mine.csv").write_bytes(b"name\nOther\n")
    found = read_lists([str(folder / "mine.csv"), str(tmp_path / "mine.csv")], tmp_path)
    names = [f"mine@{one.sha256[:8]}" for one in found]
    assert [one.name for one in found] == names
    assert [set(one.names["list"].to_pylist()) for one in found] == [{name} for name in names]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [("ADD.CSV", made.ADD, "belongs to SDN.CSV"), ("x.csv", b"a,b\n1,2\n", "not a list of parties")],
)
def test_a_folder_with_what_is_no_list_is_refused(tmp_path, file, content, says):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / file).write_bytes(content)
    with pytest.raises(ReadError, match=says):
        read_lists([str(tmp_path / "a")], tmp_path)


def test_words_that_lead_nowhere(tmp_path):
    (tmp_path / "empty").mkdir()
    for word, error in (
        ("no.csv", UsageError),
        ("held", NoDataError),
        (str(tmp_path / "empty"), NoDataError),
    ):
        with pytest.raises(error):
            read_lists([word], tmp_path)


# ---------------------------------------------------------------- what was fetched
def test_what_was_fetched_has_its_edition_and_its_day(keep, tmp_path):
    keep_ofac(keep)
    keep_build(keep, "build-1", made.OPENSANCTIONS_ROWS, "2026-11-19")
    sdn, collected = read_lists(["held"], tmp_path)
    assert (sdn.name, sdn.edition, sdn.published) == ("ofac-sdn", "970", date(2026, 11, 20))
    assert (collected.name, collected.edition, collected.published) == (
        "opensanctions", "build-1", date(2026, 11, 19),
    )  # fmt: skip
    assert (sdn.names.num_rows, sdn.warnings) == (7, ())


def test_files_that_did_not_change_lie_in_the_folder_of_an_earlier_day(keep, tmp_path):
    keep_ofac(keep)
    keep("ofac", "SDN.CSV", made.SDN, day="2026-11-22", edition="971")
    (found,) = read_lists(["held"], tmp_path)
    assert (found.edition, found.names.num_rows) == ("971", 7)


def test_the_newest_build_that_is_there_as_it_came(keep, tmp_path):
    keep_build(keep, "build-1", made.OPENSANCTIONS_ROWS, "2026-11-19")
    newest = keep_build(keep, "build-2", made.OPENSANCTIONS_ROWS[:2], "2026-11-20")
    assert [one.edition for one in read_lists(["held"], tmp_path)] == ["build-2"]
    newest.write_bytes(newest.read_bytes() + b"\n")
    (found,) = read_lists(["held"], tmp_path)
    assert found.edition == "build-1"
    assert "the edition build-2 is newer, and its file is gone or changed" in found.warnings[0]


@pytest.mark.parametrize("place", range(3))
def test_a_list_of_which_a_file_changed_is_not_held(keep, tmp_path, place):
    keep_ofac(keep)[place].write_bytes(b"")
    with pytest.raises(NoDataError, match="Fetch it again"):
        read_lists(["held"], tmp_path)


def test_a_copy_of_what_was_fetched_keeps_its_day(keep, tmp_path):
    build = keep_build(keep, "build-1", made.OPENSANCTIONS_ROWS, "2026-11-19")
    (tmp_path / "copy.csv").write_bytes(build.read_bytes())
    (found,) = read_lists([str(tmp_path / "copy.csv")], tmp_path)
    assert (found.edition, found.published) == ("build-1", date(2026, 11, 19))
