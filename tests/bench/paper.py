"""A paper estimate for a billion rows and more: what the measured lines come to, if nothing else happened.

Nothing here is measured. The lower end follows a question's line; the upper end the steepest growth that the
aims allow, or what was seen where that is more, from the largest size measured.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.growth import STEEPEST, Line

BILLIONS = (1, 10, 100)
WANTED = 600.0  # seconds: an answer in ten minutes
PRICE = 0.0816 / 2  # dollars for an hour of one core
_READ = "https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/"
PRICE_OF = (
    "0.0408 USD a core and hour: Amazon EC2 on demand, m7g.large (2 vCPU, 8 GiB), Linux, us-east-1,"
    f" 0.0816 USD an hour, as told on 17 June 2026 by {_READ} (AWS's own page is drawn by scripts);"
    " a managed Spark's own charge, storage and transfer are not in it"
)


@dataclass(frozen=True)
class Estimate:
    """A question about so many rows; low and high ends of an extrapolation."""

    question: str
    way: str
    rows: float
    low_hours: float  # on this machine
    high_hours: float
    low_cores: float  # for an answer in ten minutes, with perfect scaling
    high_cores: float
    low_usd: float
    high_usd: float
    memory_gib: float  # as at the largest size measured; what does not fit is spilled
    stored_gib: float  # of Parquet, as dense as the made-up rows

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return asdict(self) | {"is_extrapolated": True}


def estimates(known: Iterable[Line], bytes_per_row: float, cores: int | None = None) -> Iterator[Estimate]:
    """Each line at each size."""
    cores = cores or os.cpu_count() or 1
    for line in known:
        for billions in BILLIONS:
            yield estimated(line, billions * 1e9, bytes_per_row, cores)


def estimated(line: Line, rows: float, bytes_per_row: float, cores: int) -> Estimate:
    """The two ends for so many rows."""
    steep = max(STEEPEST, line.slope)
    ends = sorted((line.seconds(rows), line.at_most * (rows / line.most) ** steep))
    hours = [seconds / 3600 for seconds in ends]
    needed = [seconds * cores / WANTED for seconds in ends]
    cost = [one * cores * PRICE for one in hours]
    ends_of = {"hours": hours, "cores": needed, "usd": cost}
    told = {
        f"{end}_{name}": both[at] for name, both in ends_of.items() for at, end in enumerate(("low", "high"))
    }
    told |= {"memory_gib": line.memory / 2**30, "stored_gib": rows * bytes_per_row / 2**30}
    return Estimate(line.question, line.way, rows, **told)
