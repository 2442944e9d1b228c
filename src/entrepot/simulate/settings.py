"""The sizes of everything in a simulated world, each with its reason. Nothing here depends on a seed.

"Real" below: the European Union's monthly exports to Russia and six neighbours, HS6 sums of Eurostat's CN8
file, March to November of 2021 over 2020, no sanctions in either; and three HS6 codes of China's exports to
39 partners 2017-2024. `tests/test_real_noise.py` holds the worlds against those numbers.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

FIRST_YEAR: Final = 2017
MONTHS: Final = 96  # to 2024-12: five years to learn from, nearly three to be wrong in
EVENT: Final = date(2022, 3, 1)
CHANGEOVER: Final = date(2022, 1, 1)  # HS2022, two months before the event, as it was
LAST_OF_DESTINATION: Final = date(2022, 1, 1)  # Russia's last published month

# ---------------------------------------------------------------- gravity
ECONOMY_USD: Final = 40e9  # of a country of size one: Georgia to Uzbekistan
SIZE_SPREAD: Final = 1.1  # logs; the largest of forty is some ten times the median
ORIGIN_SIZE: Final = 60.0  # times: a European Union or a China beside small countries
DESTINATION_SIZE: Final = 40.0
NEIGHBOUR_SIZE: Final = (
    0.35  # times: the Union sold Russia six times what it sold six neighbours, restricted goods
)
DISTANCE_ELASTICITY: Final = -0.9  # the literature's middle
SIZE_ELASTICITY: Final = 0.9
CELL_USD: Final = (
    500.0  # a month, of two countries of size one 3,000 km apart: real medians are 1e4 with the Union
)
PRODUCT_SPREAD: Final = 1.3  # logs
PAIR_SPREAD: Final = 1.1  # logs, of one product between one pair: real cells span eight powers of ten
ADVANTAGE_SPREAD: Final = 1.0  # logs, of one exporter in one product
RESTRICTED_ADVANTAGE: Final = -1.0  # logs: few third countries make what is restricted
ORIGIN_SHARE: Final = (0.1, 0.5)  # of a third country's imports that come from the origin
WORLD_SIZE: Final = 150.0  # what third countries sell to, beside the destination
GROWTH: Final = {"area": (0.03, 0.04), "product": (0.02, 0.05), "cell": (0.0, 0.05)}  # a year: mean, spread

# ---------------------------------------------------------------- noise
NOISE_AT: Final = 3e5  # USD a month
NOISE: Final = 0.52  # sd of logs by month at that size; real: 1.28, 0.94, 0.66, 0.44, 0.30 from 3e3 to 3e7
NOISE_ELASTICITY: Final = -0.16  # a third less for ten times the size
NOISE_BOUNDS: Final = (0.1, 1.6)
TAIL: Final = 4.0  # degrees of freedom of Student's t; real excess kurtosis is 5 to 12
PERSISTENT: Final = 0.35  # of the monthly noise: real sums of nine months move twice what months alone would
JUMP_TAIL: Final = 2.5  # degrees of freedom of what drives the persistent part: now and then a level shifts
MEMORY: Final = 0.9  # a month; half is gone in seven
CUT: Final = 7.0  # no draw beyond so many sd: the mean of a log-t does not exist
SHOCKS: Final = {"area": 0.08, "product": 0.08}  # sd of logs; real: partners moved by -0.02 to 0.22 in a year
PRESENCE: Final = (-0.3, 1.4, 2.5)  # logit at 10**2.5 USD, and per power of ten; real: 44, 71, 90, 98, 99.5 %
CLUSTERED: Final = 1.0  # logits per sd of the persistent part: months without trade come together

# ---------------------------------------------------------------- calendar
SEASON: Final = 0.1  # sd of logs over months, by product
NEW_YEARS: Final = ("2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01",
                    "2023-01-22", "2024-02-10")  # fmt: skip
NEW_YEAR_WEEKS: Final = 3
NEW_YEAR_FALL: Final = -0.35  # logs, of a month that holds all of those weeks
LOCKDOWN: Final = {
    date(2020, 2, 1): -0.25,
    date(2020, 3, 1): -0.15,
    date(2020, 4, 1): -0.3,
    date(2020, 5, 1): -0.2,
}

# ---------------------------------------------------------------- what reporters make of it
REPORT_ERROR: Final = (0.02, 0.12)  # sd of logs, drawn per reporter
RECORDED: Final = (0.75, 1.05)  # of the origin's figure, per importer: origin or consignment, undervaluation
RECORDED_SPREAD: Final = 0.25  # logs, per product within an importer
RECORDED_DRIFT: Final = 0.06  # sd of logs of an importer's slow drift
CIF: Final = (0.02, 0.025, 2000.0)  # margin = a + b ln(1 + km / c): 4 % next door, 7 % at 12,000 km
KM_A_MONTH: Final = 20000.0  # goods still under way at the end of the month arrive in the next

# ---------------------------------------------------------------- the event
FALL: Final = (0.60, 0.95)  # of restricted goods to the destination, per product
CHILL: Final = (0.0, 0.2)  # and of the others: banks, freight, reputation
SHARE_REROUTED: Final = (0.15, 0.45)  # of the loss; the Union's neighbours: 17 to 23 %, ends 11 to 35 %
GHOST_SHARE: Final = (0.3, 0.7)  # of what is rerouted through a hub; Kyrgyzstan 72 %, Armenia 28 %
PRODUCTS_OF_HUB: Final = 0.5  # of the restricted ones
PRODUCT_CHOICE: Final = 0.8  # sd of logs over a hub's products
HUB_CHOICE: Final = 1.5  # Dirichlet's concentration: some hubs carry much, some little
START: Final = (0, 3)  # months from the event until a hub begins
RAMP: Final = (4, 8)  # months until it is in full swing
LUMPS: Final = 3.0  # shape of the gamma that scatters the months
LAGS: Final = (0.35, 0.35, 0.2, 0.1)  # share that leaves the hub after 0, 1, 2, 3 months
MARK_UP: Final = (1.1, 1.3)  # Hong Kong's was 1.23


def month(day: date) -> int:
    """Place of a month in the series."""
    return (day.year - FIRST_YEAR) * 12 + day.month - 1


def days() -> np.ndarray:
    """First day of each month."""
    return np.arange(f"{FIRST_YEAR}-01", f"{FIRST_YEAR + MONTHS // 12}-01", dtype="datetime64[M]").astype(
        "datetime64[D]"
    )
