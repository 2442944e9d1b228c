"""Nothing is lost and nothing doubled: whatever fails, and wherever a fetch is killed and gone on with."""

import json
import os
import shutil
import signal
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from entrepot.errors import PublisherError
from entrepot.fetching import Ordered, Settings, Watch, fetch
from entrepot.fetching.journal import Journal, Record, _known
from entrepot.fetching.report import FAULTY
from entrepot.model.area import lookup
from entrepot.sources import _fetch
from entrepot.sources._answer import digest
from entrepot.sources._ask import Ask
from entrepot.store import Store
from tests.fetching.comtrade import Cell, Comtrade, world
from tests.fetching.conftest import NOW
from tests.fetching.fake import FAULTS, Fake, Question, served
from tests.fetching.processes import Process, started

PARTNERS = {643: "RUS", 417: "KGZ", 51: "ARM", 860: "UZB"}
PERIODS = ("202201", "202202", "202203")
CODES = ("8703", "8704", "8542")
KEY = "0123456789abcdef0123456789abcdef"


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Moments:
    """Each moment at which a file changes or somebody is told; `kill` says at which one the process dies."""

    left: int | None = None
    is_dead: bool = False

    def __call__(self) -> None:
        if self.left is not None:
            self.left -= 1
            self.is_dead = self.is_dead or self.left < 0
        if self.is_dead:
            raise Killed

    def around(self, function):
        """The function, with a moment before it and one after."""

        def moved(*args, **more):
            self()
            result = function(*args, **more)
            self()
            return result

        return moved

    def begin(self, kill: int | None) -> None:
        self.left, self.is_dead = kill, False


MOMENTS = (
    (Path, "replace"),
    (Path, "unlink"),
    (os, "link"),
    (shutil, "rmtree"),
    (Journal, "sent"),
)


@contextmanager
def moments():
    with pytest.MonkeyPatch.context() as patch:
        seen = Moments()
        for owner, name in MOMENTS:
            patch.setattr(owner, name, seen.around(getattr(owner, name)))
        patch.setattr(os, "fsync", lambda file: seen())  # the power does not fail here
        patch.setattr(_fetch, "_client", lambda agent: httpx2.Client(verify=False))
        yield seen


@dataclass
class Shelf:
    """Stands in for a store where only the journal is in question: it takes no time."""

    folder: Path
    moment: Moments
    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, path: Path, **_: object) -> SimpleNamespace:
        self.moment()
        name = digest(path)[:16]
        is_new = name not in self.held
        self.held.setdefault(name, json.loads(path.read_bytes())["data"])
        self.moment()
        card = SimpleNamespace(snapshot=name, rows=len(self.held[name]), rejects=0)
        return SimpleNamespace(card=card, is_new=is_new, notes=())

    def rows(self) -> dict[Cell, float]:
        return {
            (r["reporterCode"], r["period"], r["flowCode"], r["partnerCode"], r["cmdCode"]): r["primaryValue"]
            for rows in self.held.values()
            for r in rows
        }


@dataclass(frozen=True)
class Plan:
    """What is published, what is asked, what fails, where it is killed."""

    partners: int
    periods: int
    codes: int
    limit: int
    announced: int | None
    is_keyed: bool
    silent: frozenset[int]
    faults: tuple[str | None, ...]
    kills: tuple[int, ...]

    @property
    def words(self) -> dict[str, str]:
        periods = f"2022-01:2022-0{self.periods}"
        partners = ",".join(list(PARTNERS.values())[: self.partners])
        return {
            "reporter": "KAZ",
            "partner": partners,
            "commodity": ",".join(CODES[: self.codes]),
            "period": periods,
        }

    def publisher(self) -> Comtrade:
        partners, periods = list(PARTNERS)[: self.partners], PERIODS[: self.periods]
        every = world([398], periods, partners, CODES[: self.codes])
        cells = {
            cell: value
            for place, (cell, value) in enumerate(every.items())
            if place % 7 not in self.silent or (cell[3], cell[4]) == (0, "TOTAL")
        }
        days = {(398, period): f"2022-0{5 + place // 2}-01" for place, period in enumerate(periods)}
        return Comtrade(cells, days, self.limit, KEY if self.is_keyed else "", announced=self.announced)


def plans(most: int, kills: int):
    """Plans of so many partners, months and codes, with so many kills."""
    size = st.integers(1, most)
    return st.builds(
        Plan,
        partners=size, periods=size, codes=size,
        limit=st.integers(8, 40),
        announced=st.sampled_from((None, None, 1)),
        is_keyed=st.booleans(),
        silent=st.frozensets(st.integers(0, 6), max_size=3),
        faults=st.lists(st.sampled_from((None, None, *FAULTS)), max_size=20).map(tuple),
        kills=st.lists(st.integers(0, 60), max_size=kills).map(tuple),
    )  # fmt: skip


def asked(one: Question) -> tuple[str, tuple[tuple[str, str], ...]]:
    return one.path, tuple(sorted(one.params.items()))


def carried_out(plan: Plan, store: Shelf | Store, fake: Fake, moment: Moments) -> set[object]:
    """Ask until all is there, as a user would; the questions whose answers a kill may have cost."""
    cut: set[object] = set()
    key = {"COMTRADE_API_KEY": KEY} if plan.is_keyed else {}
    spoken = Settings(lambda: NOW, key, {"comtrade": fake.url}, 5, pause=0.0005, hurry=10_000)
    watch = Watch(lambda plan: moment(), lambda told: moment())
    for kill in (*plan.kills, *[None] * 5):
        moment.begin(kill)
        try:
            told = fetch(store, Ordered("comtrade", plan.words), spoken, watch)
        except Killed:
            moment.begin(None)
            event("killed")
            lost = {asked(one) for one in fake.answered if not is_on_disk(store.folder, one)}
            assert len(lost - cut) <= (2 if plan.is_keyed else 1), "more than was under way"
            cut |= {asked(one) for one in sent(store.folder) if not is_on_disk(store.folder, one)}
        except PublisherError:
            event("given up for now")
        else:
            if not any(one.state in FAULTY for one in told):
                return cut
        finally:
            moment.begin(None)
    raise AssertionError("it never came to an end")


def is_on_disk(folder: Path, one: Question) -> bool:
    """Whether the answer to a question is noted, or there and whole."""
    ask = Ask("comtrade", f"{one.path[1:]}?{urlencode(one.params, safe=',')}", "", "")
    base = folder / "fetched" / "comtrade"
    places = f"asks/{ask.key}.json", f"landing/{ask.key}*/*.json", f"about/{ask.key}-*.json"
    return any(any(base.glob(place)) for place in places)


def sent(folder: Path) -> list[Question]:
    """The questions as they were noted before they were sent: the publisher may take one in after a kill."""
    log = folder / "fetched" / "comtrade" / "requests.log"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    there = [urlsplit(line.split(" ", 1)[1]) for line in lines]
    return [Question(one.path, {n: v[-1] for n, v in parse_qs(one.query).items()}, {}) for one in there]


def records(folder: Path) -> list[Record]:
    found = [_known(path) for path in (folder / "fetched" / "comtrade" / "asks").glob("*.json")]
    assert None not in found
    return [one for one in found if one]


def check_once(fake: Fake, cut: set[object]) -> None:
    """What was answered wholly was asked once, but for what was under way at a kill."""
    counts = Counter(asked(one) for one in fake.answered)
    assert {one for one, times in counts.items() if times > 1} <= cut


def check_kept(folder: Path) -> None:
    """Each answer is kept as it came, once; nothing of the work is left."""
    base, kept = folder / "fetched" / "comtrade", [one for one in records(folder) if one.file]
    assert [digest(base / one.file) for one in kept] == [one.sha256 for one in kept]
    assert {str(path.relative_to(base)) for path in base.glob("20*/*")} == {one.file for one in kept}
    assert list((base / "landing").iterdir()) == []


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(plan=plans(3, 6))
def test_whatever_fails_and_wherever_it_is_killed_all_is_there_once(plan):
    note(repr(plan))
    with TemporaryDirectory() as folder, _small(plan.limit), moments() as moment:
        shelf = Shelf(Path(folder), moment)
        fake = Fake(plan.publisher(), slowness=0.01)
        fake.fail(plan.faults)
        with served(fake):
            cut = carried_out(plan, shelf, fake, moment)
        assert shelf.rows() == fake.dialect.cells
        stored = [one for one in records(shelf.folder) if one.state == "stored"]
        assert sorted(name for one in stored for name in one.snapshots) == sorted(shelf.held)
        check_once(fake, cut)
        check_kept(shelf.folder)


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(plan=plans(2, 3))
def test_the_rows_in_force_are_what_is_published(plan):
    note(repr(plan))
    with TemporaryDirectory() as folder, _small(plan.limit), moments() as moment:
        store, fake = Store(Path(folder) / "store"), Fake(plan.publisher(), slowness=0.01)
        fake.fail(plan.faults)
        with served(fake):
            cut = carried_out(plan, store, fake, moment)
        check_whole(Store(store.folder), fake)
        check_once(fake, cut)
        check_kept(store.folder)


@contextmanager
def _small(limit: int):
    """The publisher gives few rows at once, and the asks are made for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("entrepot.sources.comtrade._asking.LIMITS", {False: limit, True: limit})
        yield


def check_whole(store: Store, fake: Fake) -> None:
    """The rows in force are what the publisher has, and every snapshot says where it is from."""
    places, flows = lookup("comtrade"), {"X": "export", "M": "import"}
    published = Counter({
        (places[str(r)], period, flows[flow], places[str(p)], code, value)
        for (r, period, flow, p, code), value in fake.dialect.cells.items()
    })  # fmt: skip
    names = ("reporter", "flow", "partner", "commodity", "value")
    rows = store.run(store.flows()).to_pylist()
    said = Counter((r["reporter"], f"{r['period']:%Y%m}", *(r[name] for name in names[1:])) for r in rows)
    assert said == published
    for card in store.snapshots():
        assert card.url.startswith(f"{fake.url}/")
        assert (card.retrieved.tzinfo is None, len(card.sha256), card.published_is_known) == (False, 64, True)
        assert f"{card.published}" in fake.dialect.released.values()


# ---------------------------------------------------------------- a process that is really killed


def test_a_process_killed_at_a_question_is_gone_on_with(tmp_path):
    fake, running = Fake(Plan(1, 1, 1, 500, None, False, frozenset(), (), ()).publisher()), list[Process]()
    fake.on_question = lambda count: running[0].send_signal(signal.SIGKILL) if count == 2 else None
    with served(fake):
        running.append(started(tmp_path, fake.url))
        running[0].communicate(timeout=100)
        assert running[0].returncode == -signal.SIGKILL
        again = started(tmp_path, fake.url)
        said = again.communicate(timeout=100)
    assert again.returncode == 0, said
    check_whole(Store(tmp_path), fake)
    assert [one.path.split("/")[3] for one in fake.seen] == ["getDA", "preview", "preview"]
    check_kept(tmp_path)
