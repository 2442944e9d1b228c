"""The command line in a process of its own, fetching from a publisher on loopback."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

from tests.conftest import ROOT

Process: TypeAlias = subprocess.Popen[str]
FETCH = "fetch comtrade --reporter KAZ --partner RUS --commodity 8703 --period 2022-01"
MAIN = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts behind is deaf to Ctrl-C
runpy.run_module("entrepot.cli", run_name="__main__")
"""


def started(store: Path, url: str, words: str = FETCH) -> Process:
    env = {
        **os.environ,
        "ENTREPOT_COMTRADE_URL": url,
        "PYTHONPATH": str(ROOT / "src"),
        "COMTRADE_API_KEY": "",
    }
    command = [sys.executable, "-c", MAIN, "--store", str(store), *words.split()]
    return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
