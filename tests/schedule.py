"""Which test runs when, and in which of several processes: the long first, all of Spark in one process.

With `-n 2 --dist loadfile` xdist hands out the files of many tests first. Those of few are often the longest,
and the process that ended first had nothing left to take.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SPARK = "spark"
LONG = (
    "docs/test_pages.py",
    "test_posture.py",
    "test_real_numbers.py",
    "bench/test_generator.py",
    "web/test_browser.py",
    "test_real_claims.py",
    "docs/test_glossary.py",
    "reporting/test_demo.py",
    "test_real_mirror.py",
    "test_real_posture.py",
    "store/test_kill.py",
    "sources/test_eurostat.py",
    "wheel/test_wheel.py",
    "cli/test_diversion.py",
    "test_event.py",
    "store/test_add.py",
    "test_plausibility.py",
    "generative/test_mirror.py",
    "test_figures.py",
    "cli/test_check.py",
    "web/test_pages.py",
)
"""From the longest down, some 25 seconds and more. Where it is out of date, a run takes longer; no more."""


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    """By file, in the order of the tests; those on Spark are one group: it starts once, and warms up once."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by the number of tests

    def _split_scope(self, nodeid: str) -> str:
        return SPARK if is_on_spark(nodeid) else str(super()._split_scope(nodeid))


def is_on_spark(nodeid: str) -> bool:
    """By its name or its file's: the process that hands out the tests knows no more of one."""
    path, _, name = nodeid.partition("::")
    return SPARK in name or SPARK in Path(path).name


def place(item: pytest.Item) -> int:
    """Spark's tests, then the long files, then the rest as it was."""
    file = item.path.relative_to(Path(__file__).parent).as_posix()
    if is_on_spark(item.nodeid):
        return 0
    return 1 + (LONG.index(file) if file in LONG else len(LONG))
