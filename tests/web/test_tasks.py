"""What a process that computes for the web page keeps between two questions."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot.store import Store
from entrepot.web import tasks
from tests.test_diversion_engines import NEAR, made

ASKED = (("reporter", "XAA"), ("partner", NEAR), ("commodity", "87"), ("by", "year"))
LANDING = (("period", "2017:2022"), ("commodity", "87"))


def test_what_questions_leave_on_disk_goes_when_it_is_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may ask a thousand different questions, each of which lands its rows in a folder."""
    folder = tmp_path / "store"
    Store(folder).add(made(tmp_path), now=datetime(2026, 1, 1, tzinfo=UTC))
    place = str(folder), "as it is"
    monkeypatch.setattr(tasks, "_end_with", lambda server: None)
    monkeypatch.setattr(tasks, "MOST_LANDED", 0)
    tasks._opened.cache_clear()
    tasks.question(place, "flows", ASKED, "csv")
    kept = tasks._opened(place)
    tasks.question(place, "flows", ASKED, "csv")
    assert tasks._opened(place) is kept
    assert kept.landed_bytes() == 0
    tasks.question(place, "reconcile", LANDING, "csv")
    assert tasks._opened.cache_info().currsize == 0
    assert kept.landed_bytes() > 0
    scratch = kept._scratch
    del kept
    gc.collect()
    assert not scratch.exists()
