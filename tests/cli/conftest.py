"""The command line as a user types it, in an empty folder, with a store of simulated figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrepot import cli

SIMULATED = """reporter,partner,flow,period,commodity,value_usd,status
XAA,XBB,export,2021-01,870310,100,simulated
XAA,XBB,export,2021-02,870310,200,simulated
XAA,XBB,export,2022-01,870310,50,simulated
XAA,XCC,export,2021-01,870310,10,simulated
XAA,XCC,export,2022-01,870310,60,simulated
XAA,XCC,export,2022-01,010121,7,simulated
XAA,QQQQ,export,2022-01,870310,9,simulated
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Done]:
    """`run("flows", ...)`: output kept apart from messages, a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENTREPOT_STORE", raising=False)

    def _run(*words: str, **env: str) -> Done:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        capfdbinary.readouterr()
        code = 0
        try:
            cli.main(list(words))
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Done(code, *capfdbinary.readouterr())

    return _run


@pytest.fixture
def held(run: Callable[..., Done], tmp_path: Path) -> Path:
    """A store in ./entrepot-data with the simulated figures; one of their rows is a reject."""
    (tmp_path / "simulated.csv").write_text(SIMULATED, encoding="utf-8")
    done = run("add", "simulated.csv", "--published", "2022-03-01")
    assert done.returncode == 0, done.stderr.decode()
    return tmp_path
