"""BACI's archives, from order to the years stored, against a folder that answers on loopback."""

import shutil
import zipfile
from collections import deque

import pytest

from entrepot.errors import PublisherError, UsageError
from entrepot.fetching import Ordered, fetch, planned
from entrepot.fetching.report import answer, lines
from entrepot.fetching.update import update
from entrepot.sources._ask import Ask, BadAnswerError
from entrepot.sources.baci import fetch as module
from entrepot.sources.baci.fetch import PUBLISHER
from tests.fetching.baci import Baci, archive, packed, year
from tests.fetching.fake import Fake, served

YEARS = {str(of): year(of, of - 2000) for of in (2022, 2023, 2024)}
NAME = "BACI_HS22_V202601.zip"


def baci():
    return Baci({NAME: archive(YEARS), "BACI_HS17_V202601.zip": archive(YEARS, "HS17")})


def ordered(**words):
    return Ordered("baci", {"revision": "HS22", **words})


def stored(store):
    rows = store.run(store.flows()).to_pylist()
    return {(f"{r['period']:%Y}", r["partner"]): r["value"] for r in rows}


def told(*years):
    """The rows of years, in dollars."""
    return {
        (str(of), partner): (of - 2000) * times
        for of in years
        for partner, times in (("KGZ", 1000), ("RUS", 10_000))
    }


def archives(fake):
    return [one.path.removeprefix("/data/") for one in fake.seen if one.path.startswith("/data/")]


def test_the_years_ordered_are_stored_of_the_current_version(store, settings):
    with served(Fake(baci())) as fake:
        fake.dialect.archives["BACI_HS22_V202501.zip"] = b"an older one"
        done = fetch(store, ordered(period="2022:2023"), settings("baci", fake.url))
    assert stored(store) == told(2022, 2023)
    assert [(one.ask.label, one.state) for one in done] == [("BACI HS22 202601, 2022 to 2023", "stored")]
    assert {(str(card.published), card.file[:15]) for card in store.snapshots()} == {
        ("2026-01-31", "BACI_HS22_Y2022"),
        ("2026-01-31", "BACI_HS22_Y2023"),
    }


def test_years_ordered_later_are_taken_from_the_archive_kept(store, settings):
    """Killed in between, too: the archive is where it was, or where it landed."""
    with served(Fake(baci())) as fake:
        fetch(store, ordered(period="2022"), settings("baci", fake.url))
        seen = len(fake.seen)
        done = fetch(store, ordered(period="2024"), settings("baci", fake.url))
        assert stored(store) == told(2022, 2024)
        assert [one.ask.label for one in done] == ["BACI HS22 202601, 2022 to 2024"]
        fetch(store, ordered(), settings("baci", fake.url))
        again = [
            fetch(store, ordered(period=when), settings("baci", fake.url))[0].state
            for when in ("2022", "2023:2024")
        ]
    assert stored(store) == told(2022, 2023, 2024)
    assert again == ["held already", "held already"]
    assert len(fake.seen) == seen
    assert len(list(store.folder.rglob(NAME))) == 1


def test_an_archive_that_is_gone_is_fetched_again(store, settings):
    with served(Fake(baci())) as fake:
        fetch(store, ordered(period="2022"), settings("baci", fake.url))
        shutil.rmtree(next(store.folder.rglob(NAME)).parent)
        fetch(store, ordered(period="2023"), settings("baci", fake.url))
    assert stored(store) == told(2022, 2023)
    assert archives(fake) == [NAME, NAME]


def test_a_new_version_is_fetched_by_update(store, settings):
    with served(Fake(baci())) as fake:
        fetch(store, ordered(period="2022"), settings("baci", fake.url))
        fake.dialect.archives["BACI_HS22_V202602b.zip"] = archive({"2022": year(2022, 50)}, version="202602b")
        answer, errors = update(store, settings("baci", fake.url))
    assert (errors, answer.rows["state"].to_pylist()) == ([], ["stored"])
    assert archives(fake) == [NAME, "BACI_HS22_V202602b.zip"]
    assert stored(store)["2022", "KGZ"] == 50_000


def test_a_version_named_is_asked_for_without_the_page(store, settings):
    with served(Fake(baci())) as fake:
        fetch(store, ordered(version="V202601", period="2022"), settings("baci", fake.url))
        done = fetch(store, ordered(version="201901", period="2022"), settings("baci", fake.url))
    assert [one.path for one in fake.seen] == [f"/data/{NAME}", "/data/BACI_HS22_V201901.zip"]
    assert [one.state for one in done] == ["not published"]


def test_years_an_archive_lacks_are_told(store, settings):
    with served(Fake(baci())) as fake:
        done = fetch(store, ordered(period="2024:2025"), settings("baci", fake.url))
        assert [(one.state, one.why) for one in done] == [("stored", "it has 2022 to 2024, and not 2025")]
    assert stored(store) == told(2024)


def test_an_archive_without_any_of_the_years_is_kept_for_others(store, settings):
    with served(Fake(baci())) as fake:
        done = fetch(store, ordered(period="2025"), settings("baci", fake.url))
        assert [(one.state, one.record.rows) for one in done] == [("kept", 0)]
        fetch(store, ordered(period="2022"), settings("baci", fake.url))
    assert archives(fake) == [NAME]
    assert stored(store) == told(2022)


def test_a_cut_off_archive_goes_on_with_the_rest(store, settings):
    with served(Fake(baci(), faults=deque([None, "truncated"]))) as fake:
        fetch(store, ordered(period="2022"), settings("baci", fake.url))
    assert fake.seen[-1].headers["range"] != "bytes=0-"
    assert stored(store) == told(2022)


def test_years_are_unpacked_one_at_a_time(tmp_path):
    (tmp_path / NAME).write_bytes(archive(YEARS))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    there = [
        [one.name for one in scratch.iterdir()] for _ in PUBLISHER.files(ask(), tmp_path / NAME, scratch)
    ]
    assert there == [[f"BACI_HS22_Y{of}_V202601.csv"] for of in YEARS]
    assert list(scratch.iterdir()) == []


# ------------------------------------------------------------------ no archive, or an evil one


def ask(*years):
    axes = {"revision": ("HS22",), "version": ("202601",), "year": years}
    return Ask("baci", f"data/{NAME}", NAME, "BACI", version="202601", axes=axes, is_large=True)


def lying(size: int) -> bytes:
    """An archive whose directory says another size than is in it."""
    body = bytearray(archive({"2022": bytes(30_000)}))
    entry = body.index(b"PK\x01\x02")
    body[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(body)


def damaged() -> bytes:
    body = bytearray(archive(YEARS))
    body[70] ^= 255
    return bytes(body)


MEMBER = "BACI_HS22_Y2022_V202601.csv"
EVIL = {
    "a page": (b"<html>Sign in</html>", "no whole archive"),
    "without its directory": (archive(YEARS)[:-40], "no whole archive"),
    "damaged inside": (damaged(), "no whole archive"),
    "a name outside": (packed({f"../../{MEMBER}": YEARS["2022"]}), "no year of BACI"),
    "an absolute name": (packed({f"/tmp/{MEMBER}": YEARS["2022"]}), "no year of BACI"),
    "another edition": (archive(YEARS, "HS17"), "no year of BACI"),
    "packed otherwise": (packed({MEMBER: YEARS["2022"]}, zipfile.ZIP_LZMA), "packed in another way"),
    "declared too large": (lying(200_000), "would unpack to"),
    "larger than declared": (lying(10_000), "no whole archive"),
}


@pytest.mark.parametrize("evil", EVIL)
def test_what_is_no_archive_is_no_answer(tmp_path, monkeypatch, evil):
    monkeypatch.setattr(module, "LARGEST", 100_000)
    body, why = EVIL[evil]
    (tmp_path / NAME).write_bytes(body)
    with pytest.raises(BadAnswerError, match=why):
        PUBLISHER.judge(ask(), tmp_path / NAME, "application/zip")


def test_a_damaged_archive_is_asked_for_again_the_next_time(store, settings):
    with served(Fake(baci())) as fake:
        fake.dialect.archives[NAME] = damaged()
        done = fetch(store, ordered(period="2022"), settings("baci", fake.url))
        assert [one.state for one in done] == ["failed"]
        fake.dialect.archives[NAME] = archive(YEARS)
        fetch(store, ordered(period="2022"), settings("baci", fake.url))
    assert stored(store) == told(2022)


def test_a_page_without_versions_is_no_answer(store, settings):
    with (
        served(Fake(Baci(page=b"<html>Sign in</html>"))) as fake,
        pytest.raises(PublisherError, match="--version"),
    ):
        fetch(store, ordered(), settings("baci", fake.url))


@pytest.mark.parametrize(
    "words", [{"revision": "HS99"}, {"version": "../x"}, {"period": "2015:2018"}, {"period": "soon"}]
)
def test_an_order_that_is_off_is_not_asked(store, settings, words):
    with served(Fake(baci())) as fake, pytest.raises(UsageError):
        fetch(store, ordered(**words), settings("baci", fake.url))
    assert fake.seen == []


def test_the_plan_and_the_sentence_count_only_what_is_asked_and_added(store, settings):
    """Years taken from the archive held: no request, and the years stored before are not added again."""
    with served(Fake(baci())) as fake:
        first = fetch(store, ordered(period="2022:2023"), settings("baci", fake.url))
        plan = planned(store, ordered(period="2024"), settings("baci", fake.url))
        done = fetch(store, ordered(period="2024"), settings("baci", fake.url))
    host = fake.url.removeprefix("http://")
    assert lines(plan) == [f"nothing to ask of {host}, 1 read from the file held"]
    said = [answer("fetch baci", one).question["sentence"] for one in (first, done)]
    assert said == ["1 stored; 4 rows added.", "1 stored; 2 rows added."]
