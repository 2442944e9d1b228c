"""What comes: bodies without end or packed a thousandfold, large files gone on with, facts beside them."""

import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from entrepot.errors import PublisherError
from entrepot.sources._answer import Facts, beside, facts_of, write_facts
from entrepot.sources._fetch import Wish
from tests.fetching.fake import Fake, Reply, served
from tests.fetching.raw import always, says, speaking
from tests.fetching.wiring import BODY, FACTS, NOW, check, wired


def plain(asked):
    return Reply(BODY)


def left(wish: Wish) -> set[str]:
    return {path.name for path in wish.target.parent.iterdir()}


# ---------------------------------------------------------------- sizes


@contextmanager
def most_memory(megabytes: float) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


def test_a_body_without_end_is_stopped(wish):
    def speak(connection, head, nth):
        connection.sendall(says(Content_Length="", Transfer_Encoding="chunked"))
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    with (
        speaking(speak) as there,
        wired(there.url) as wire,
        most_memory(8),
        pytest.raises(PublisherError, match="more than 3,000,000 bytes"),
    ):
        wire.get(wish(most=3_000_000, is_large=True))
    assert (len(there.heads), left(wish())) == (1, set()), "it is not asked again, and nothing of it stays"


def test_a_little_that_unpacks_to_a_gigabyte_is_stopped(wish):
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(b"\0" * (1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, wbits=-15)
    more = packer.compress(b"\0" * (1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = says(start + more * 63, Content_Encoding="gzip")
    assert len(bomb) < 1_100_000
    with (
        speaking(always(bomb)) as there,
        wired(there.url) as wire,
        most_memory(8),
        pytest.raises(PublisherError, match="more than 50,000,000 bytes"),
    ):
        wire.get(wish(most=50_000_000))
    assert left(wish()) == set()


def test_packed_nothings_without_end_are_stopped(wish):
    empty = zlib.compress(b"", wbits=31) * 1000

    def speak(connection, head, nth):
        connection.sendall(says(Content_Length="", Transfer_Encoding="chunked", Content_Encoding="gzip"))
        while True:
            connection.sendall(f"{len(empty):x}\r\n".encode() + empty + b"\r\n")

    with (
        speaking(speak) as there,
        wired(there.url) as wire,
        pytest.raises(PublisherError, match="more than 100,000 bytes"),
    ):
        wire.get(wish(most=100_000))


def test_what_is_packed_in_several_parts_is_one(wish):
    packed = zlib.compress(BODY[:7], wbits=31) + zlib.compress(BODY[7:], wbits=31)
    with speaking(always(says(packed, Content_Encoding="GZip"))) as there, wired(there.url) as wire:
        wire.get(wish(check=check))


# ---------------------------------------------------------------- large files, gone on with

WHOLE = bytes(range(256)) * 400


def large(asked):
    return Reply(WHOLE, "application/zip", headers={"ETag": '"one"', "Last-Modified": FACTS.last_modified})


def held(wish: Wish, start: bytes, facts: Facts = FACTS) -> None:
    write_facts(wish.target, facts)
    beside(wish.target, "part").write_bytes(start)


def test_a_large_file_goes_on_where_it_broke_off(wish):
    fake = Fake(large)
    fake.fail(["truncated", "truncated"])
    with served(fake), wired(fake.url) as wire:
        wire.get(wish(is_large=True))
    assert wish().target.read_bytes() == WHOLE
    starts = [asked.headers.get("range") for asked in fake.seen]
    assert starts[0] is None
    assert all(start is not None for start in starts[1:])


def test_a_file_that_changed_meanwhile_is_fetched_anew(wish):
    held(wish(), b"old" * 9, Facts("whole", NOW.isoformat(), etag='"older"'))
    fake = Fake(large)
    with served(fake), wired(fake.url) as wire:
        wire.get(wish(is_large=True))
    assert (wish().target.read_bytes(), facts_of(wish().target).etag) == (WHOLE, '"one"')


GOES_ON = {
    "with another file": says(b"new", "206 Part", Content_Range="bytes 3-5/6", ETag='"two"'),
    "at another place": says(b"new", "206 Part", Content_Range="bytes 2-4/6"),
    "with something packed": says(
        zlib.compress(b"new", wbits=31), "206 Part", Content_Range="bytes 3-5/6", Content_Encoding="gzip"
    ),
    "behind its end": says(b"", "416 No"),
}


@pytest.mark.parametrize("kind", GOES_ON)
def test_what_is_no_part_of_what_is_held_is_never_joined_to_it(kind, wish):
    held(wish(), b"old")
    with speaking(always(GOES_ON[kind], says(b"brandnew"))) as there, wired(there.url) as wire:
        wire.get(wish(is_large=True))
    assert wish().target.read_bytes() == b"brandnew"
    assert ["Range: bytes=3-" in head for head in there.heads] == [True, False]


def test_a_part_of_the_part_is_not_the_end(wish):
    held(wish(), b"old")
    parts = [
        says(b"er", "206 Part", Content_Range="bytes 3-4/7"),
        says(b"!!", "206 Part", Content_Range="bytes 5-6/7"),
    ]
    with speaking(always(*parts)) as there, wired(there.url) as wire:
        facts = wire.get(wish(is_large=True))
    assert wish().target.read_bytes() == b"older!!"
    assert facts.etag == FACTS.etag, "what came with the start is known of the whole"


def test_a_weak_mark_joins_nothing(wish):
    held(wish(), b"old", Facts("whole", NOW.isoformat(), etag='W/"one"'))
    with speaking(always(says(BODY))) as there, wired(there.url) as wire:
        wire.get(wish(is_large=True, check=check))
    assert "Range" not in there.heads[0]


@pytest.mark.parametrize(
    "damaged",
    ["", "[]", "null", "\x00", "[" * 100_000, '{"url": 1, "retrieved": null}',
     '{"url": "", "retrieved": "then"}', '{"url": "", "retrieved": "2026-11-22T12:00:00"}',
     '{"url": "", "retrieved": "2026-11-22T12:00:00Z", "etag": 5}'],
)  # fmt: skip
def test_facts_damaged_on_disk_are_none(damaged, wish):
    wish().target.write_bytes(b"old")
    beside(wish().target, "facts").write_text(damaged)
    with speaking(always(says(BODY))) as there, wired(there.url) as wire:
        wire.get(wish(check=check))
    assert len(there.heads) == 1


def test_a_mark_that_cannot_be_sent_back_is_not_kept(wish):
    with (
        speaking(always(says(BODY, ETag='"\xe9"', Last_Modified="x" * 2000))) as there,
        wired(there.url) as wire,
    ):
        facts = wire.get(wish())
    assert (facts.etag, facts.last_modified) == ("", "")


@pytest.mark.parametrize(
    ("told", "day"),
    [("Sun, 01 Nov 2026 23:30:00 -0500", "2026-11-02"), ("Sun, 22 Nov 2026 18:00:00 GMT", "2026-11-22"),
     ("Fri, 01 Jan 2100 00:00:00 GMT", None), ("soon", None), ("", None)],
)  # fmt: skip
def test_a_file_is_not_published_after_it_came(told, day):
    modified = Facts("", NOW.isoformat(), last_modified=told).modified
    assert (modified and modified.date().isoformat()) == day


def test_nothing_is_written_through_a_link(wish, tmp_path):
    (tmp_path / "precious").write_text("mine")
    for name in ("part", "facts", "new"):
        beside(wish().target, name).symlink_to(tmp_path / "precious")
    with speaking(always(says(BODY))) as there, wired(there.url) as wire:
        wire.get(wish(check=check))
    assert (tmp_path / "precious").read_text() == "mine"
