"""The network alone, over real HTTP: waits, faults, bodies without end, redirects, keys."""

import socket
import threading
import time
import zlib
from datetime import timedelta
from itertools import count

import pytest

from entrepot.errors import PublisherError
from entrepot.sources import _answer
from entrepot.sources._answer import wait_named
from entrepot.sources._ask import BadAnswerError
from entrepot.sources._fetch import TRIES, RefusedError, Wish
from entrepot.sources._gate import Stopped
from tests.fetching.fake import Fake, Reply, served
from tests.fetching.raw import always, says, speaking
from tests.fetching.wiring import BODY, KEY, NOW, check, wired


def plain(asked):
    return Reply(BODY)


def left(wish: Wish) -> set[str]:
    return {path.name for path in wish.target.parent.iterdir()}


# ---------------------------------------------------------------- waits

IN_AN_HOUR = "Sun, 22 Nov 2026 13:00:00 GMT"
REFUSALS = {
    "seconds in words": (says(b"Rate limit is exceeded. Try again in 7 seconds.", "429 No"), 7),
    "Retry-After in seconds": (says(b"", "429 No", Retry_After="9"), 9),
    "Retry-After as a date": (says(b"", "429 No", Retry_After=IN_AN_HOUR), 3600),
    "no wait named": (says(b"", "429 No"), 30),
    "503 with a wait": (says(b"", "503 No", Retry_After="4"), 4),
    "quota in words": (says(b"Quota will be replenished in 00:00:11.", "403 No"), 11),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_named_wait_holds_all(kind, wish, monkeypatch):
    refusal, seconds = REFUSALS[kind]
    held: list[float] = []
    with speaking(always(refusal, says(BODY))) as there, wired(there.url, patience=7200) as wire:
        monkeypatch.setattr(wire.gate, "hold", held.append)
        wire.get(wish())
    assert (held, len(there.heads)) == ([seconds], 2)


def test_a_wait_is_waited_and_then_the_pace_is_kept():
    with wired("http://127.0.0.1:9") as wire:
        wire.gate._between = 0.05
        wire.gate.wait()
        wire.gate.hold(0.2)
        since, done = time.monotonic(), list[float]()

        def go():
            wire.gate.wait()
            done.append(time.monotonic())

        threads = [threading.Thread(target=go) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert done[0] - since >= 0.19
    assert done[-1] - done[0] >= 0.12, "four go one after the other"


def test_a_storm_of_refusals_is_outlasted(wish):
    fake = Fake(plain)
    fake.fail(["429"] * 10)
    with served(fake), wired(fake.url) as wire:
        wire.get(wish())
    assert (len(fake.seen), wish().target.read_bytes()) == (11, BODY)


def test_refusals_without_end_end(wish):
    with (
        speaking(always(says(b"", "429 No", Retry_After="0"))) as there,
        wired(there.url, patience=0.2) as wire,
        pytest.raises(PublisherError, match=r"too many questions, for 0 s\. Try again later"),
    ):
        wire.get(wish())


def test_a_wait_longer_than_the_patience_raises_at_once(wish):
    fake = Fake(plain, wait=3 * 3600 + 62)
    fake.fail(["quota"])
    with (
        served(fake),
        wired(fake.url) as wire,
        pytest.raises(RefusedError, match="2026-11-22 15:01 UTC") as refused,
    ):
        wire.get(wish())
    assert (refused.value.until, len(fake.seen)) == (NOW + timedelta(seconds=10862), 1)


@pytest.mark.parametrize(
    ("header", "said", "seconds"),
    [
        ("9" * 400, "", _answer.LONGEST_WAIT),
        ("²", "", None),
        ("-5", "", None),
        ("Sun, 01 Jan 99999999 00:00:00 GMT", "", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "", _answer.LONGEST_WAIT),
        ("Mon, 01 Jan 2001 00:00:00 GMT", "", 0),
        ("", f"in {'9' * 400} seconds", _answer.LONGEST_WAIT),
        ("", "replenished in 2.01:00:00.", 49 * 3600),
        ("", "Access denied. 2026-11-22 12:34:56 UTC, incident 1234", None),
        ("", "", None),
    ],
)
def test_what_is_no_wait_is_none(header, said, seconds):
    assert wait_named(header, said, NOW) == seconds


# ---------------------------------------------------------------- faults

FAULTS = ("500", "503", "html", "truncated", "reset", "nothing")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_passes_within_the_tries(fault, wish):
    fake = Fake(plain)
    fake.fail([fault] * (TRIES - 1))
    with served(fake), wired(fake.url) as wire:
        wire.get(wish(check=check))
    assert (len(fake.seen), left(wish())) == (TRIES, {"answer.json", "answer.json.facts"})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_ends_it_and_leaves_no_answer(fault, wish):
    fake = Fake(plain)
    fake.fail([fault] * 100)
    with served(fake), wired(fake.url) as wire, pytest.raises((PublisherError, BadAnswerError)) as raised:
        wire.get(wish(check=check))
    assert len(fake.seen) == TRIES
    assert not wish().target.exists()
    assert isinstance(raised.value, BadAnswerError) == (fault in {"html", "nothing"})
    assert getattr(raised.value, "exit_code", 7) == 7


def test_an_entitlement_refused_names_the_key_and_not_its_letters(wish):
    said = f"Access denied: subscription key {KEY} is not entitled.".encode()
    with (
        speaking(always(says(said, "403 No"))) as there,
        wired(there.url) as wire,
        pytest.raises(
            PublisherError, match=r"403: 'Access denied: subscription key \(key\) .*Check the key"
        ) as raised,
    ):
        wire.get(wish())
    assert (KEY in str(raised.value), len(there.heads)) == (False, 1)


def test_a_refusal_cut_off_is_still_a_refusal(wish):
    said = says(b"Try again in 0 seconds", "429 No", Content_Length="5000")
    with speaking(always(*[said] * 9, says(BODY))) as there, wired(there.url) as wire:
        wire.get(wish())
    assert len(there.heads) == 10


HOSTILE = {
    "no status": b"ehlo\r\n\r\n",
    "a length twice": says(BODY, Content_length="3"),
    "packed as nothing known": says(BODY, Content_Encoding="zstd"),
    "packed many times": says(BODY, Content_Encoding="gzip, gzip, gzip"),
    "packed and damaged": says(b"\x1f\x8b\x08 no", Content_Encoding="gzip"),
    "packed and cut off": says(zlib.compress(BODY, wbits=31)[:-9], Content_Encoding="gzip"),
    "unchanged, and nothing is held": says(b"", "304 As it was"),
    "a part nobody asked for": says(BODY[:5], "206 Part", Content_Range=f"bytes 0-4/{len(BODY)}"),
    "a middle nobody asked for": says(BODY[5:], "206 Part", Content_Range=f"bytes 5-18/{len(BODY)}"),
    "led to no address": says(b"", "302 There", Location="https://[::bad"),
    "led to no port": says(b"", "302 There", Location="https://127.0.0.1:99999999/"),
    "led without encryption": says(b"", "302 There", Location="http://localhost:9/"),
    "led to a file": says(b"", "302 There", Location="file:///etc/passwd"),
    "led nowhere": says(b"", "302 There"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_answer_is_a_publishers_error(kind, wish):
    with (
        speaking(always(HOSTILE[kind])) as there,
        wired(there.url) as wire,
        pytest.raises(PublisherError) as raised,
    ):
        wire.get(wish())
    assert raised.value.exit_code == 7
    assert not wish().target.exists()


def test_a_head_without_end_ends(wish):
    def speak(connection, head, nth):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in count():
            connection.sendall(f"X-{number}: {'x' * 8000}\r\n".encode())

    with (
        speaking(speak) as there,
        wired(there.url) as wire,
        pytest.raises(PublisherError, match=f"{TRIES} times"),
    ):
        wire.get(wish())


def test_an_answer_in_drops_is_waited_for(wish):
    def speak(connection, head, nth):
        for byte in says(BODY):
            connection.sendall(bytes([byte]))
            time.sleep(0.0005)

    with speaking(speak) as there, wired(there.url) as wire:
        wire.get(wish(check=check))
    assert len(there.heads) == 1


def test_drops_without_end_are_not_waited_for(wish, monkeypatch):
    monkeypatch.setattr(_answer, "_WINDOW", 0.02)

    def speak(connection, head, nth):
        connection.sendall(says(Content_Length="1000000"))
        while True:
            connection.sendall(b"x")
            time.sleep(0.005)

    with (
        speaking(speak) as there,
        wired(there.url) as wire,
        pytest.raises(PublisherError, match="next to nothing"),
    ):
        wire.get(wish())
    assert len(there.heads) == TRIES


def test_who_waits_for_an_answer_is_told_at_once_when_it_ends(wish):
    came = threading.Event()

    def speak(connection: socket.socket, head, nth):
        came.set()
        connection.recv(1)

    ended: list[BaseException] = []

    def ask():
        try:
            wire.get(wish())
        except BaseException as error:  # noqa: BLE001  # Stopped is one
            ended.append(error)

    with speaking(speak) as there, wired(there.url) as wire:
        thread = threading.Thread(target=ask)
        thread.start()
        assert came.wait(5)
        wire.end()
        thread.join(2)
        assert not thread.is_alive()
    assert [type(error) for error in ended] == [Stopped]
