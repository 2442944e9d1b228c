"""What the tests of the web page share: a store of the package's own figures, and a server over it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from entrepot.reporting import demo
from entrepot.web import Settings, create_app

ABOUT = {
    "claim": {"claim": "webster-2024/fifty-products"},
    "country": {"country": "KAZ"},
    "dossier": {"hub": "KAZ"},
}
PAIR = {"origin": "CHN", "destination": "RUS"}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the figures inside the package: China's trade with Russia, the EU's with its neighbours."""
    target = tmp_path_factory.mktemp("web")
    return demo(target, datetime(2024, 6, 18, tzinfo=UTC)).store


@pytest.fixture(scope="session")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(folder)), base_url="http://localhost") as found:
        yield found


def served(folder: Path, *more: str, **environment: str) -> Iterator[str]:
    """The address that `entrepot serve` prints, for as long as it is needed."""
    command = [sys.executable, "-m", "entrepot.cli", "--store", str(folder), "serve", "--port", "0", *more]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment
    ) as server:
        assert server.stdout
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found
            yield found[0]
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[str]:
    yield from served(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser; without it the tests in a browser are skipped, in CI they fail."""
    found = shutil.which("chromium")
    if found is None:
        what = "no chromium; install it with: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(what)
        pytest.skip(what)
    return found


def address(page: str) -> str:
    """A page about what the store of the tests holds."""
    return f"/{page}?{urlencode(PAIR | ABOUT.get(page, {}))}"
