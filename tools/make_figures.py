"""Computes the official figures that ship with the package, from a folder of published statistics.

    python tools/make_figures.py FOLDER [TARGET]

Adds the publishers' files to a store of its own, asks entrepot for the cells, and writes one tidy CSV and
one card for each dataset into TARGET (default: figures/ beside this folder). Same files in, same bytes out.
Never UN Comtrade, whose licence forbids it; figures printed in documents are typed by hand in
figures/documents-*.csv.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from entrepot import answers, sources
from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import with_life
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from entrepot.store import Store

Row = Mapping[str, Any]
ADDED = datetime(2000, 1, 1, tzinfo=UTC)  # the day of adding is never part of a figure
NEIGHBOURS = ("ARM", "BLR", "GEO", "KAZ", "KGZ", "UZB")
NOMENCLATURE = "EU-sanctioned-CN2022"
CHAPTERS_SINCE = date(2021, 1, 1)  # with 2020 they would take more than their share of the megabyte
BASE, WINDOW = parse_window("2021-03:2021-11"), parse_window("2022-03:2022-11")


@dataclass(frozen=True)
class Dataset:
    """One CSV: which files it rests on, when they were published, and what is asked of them."""

    stem: str
    source: str
    title: str
    files: tuple[str, ...]
    published: date
    dated: str  # how the date of publication is known
    ask: Callable[[Store], Iterable[Row]]
    note: str = ""
    licence: str = ""  # where the figures came by another way than the source's card says


def china_to_russia(store: Store) -> Iterable[Row]:
    """China's exports to Russia, all goods, by month."""
    found = answers.flows(store, reporter="CHN", partner="RUS")
    return [_row(r, cites="query export, all goods") for r in found.rows.to_pylist()]


def china_cars(store: Store) -> Iterable[Row]:
    """China's exports of passenger cars in 2023 by month and partner."""
    found = answers.flows(
        store, reporter="CHN", partner="WLD", commodity="8703", period="2023", by="month,partner"
    )
    return [
        _row(r, partner=r["partner_member"], commodity="8703", cites="query export, 8703")
        for r in found.rows.to_pylist()
    ]


def russian_fuels(store: Store) -> Iterable[Row]:
    """China's imports of coal, crude oil, LNG and pipeline gas from Russia by month."""
    found = answers.flows(
        store,
        reporter="CHN",
        partner="RUS",
        flow="import",
        commodity="2701,2709,271111,271121",
        by="month,commodity",
        period="2017:2023",
    )
    return [_row(r, net_weight_kg=r["net_weight_kg"], cites="by country") for r in found.rows.to_pylist()]


def sanctioned_goods(store: Store) -> Iterable[Row]:
    """EU27 exports of sanctioned goods by month and partner: by chapter, in all, and over living codes."""
    found = answers.flows(
        store,
        reporter="EU27",
        partner=",".join(("RUS", *NEIGHBOURS)),
        commodity="eu-cn8",
        by="month,commodity",
    )
    alive = _alive(store)
    sums: dict[tuple[str, date, str], float] = defaultdict(float)
    for row in found.rows.to_pylist():
        for name in _baskets(row, alive):
            sums[row["partner"], row["period"], name] += row["value_eur"] or 0
    more = {"reporter": "EU27", "flow": "export", "hs_revision": NOMENCLATURE, "cites": "DS-045409"}
    return [
        {"partner": partner, "period": period, "commodity": name, "value_eur": value, **more}
        for (partner, period, name), value in sums.items()
    ]


def _baskets(row: Row, alive: frozenset[str]) -> list[str]:
    names = ["sanctioned-all"] + ["sanctioned-alive-all"] * (row["commodity"] in alive)
    return names + [f"sanctioned-{row['commodity'][:2]}"] * (row["period"] >= CHAPTERS_SINCE)


def _alive(store: Store) -> frozenset[str]:
    """The codes with a value in each month of the base and one in the window, whoever the partner."""
    asked = Selection(
        ("EU27",), ("WLD", "RUS", *NEIGHBOURS), Flow.EXPORT, parse_commodity("eu-cn8"), (BASE, WINDOW)
    )
    anyone = cells(store.flows(), asked)
    lived = with_life(anyone, anyone.alias("anyone"), (BASE,), (WINDOW,), (BASE,))
    found = store.run(lived.filter(lived.alive).select("commodity").distinct())
    return frozenset(found["commodity"].to_pylist())


def union_totals(store: Store) -> Iterable[Row]:
    """EU27 exports of all goods by year and partner, as published."""
    flows = store.flows()
    asked = [
        flows.reporter == "EU27",
        flows.flow == "export",
        flows.frequency == "A",
        flows.commodity == "TOTAL",
    ]
    found = store.run(
        flows.filter(*asked).select("reporter", "partner", "flow", "period", "commodity", "value")
    )
    return [
        {**r, "period": r["period"].year, "value_eur": r["value"], "cites": "Comext"}
        for r in found.to_pylist()
    ]


def national_imports(reporter: str) -> Callable[[Store], Iterable[Row]]:
    """Imports of one country, all goods, by year: from the world, the EU27, China and Russia."""

    def ask(store: Store) -> Iterable[Row]:
        found = answers.flows(store, reporter=reporter, partner="WLD,EU27,CHN,RUS", flow="import", by="year")
        whole = [
            row for row in found.rows.to_pylist() if row["months"] == 12
        ]  # Armenia's 2023 is January alone
        return [_row(r, period=r["period"].year, cites=_summed(r["cells"])) for r in whole]

    return ask


def _summed(count: int) -> str:
    return "row as published" if count == 1 else f"sum of {count} rows of partners"


def _row(row: Row, **more: Any) -> Row:
    kept = ("reporter", "partner", "flow", "period", "commodity", "value_usd")
    return {name: row.get(name, "TOTAL") for name in kept} | more


_LATER = "no date in the file: the end of the month after its last month stands in for it"
_TOTALS = "no date in the file: the last day a file of the same collection was downloaded"


def _national(name: str, reporter: str, file: str) -> Dataset:
    title = f"Imports of {reporter}, all goods, by year: from the world, the EU27, China and Russia"
    ask = national_imports(reporter)
    return Dataset(f"{name}-imports", name, title, (f"national/{file}",), date(2024, 11, 25), _TOTALS, ask)


DATASETS = (
    Dataset(
        "gacc-exports-to-russia",
        "gacc",
        "China's exports to Russia, all goods, by month",
        ("gacc/China_Exports_to_Russia.csv",),
        date(2023, 7, 31),
        _LATER,
        china_to_russia,
    ),
    Dataset(
        "gacc-8703-2023",
        "gacc",
        "China's exports of passenger cars (HS 8703) in 2023 by month and partner",
        ("gacc/gacc_8703_exports_2023_selected_partners.csv",),
        date(2024, 1, 31),
        _LATER,
        china_cars,
        "19 partners, not all of them: their sum is not the world.",
    ),
    Dataset(
        "wind-russian-fuels",
        "wind",
        "China's imports of coal, crude oil, LNG and pipeline gas from Russia by month",
        ("china_customs_wind/china_imports_wind_to_2023-02.csv",),
        date(2023, 3, 22),
        "as the file says",
        russian_fuels,
        "LNG has no value by country.",
        "not stated by China's customs; figures as kept in energyandcleanair/fossil_shipment_tracker_r (MIT)",
    ),
    Dataset(
        "eurostat-sanctioned-goods",
        "eurostat",
        "EU27 exports of goods under EU sanctions by month, chapter, partner",
        ("eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet",),
        date(2023, 1, 13),
        "as a browser export of the same query says",
        sanctioned_goods,
        "sanctioned-NN: those codes of the list eu-cn8 that lie in chapter NN, never the whole chapter. "
        "sanctioned-all: all of the list. sanctioned-alive-all: codes with a report in each month of "
        "2021-03:2021-11 and one in 2022-03:2022-11, so that codes born with CN 2022 do not count as growth.",
    ),
    Dataset(
        "eurostat-exports-by-year",
        "eurostat",
        "EU27 exports, all goods, by year and partner",
        ("eurostat_totals/eurostat_totals_long.csv",),
        date(2024, 11, 25),
        _TOTALS,
        union_totals,
    ),
    _national("kyrgyzstan", "KGZ", "kyrgyzstan_imports_by_partner_1994_2023.csv"),
    _national("kazakhstan", "KAZ", "kazakhstan_by_partner_2018_2023.csv"),
    _national("uzbekistan", "UZB", "uzbekistan_imports_by_partner_2010_2023.csv"),
    _national("armenia", "ARM", "armenia_monthly_by_partner_2017_2023.csv"),
)


def make(data: Path, target: Path) -> None:
    """Write every dataset and its card into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for dataset in DATASETS:
        with tempfile.TemporaryDirectory() as scratch:
            store = Store(Path(scratch) / "store")
            for file in dataset.files:
                store.add(data / file, now=ADDED, published=dataset.published)
            rows = sorted(map(_text, dataset.ask(store)), key=_order)
        _write(target / f"{dataset.stem}.csv", rows)
        (target / f"{dataset.stem}.card.toml").write_text(_card(dataset), encoding="utf-8")


def _order(row: Mapping[str, str]) -> tuple[str, ...]:
    return (row["reporter"], row["flow"], row["commodity"], row["partner"], row["period"])


COLUMNS = (
    "reporter",
    "partner",
    "flow",
    "period",
    "commodity",
    "hs_revision",
    "value_usd",
    "value_eur",
    "net_weight_kg",
    "cites",
)


def _text(row: Row) -> dict[str, str]:
    return {name: _cell(row.get(name)) for name in COLUMNS}


def _cell(value: Any) -> str:
    """Months as 2021-03, numbers to the cent without superfluous zeros."""
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def _write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    used = [name for name in COLUMNS if any(row[name] for row in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, used, extrasaction="ignore", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def _card(dataset: Dataset) -> str:
    known = sources.card(dataset.source)
    told = {
        "source": dataset.source,
        "publisher": known.publisher,
        "title": dataset.title,
        "url": known.url,
        "licence": dataset.licence or known.licence,
        "citation": f"{known.citation}; figures computed by entrepot",
    }
    lines = [
        "# Made by tools/make_figures.py: figures computed from the publisher's files, which are not here."
    ]
    lines += [f"# {dataset.note}"] * bool(dataset.note)
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items()]
    lines += [f"rank = {known.rank}", f"published = {dataset.published.isoformat()}  # {dataset.dated}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1] / "figures"
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    make(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else here)
