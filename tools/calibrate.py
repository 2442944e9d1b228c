"""Hold the estimator and the rules in use elsewhere against simulated worlds whose truth is known.

    python tools/calibrate.py                    # the worlds kept for publishing; writes the page
    python tools/calibrate.py --development 8    # eight of the others, as often as needed; prints the tables

Worlds are scored in processes of their own. Each result is a file of its own as soon as it is there, so that
a run that was stopped goes on where it was; a change in the code that is measured, or in this, begins anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started as a script, Python looks beside it

from tools.calibration_page import page  # noqa: E402
from tools.calibration_world import result  # noqa: E402

METHOD: Final = "tools.calibration_ours:ours"
"""module:function of the estimator, from a World to its rows; --method rules: the rules alone."""
RULES: Final = "rules"
DEVELOPMENT: Final = range(1, 1001)
PUBLISHING: Final = range(100_001, 100_041)
"""Looked at for the published table and for nothing else."""
SIZES: Final = {"countries": 40, "products": 200}
PAGE: Final = ROOT / "docs" / "reference" / "calibration.md"
CACHE: Final = ROOT / ".cache" / "calibrate"
PROCESSES: Final = 2
_MEASURED: Final = (
    "src/entrepot/simulate/*.py",
    "src/entrepot/measures/*.py",
    "src/entrepot/answers/*.py",
    "tools/calibration_[!p]*.py",  # all but the page
)
_SCREEN: Final = Console(stderr=True)


@dataclass(frozen=True)
class Run:
    """Which worlds, of which sizes, asked by which method, and where results are kept."""

    seeds: tuple[int, ...]
    sizes: dict[str, int]
    method: str | None
    cache: Path

    @property
    def folder(self) -> Path:
        """Of the results of this method and these sizes."""
        text = json.dumps([version(), self.method, self.sizes])
        return self.cache / hashlib.sha256(text.encode()).hexdigest()[:16]

    def held(self) -> dict[int, dict[str, Any]]:
        """The results that are there already."""
        paths = {seed: self.folder / f"{seed}.json" for seed in self.seeds}
        return {seed: json.loads(path.read_text()) for seed, path in paths.items() if path.is_file()}

    def keep(self, one: dict[str, Any]) -> None:
        """Write a result, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f"{one['seed']}.half"
        half.write_text(json.dumps(one), encoding="utf-8")
        half.replace(self.folder / f"{one['seed']}.json")


def version() -> str:
    """Changes with any of the code that is measured or measures."""
    digest = hashlib.sha256()
    for pattern in _MEASURED:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def results(run: Run, processes: int = PROCESSES) -> list[dict[str, Any]]:
    """The result of each seed, in their order; those that are not there yet are made, with progress shown."""
    held = run.held()
    todo = [seed for seed in run.seeds if seed not in held]
    _SCREEN.print(
        f"seeds {_spans(run.seeds)}; {len(held)} of {len(run.seeds)} results are there", highlight=False
    )
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    context = multiprocessing.get_context("spawn")  # DuckDB and Arrow have threads: no fork
    with (
        Progress(*columns, console=_SCREEN) as shown,
        ProcessPoolExecutor(processes, mp_context=context) as pool,
    ):
        bar = shown.add_task("worlds", total=len(run.seeds), completed=len(held))
        waiting = [pool.submit(result, seed, run.sizes, run.method) for seed in todo]
        for done in as_completed(waiting):
            one = done.result()
            run.keep(one)
            held[one["seed"]] = one
            shown.advance(bar)
    return [held[seed] for seed in run.seeds]


def _spans(seeds: Iterable[int]) -> str:
    ordered = sorted(seeds)
    return f"{ordered[0]} to {ordered[-1]}" if len(ordered) > 1 else str(ordered[0])


def main(words: list[str] | None = None) -> int:
    """Make what is missing, then write the page, or print it for worlds of the development set."""
    given = _arguments().parse_args(words)
    sizes = {"countries": given.countries, "products": given.products}
    develops = given.development is not None
    seeds = tuple(DEVELOPMENT[: given.development] if develops else PUBLISHING)
    run = Run(seeds, sizes, None if given.method == RULES else given.method, CACHE)
    kind = "for development" if develops else "kept for this table"
    what = (
        f"{len(seeds)} world{'s' * (len(seeds) > 1)} {kind} (seeds {_spans(seeds)}) of "
        f"{sizes['countries']} countries and {sizes['products']} products; code {version()}."
    )
    text = page(results(run, given.processes), what)
    if develops:
        print(text)
    else:
        given.page.write_text(text, encoding="utf-8")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--development", type=int, metavar="WORLDS", help="so many worlds of the development set"
    )
    parser.add_argument("--method", default=METHOD, metavar="MODULE:FUNCTION", help="another estimator")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write")
    for name, size in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
