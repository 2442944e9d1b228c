"""A clock that stands, a store to fetch into, and settings without pauses."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot.fetching import Settings
from entrepot.sources._fetch import Wish
from entrepot.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def settings() -> Callable[..., Settings]:
    """Settings for a publisher at an address; no pause between tries but what it asks for."""

    def made(source: str, url: str, *, now: datetime = NOW, key: str = "", patience: float = 5) -> Settings:
        keys = {"COMTRADE_API_KEY": key} if key else {}
        return Settings(lambda: now, keys, {source: url}, patience, pause=0.001, hurry=1000)

    return made


@pytest.fixture
def wish(tmp_path: Path) -> Callable[..., Wish]:
    """A wish for an answer of at most a megabyte."""
    return lambda url="whole", **more: Wish(url, tmp_path / "answer.json", **{"most": 1 << 20, **more})
