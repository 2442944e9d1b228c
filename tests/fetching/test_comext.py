"""Comext's whole months, from order to stored rows, against a folder that answers on loopback."""

import io
from collections import deque

import py7zr
import pytest

from entrepot.fetching import Ordered, fetch
from entrepot.fetching.run import Run
from entrepot.fetching.update import update
from entrepot.sources._ask import Ask, BadAnswerError
from entrepot.sources._fetch import TRIES
from entrepot.sources.eurostat.fetch import PUBLISHER
from tests.fetching.comext import Comext, archive, packed
from tests.fetching.conftest import NOW
from tests.fetching.fake import Fake, Reply, served

ORDER = Ordered("eurostat", {"period": "2022-01:2022-02"})
ROWS = {
    "202201": [("DE", "KG", "87032210", "2", 100), ("LT", "KZ", "87032210", "1", 7)],
    "202202": [("DE", "KG", "87032210", "2", 300)],
}
REVISED = [("DE", "KG", "87032210", "2", 111), ("LT", "KZ", "87032290", "1", 7)]


def comext(**more):
    files = {period: archive(period, rows) for period, rows in ROWS.items()}
    return Comext(files, {"202201": "2026-03-10", "202202": "2026-04-10"}, **more)


def stored(store):
    rows = store.run(store.flows()).to_pylist()
    return {(r["reporter"], r["partner"], f"{r['period']:%Y%m}", r["flow"]): r["value"] for r in rows}


ALL = {
    ("DEU", "KGZ", "202201", "export"): 100,
    ("LTU", "KAZ", "202201", "import"): 7,
    ("DEU", "KGZ", "202202", "export"): 300,
}


def there(questions):
    """The periods whose files were asked for, where the redirect leads."""
    return [one.path[-9:-3] for one in questions if one.path.startswith("/there/")]


def test_what_is_stored_is_what_is_in_the_folder(store, settings):
    with served(Fake(comext())) as fake:
        done = fetch(store, ORDER, settings("eurostat", fake.url))
    assert stored(store) == ALL
    assert {str(card.published) for card in store.snapshots()} == {"2026-03-10", "2026-04-10"}
    assert [(one.ask.label, one.state) for one in done] == [
        ("Comext 2022-01", "stored"),
        ("Comext 2022-02", "stored"),
    ]


def test_nothing_is_asked_twice(store, settings):
    with served(Fake(comext())) as fake:
        fetch(store, ORDER, settings("eurostat", fake.url))
        before = len(fake.seen)
        done = fetch(store, ORDER, settings("eurostat", fake.url))
    assert len(fake.seen) == before == 5  # the list; two files, each behind a redirect
    assert {one.state for one in done} == {"held already"}


def test_a_month_of_another_date_in_the_list_is_fetched_anew(store, settings):
    with served(Fake(comext())) as fake:
        fetch(store, ORDER, settings("eurostat", fake.url))
        fake.dialect.files["202201"] = archive("202201", REVISED)
        fake.dialect.days["202201"] = "2026-11-01"
        before = len(fake.seen)
        answer, _ = update(store, settings("eurostat", fake.url))
    assert there(fake.seen[before:]) == ["202201"]
    assert stored(store) == {**ALL, ("DEU", "KGZ", "202201", "export"): 111}
    revised = {row["flow"]: row for row in answer.beside["revisions of trade"].to_pylist()}
    assert (revised["export"]["revised"], revised["import"]["withdrawn"], revised["import"]["new"]) == (
        1,
        1,
        1,
    )


def test_a_month_not_in_the_list_is_not_asked_for(store, settings):
    with served(Fake(comext())) as fake:
        done = fetch(
            store, Ordered("eurostat", {"period": "2022-02:2022-03"}), settings("eurostat", fake.url)
        )
    assert there(fake.seen) == ["202202"]
    assert [(one.ask.label, one.state) for one in done] == [
        ("Comext 2022-03", "not published"),
        ("Comext 2022-02", "stored"),
    ]
    assert "goes to 2022-02" in done[0].why


def test_years_are_files_of_their_own(store, settings):
    dialect = Comext({"202252": archive("202252", REVISED)}, {"202252": "2026-05-01"})
    with served(Fake(dialect)) as fake:
        words = {"period": "2022", "frequency": "A"}
        done = fetch(store, Ordered("eurostat", words), settings("eurostat", fake.url))
    assert [(one.ask.label, one.state) for one in done] == [("Comext 2022", "stored")]
    assert store.run(store.flows())["frequency"].unique().to_pylist() == ["A"]


# ------------------------------------------------------------------ the list is of no use


@pytest.mark.parametrize(
    "listing",
    [
        Reply(b"<html><body>Please enable JavaScript</body></html>", "text/html"),
        Reply(b"NAME,SIZE\nfull_partxixu_v2_202201.7z,5\n", "text/csv"),
        Reply(b"no such thing", "text/plain", 404),
    ],
)
def test_without_a_list_files_are_asked_for_directly(store, settings, listing):
    order = Ordered("eurostat", {"period": "2022-02:2022-03"})
    with served(Fake(comext(listing=listing))) as fake:
        done = fetch(store, order, settings("eurostat", fake.url))
        assert [(one.state, one.ask.label) for one in done] == [
            ("stored", "Comext 2022-02"),
            ("not published", "Comext 2022-03"),  # 404
        ]
        assert "without the publisher's list" in done[0].why
        before = len(fake.seen)
        again = fetch(store, order, settings("eurostat", fake.url), refresh=True)
    assert again[0].state == "unchanged"
    onward = [one for one in fake.seen[before:] if one.path == "/there/full_v2_202202.7z"]
    assert [one.headers["if-none-match"] for one in onward] == [fake.dialect.etag("202202")]
    assert len(store.snapshots()) == 1


# ------------------------------------------------------------------ interrupted


def cut_off(dialect, **more):
    """A folder of one month, whose first sending is cut off in the middle."""
    return Fake(dialect, faults=deque([None, None, "truncated"]), **more)


JANUARY = Ordered("eurostat", {"period": "2022-01"})
JANUARY_ROWS = {key: value for key, value in ALL.items() if key[2] == "202201"}


def test_a_cut_off_file_goes_on_with_the_rest(store, settings):
    with served(cut_off(comext())) as fake:
        fetch(store, JANUARY, settings("eurostat", fake.url))
    size = len(fake.dialect.files["202201"])
    last = fake.seen[-1].headers
    start = int(last["range"].removeprefix("bytes=").removesuffix("-"))
    assert size // 2 - 16 < start <= size // 2
    assert last["if-range"].startswith('"')
    assert stored(store) == JANUARY_ROWS


def test_a_file_that_changed_meanwhile_is_begun_anew(store, settings):
    with served(cut_off(comext())) as fake:

        def change(count: int) -> None:
            if count == 4:  # the list, the redirect and half of the file are through
                fake.dialect.files["202201"] = archive("202201", REVISED)

        fake.on_question = change
        fetch(store, JANUARY, settings("eurostat", fake.url))
    assert "range" in fake.seen[-1].headers
    assert stored(store)["DEU", "KGZ", "202201", "export"] == 111


@pytest.mark.parametrize(("ranges", "has_etags"), [(False, True), (True, False)])
def test_a_server_that_sends_no_parts_sends_all_again(store, settings, ranges, has_etags):
    with served(cut_off(comext(has_etags=has_etags), ranges=ranges)) as fake:
        fetch(store, JANUARY, settings("eurostat", fake.url))
    assert ("range" in fake.seen[-1].headers) == has_etags
    assert stored(store) == JANUARY_ROWS


@pytest.mark.parametrize(
    "fault", ["truncated", "reset", "nothing"]
)  # after the others nothing is gone on with
def test_after_any_fault_all_is_there_once(store, settings, fault):
    with served(Fake(comext(), faults=deque([None, fault, None, fault]))) as fake:
        fetch(store, ORDER, settings("eurostat", fake.url))
    assert stored(store) == ALL
    assert sorted(there(fake.answered)) == ["202201", "202202"]


# ------------------------------------------------------------------ no archive, or an evil one


def of_declared_size(size: int) -> bytes:
    """An archive whose directory says another size than is in it."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as made:
        made.writestr(bytes(30_000), "full_202201.dat")
        write = made._write_header

        def lying() -> None:
            streams = made.header.main_streams
            streams.substreamsinfo.unpacksizes = [size]
            sizes = streams.unpackinfo.folders[0].unpacksizes
            streams.unpackinfo.folders[0].unpacksizes = [size for _ in sizes]
            write()

        made._write_header = lying
    return out.getvalue()


def two_in_one() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as made:
        made.writestr(b"1", "a.dat")
        made.writestr(b"2", "b.dat")
    return out.getvalue()


def outside() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as made:
        made.writestr(b"1", "inner.dat")
        made.header.files_info.files[0]["filename"] = "../../inner.dat"
    return out.getvalue()


def damaged() -> bytes:
    body = bytearray(archive("202201", ROWS["202201"]))
    body[60] ^= 255
    return bytes(body)


MONTH = Ask("eurostat", "files?file=x", "full_v2_202201.7z", "Comext 2022-01", version="x", is_large=True)
EVIL = {
    "a page": (b"<html><body>Sign in</body></html>", "not a 7z archive"),
    "half of one": (archive("202201", ROWS["202201"])[:-20], "damaged"),
    "damaged inside": (damaged(), "damaged"),
    "a name outside": (outside(), r"not one \.dat"),
    "two files": (two_in_one(), r"not one \.dat"),
    "another file": (packed("full_202201.exe", b"MZ"), r"not one \.dat"),
    "declared too large": (of_declared_size(9 << 30), "would unpack to"),
    "larger than declared": (of_declared_size(10_000), "in it is damaged"),
    "smaller than declared": (of_declared_size(50_000), "Already at end"),
}


@pytest.mark.parametrize("evil", EVIL)
def test_what_is_no_month_is_no_answer(tmp_path, evil):
    body, why = EVIL[evil]
    (tmp_path / "came").write_bytes(body)
    with pytest.raises(BadAnswerError, match=why):
        PUBLISHER.judge(MONTH, tmp_path / "came", "text/html")
    assert [one.name for one in tmp_path.rglob("*")] == ["came"]


def test_a_bad_file_is_asked_for_again_and_keeps_no_other_back(store, settings):
    with served(Fake(comext())) as fake:
        fake.dialect.files["202201"] = damaged()
        done = fetch(store, ORDER, settings("eurostat", fake.url))
        assert [(one.ask.label, one.state) for one in done] == [
            ("Comext 2022-01", "failed"),
            ("Comext 2022-02", "stored"),
        ]
        assert there(fake.seen).count("202201") == TRIES
        fake.dialect.files["202201"] = archive("202201", ROWS["202201"])
        fetch(store, ORDER, settings("eurostat", fake.url))
    assert stored(store) == ALL


def test_a_file_that_cannot_be_read_is_not_kept_back_for_the_next_time(store, settings):
    """An archive as it must be, and no month in it."""
    with served(Fake(comext())) as fake:
        fake.dialect.files["202201"] = packed("full_202201.dat", b"changed,header\n1,2\n")
        done = fetch(store, JANUARY, settings("eurostat", fake.url))
        assert [one.state for one in done] == ["failed"]
        fake.dialect.files["202201"] = archive("202201", ROWS["202201"])
        fetch(store, JANUARY, settings("eurostat", fake.url))
    assert stored(store) == JANUARY_ROWS


def test_what_landed_before_a_new_edition_came_is_not_taken_for_it(store, settings, monkeypatch):
    """Killed between landing and storing; ordered again when the publisher has another file."""
    with served(Fake(comext())) as fake:
        with monkeypatch.context() as patch:
            patch.setattr(Run, "_done", lambda run, came: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                fetch(store, JANUARY, settings("eurostat", fake.url))
        fake.dialect.files["202201"] = archive("202201", REVISED)
        fake.dialect.days["202201"] = "2026-11-22"
        fetch(store, JANUARY, settings("eurostat", fake.url, now=NOW.replace(day=23)))
    assert stored(store)["DEU", "KGZ", "202201", "export"] == 111
