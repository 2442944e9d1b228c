"""Run the blocks of a page, and put what they print where the page says what they print.

Runnable are the blocks fenced as `console` (lines beginning with `$ entrepot`, what they print below them)
and as `python` (what it prints, if anything, in a `text` block right after it). Those of one page run in
order in a folder of their own, with the simulated files of docs/examples in it. `...` in an output stands for
anything.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from entrepot import cli
from entrepot.cli import _terminal

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"
WIDTH = "100"
BLOCK = re.compile(
    r"^```(?:console\n(?P<shell>.*?)|python\n(?P<code>.*?)(?:^```\n\n```text\n(?P<told>.*?))?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^(\$ (?:.*\\\n)*.*\n)", re.MULTILINE)


def executed(page: Path) -> str:
    """The page with what its blocks print now; what still agrees is left as written."""
    text = page.read_text(encoding="utf-8")
    if not BLOCK.search(text):
        return text
    namespace: dict[str, Any] = {"__name__": "__main__"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTREPOT_")}
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, kept | {"COLUMNS": WIDTH}, clear=True),
        mock.patch.object(_terminal.out, "_width", int(WIDTH)),
    ):
        shutil.copytree(EXAMPLES, ".", dirs_exist_ok=True)
        return BLOCK.sub(lambda found: _run(found, namespace, page), text)


def _run(found: re.Match[str], namespace: dict[str, Any], page: Path) -> str:
    return (
        _console(found["shell"]) if found["shell"] else _python(found["code"], found["told"], namespace, page)
    )


def _console(shell: str) -> str:
    parts = COMMAND.split(shell)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return (
        "```console\n" + "".join(command + _agreed(told, _shell(command)) for command, told in pairs) + "```"
    )


def _python(code: str, told: str | None, namespace: dict[str, Any], page: Path) -> str:
    with _printed() as stream:
        exec(compile(code, str(page), "exec"), namespace)  # noqa: S102 -- the documentation's own code
    output = _agreed(told or "", _text(stream))
    return f"```python\n{code}```" + (f"\n\n```text\n{output}```" if output else "")


def _shell(command: str) -> str:
    words = shlex.split(command.removeprefix("$ ").replace("\\\n", " "))
    if words[0] != "entrepot":
        raise ValueError(f"not a command of ours: {command}")
    code: Any = 0
    with _printed() as stream, mock.patch.object(sys, "argv", words):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    return _text(stream) + (f"(exit code {code})\n" if code else "")


@contextlib.contextmanager
def _printed() -> Iterator[io.TextIOWrapper]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        yield stream


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return "".join(f"{line.rstrip()}\n" for line in stream.read().strip("\n").splitlines())


def _agreed(told: str, printed: str) -> str:
    """What the page tells if that is what was printed, `...` standing for anything; else what was printed."""
    pattern = ".*?".join(map(re.escape, told.strip("\n").split("...")))
    return told if re.fullmatch(pattern, printed.strip("\n"), re.DOTALL) else printed
