"""Stopping: by Ctrl-C, by another fetch, by a full disk; and what a user is told."""

import resource
import signal
import time

import pytest

from entrepot.errors import PublisherError, StoreError
from entrepot.fetching import Ordered, Watch, fetch
from entrepot.store import Store
from tests.fetching.comtrade import Comtrade, world
from tests.fetching.conftest import NOW
from tests.fetching.fake import Fake, served
from tests.fetching.processes import started
from tests.fetching.test_comtrade import WORDS, comtrade, stored, told

ORDER = Ordered("comtrade", WORDS)


def small() -> Comtrade:
    return Comtrade(world([398], ["202201"], [643], ["8703"]), {(398, "202201"): "2022-05-01"})


@pytest.mark.parametrize("while_waiting", [False, True])
def test_ctrl_c_ends_it_at_once_and_says_what_to_do(while_waiting, tmp_path):
    fake = Fake(small(), slowness=30, wait=600)
    fake.fail([None, "429" if while_waiting else "slow"])
    with served(fake):
        process = started(tmp_path, fake.url)
        until = time.monotonic() + 100
        while len(fake.seen) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        since = time.monotonic()
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, len(fake.seen)) == (130, 2), said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    assert time.monotonic() - since < 10, "a busy machine is slow; an answer takes 30 s, the wait ten minutes"


def test_two_at_once_are_told(store, settings):
    """The second is told while the first goes on."""
    with served(Fake(comtrade())) as fake:
        spoken, seen = settings("comtrade", fake.url), list[str]()

        def second(plan):
            with pytest.raises(StoreError, match="another process fetches from comtrade") as raised:
                fetch(store, ORDER, spoken)
            seen.append(str(raised.value))

        fetch(store, ORDER, spoken, Watch(plan=second))
        assert len(seen) == 1
        assert len(fake.seen) == 3
    assert stored(store) == told(fake.dialect)


def test_a_quota_used_up_is_remembered(store, settings):
    with served(Fake(comtrade(), wait=4 * 3600)) as fake:
        fake.fail([None, None, "quota"])
        with pytest.raises(PublisherError, match=r"2026-11-22 16:00 UTC\. What came is stored"):
            fetch(store, ORDER, settings("comtrade", fake.url))
        assert len(store.snapshots()) == 1
        with pytest.raises(PublisherError, match="asked to wait until 2026-11-22 16:00 UTC"):
            fetch(store, ORDER, settings("comtrade", fake.url))
        assert len(fake.seen) == 3, "no question is sent before"
        fetch(store, ORDER, settings("comtrade", fake.url, now=NOW.replace(hour=17)))
        assert len(fake.seen) == 4
    assert stored(store) == told(fake.dialect)


def test_a_quota_used_up_by_the_first_question_is_remembered_too(store, settings):
    with served(Fake(comtrade(), wait=4 * 3600)) as fake:
        fake.fail(["quota"])
        for _ in range(2):
            with pytest.raises(PublisherError, match="16:00 UTC"):
                fetch(store, ORDER, settings("comtrade", fake.url))
    assert len(fake.seen) == 1


def test_a_full_disk_is_told_and_gone_on_from(store, settings):
    """The disk takes no file as large as the answer."""
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", {**WORDS, "period": "2022-01"}), settings("comtrade", fake.url))
        before = stored(store)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, limits[1]))
        try:
            with pytest.raises(StoreError, match="Free space") as raised:
                fetch(store, ORDER, settings("comtrade", fake.url))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert raised.value.exit_code == 4
        assert stored(Store(store.folder)) == before
        assert [path.suffix for path in store.folder.glob("fetched/comtrade/landing/*/*.part")] == [".part"]
        fetch(store, ORDER, settings("comtrade", fake.url))
    assert stored(store) == told(fake.dialect)
