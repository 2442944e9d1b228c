"""The wheel works where there is no checkout."""

import os
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("acts", "claims", "figures", "postures", "reference", "rules", "sanctions")

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout by the locked build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    _run(*pip, "--wheel-dir", str(folder), str(ROOT), cwd=folder)
    (built,) = folder.glob("entrepot-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `entrepot` in an environment that has the locked requirements and the wheel only."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    # With this Python's pip, and compiling only what is then imported: a third of the time.
    there = ["--python", str(binaries / "python")]
    pip = [sys.executable, "-m", "pip", *there, "install", "--quiet", "--no-compile"]
    lock = str(ROOT / "requirements" / "core.lock")
    _run(*pip, "--require-hashes", "--no-build-isolation", "-r", lock, cwd=folder)
    _run(*pip, "--no-deps", str(wheel), cwd=folder)
    return binaries / "entrepot"


def test_ships_every_claim_and_sanctions_list(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    shipped = {name.removeprefix("entrepot/_data/") for name in names if "/_data/" in name}
    files = (path for top in SHIPPED for path in (ROOT / top).rglob("*") if path.is_file())
    written = {path.relative_to(ROOT).as_posix() for path in files}
    assert written
    assert shipped == written


def test_ships_every_file_of_the_package(wheel: Path) -> None:
    package = ROOT / "src" / "entrepot"
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    written = {path.relative_to(ROOT / "src").as_posix() for path in files}
    assert written <= set(ZipFile(wheel).namelist())


def test_says_what_it_does(installed: Path, tmp_path: Path) -> None:
    assert "Usage: entrepot" in _run(str(installed), "--help", cwd=tmp_path)


def test_answers_the_demonstration(installed: Path, tmp_path: Path) -> None:
    assert _run(str(installed), "demo", "--to", "out", cwd=tmp_path).strip()
    assert (tmp_path / "out" / "report.html").stat().st_size > 0


def test_serves_the_web_page(installed: Path, tmp_path: Path) -> None:
    command = [str(installed), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            address = server.stdout.readline().split()[-1]
            for path in ("overview", "static/report.css", "static/observatory.js", "api/openapi.json"):
                with urllib.request.urlopen(address + path, timeout=60) as answer:
                    assert answer.status == 200
        finally:
            server.terminate()


def _run(*command: str, cwd: Path) -> str:
    """Run a command outside the checkout, with nothing of this Python; return what it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    environment = {**inherited, "NO_COLOR": "1", "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
