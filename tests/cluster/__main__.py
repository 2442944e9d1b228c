"""`make cluster`: the specs on a real standalone cluster; with ROWS=20000000 questions of so many rows on it.

ROWS=20000000 python -m tests.cluster [--only QUESTION,QUESTION] [--memory 3g] [--folder DIR]

STORE names a store that is there already, and SOURCE the file that it was made of.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cluster.cluster import LEAN, cluster
from tests.cluster.whole import ADDED, QUESTIONS, everything, made
from tests.conftest import SPARK_CONFIG

EACH = 2  # processes that ask, each an application with an executor on every worker
_SHARED = {"spark.cores.max": "2", "spark.executor.extraJavaOptions": LEAN}


def spec(arguments: list[str]) -> int:
    """Every spec on a master and two workers, and a worker lost amid a question; pytest's exit code."""
    lost = [sys.executable, "-m", "pytest", "-m", "cluster", "-q", "tests/cluster/test_cluster.py"]
    if not arguments and (failed := subprocess.run(lost, check=False).returncode):
        return failed
    with cluster(workers=2, cores=EACH, memory="1g", settings={**SPARK_CONFIG, **_SHARED}) as one:
        command = [sys.executable, "-m", "pytest", "-m", "spark", "-n", str(EACH), "--dist", "load", "-q"]
        asked = {**one.environment, "ENTREPOT_TEST_SPARK": one.master}
        return subprocess.run([*command, *(arguments or ["tests/spec"])], env=asked, check=False).returncode


def main(arguments: list[str]) -> int:
    """Without ROWS the specs; with ROWS each question, as a line of JSON. 1 where an answer differs."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended
    if not os.environ.get("ROWS"):
        return spec(arguments)
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--only", default=",".join((ADDED, *QUESTIONS)), help="questions, comma-separated")
    parser.add_argument("--memory", default="3g", help="of each of the two executors")
    parser.add_argument("--folder", type=Path, help="where to work")
    asked = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="entrepot-whole-", dir=asked.folder) as folder:
        source, store = made(Path(folder), int(os.environ["ROWS"]))
        agree = True
        for line in everything(source, store, Path(folder), asked.only.split(","), asked.memory):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
            agree = agree and line.get("holds", True)
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
