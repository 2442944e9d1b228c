"""The embedded figures: made anew from the publishers' files, small, cited, and never a copy of a file."""

import csv
import hashlib
import importlib.util
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest

from entrepot.errors import ReadError
from entrepot.model.area import area
from entrepot.store import Store

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "figures"
TABLES = sorted(FIGURES.glob("*.csv"))
COMPUTED = [table for table in TABLES if not table.name.startswith("documents-")]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_figures", ROOT / "tools" / "make_figures.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # a dataclass looks its module up by name
    import sys

    sys.modules["make_figures"] = module
    spec.loader.exec_module(module)
    return module


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_they_come_out_of_the_files_again_to_the_byte(tool: ModuleType, data: Path, tmp_path: Path) -> None:
    tool.make(data, tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    held = {
        path.name: path.read_bytes() for path in FIGURES.iterdir() if not path.name.startswith("documents-")
    }
    assert sorted(made) == sorted(held)
    assert [name for name in made if made[name] != held[name]] == []


def test_they_stay_within_their_limits() -> None:
    assert sum(len(_rows(table)) for table in TABLES) <= 20_000
    assert sum(path.stat().st_size for path in FIGURES.iterdir()) <= 1_000_000


def test_no_file_of_a_publisher_is_copied(data: Path) -> None:
    ours = {hashlib.sha256(path.read_bytes()).hexdigest() for path in FIGURES.iterdir()}
    theirs = {hashlib.sha256(path.read_bytes()).hexdigest() for path in data.rglob("*.csv")}
    assert not ours & theirs


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_each_table_has_a_whole_card(table: Path) -> None:
    card = tomllib.loads(table.with_suffix(".card.toml").read_text(encoding="utf-8"))
    assert {"source", "publisher", "title", "url", "licence", "citation", "rank", "published"} == set(card)
    assert all(card[key] for key in set(card) - {"url"})
    assert isinstance(card["published"], date)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_each_cell_is_cited_and_none_is_of_comtrade(table: Path) -> None:
    rows = _rows(table)
    assert rows
    assert all(row["cites"] for row in rows)
    assert (
        "comtrade" not in tomllib.loads(table.with_suffix(".card.toml").read_text(encoding="utf-8"))["source"]
    )
    assert not any("omtrade" in row["cites"] for row in rows) or table.name.startswith("documents-")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_each_table_is_read_whole_under_its_own_source(table: Path, tmp_path: Path) -> None:
    added = Store(tmp_path / "store").add(table, now=NOW)
    card = tomllib.loads(table.with_suffix(".card.toml").read_text(encoding="utf-8"))
    assert (added.card.rows + added.card.missing, added.card.rejects) == (len(_rows(table)), 0)
    assert added.card.published_is_known
    for key in ("source", "publisher", "licence", "citation", "rank", "published"):
        assert getattr(added.card, key) == card[key]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_no_country_in_them_is_invented(table: Path) -> None:
    codes = {row[side] for row in _rows(table) for side in ("reporter", "partner")}
    assert all(area(code).kind in ("country", "special", "aggregate") for code in codes)
    assert not {row.get("status") for row in _rows(table)} & {"simulated"}


def test_figures_of_documents_say_that_they_are_printed_and_how_they_were_rounded() -> None:
    rows = [row for table in TABLES if table not in COMPUTED for row in _rows(table)]
    assert {row["status"] for row in rows} == {"published"}
    rough = [row for row in rows if int(row["value_usd"] or 1) % 10_000 == 0]
    assert rough
    assert all("rounded" in row["cites"] or "printed as" in row["cites"] for row in rough)


def test_the_table_of_vehicles_is_as_printed() -> None:
    rows = [row for row in _rows(FIGURES / "documents-webster-2024.csv") if row["commodity"] == "87"]
    printed = {(row["reporter"], row["partner"]): int(row["value_usd"]) for row in rows}
    assert printed["KGZ", "WLD"] == 302_909_157
    assert printed["CHN", "KGZ"] == 3_155_495_461
    assert len(printed) == 12


def test_a_partial_year_is_not_a_year() -> None:
    """Armenia's file ends with January 2023."""
    assert max(row["period"] for row in _rows(FIGURES / "armenia-imports.csv")) == "2022"


TIDY = "reporter,partner,flow,period,commodity,value_usd,cites\nCHN,RUS,export,2021,TOTAL,1,table 1\n"


@pytest.mark.parametrize(
    ("card", "cause"),
    [
        ('publischer = "x"', "unknown key"),
        ('rank = "first"', "not of type int"),
        ('published = "2024-01-31"', "not of type date"),
        ("rank = true", "not of type int"),
        ('source = "../x"', "not a name"),
        ("rank = ", "not a readable card"),
    ],
)
def test_a_card_nobody_understands_stops_the_table(card: str, cause: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TIDY, encoding="utf-8")
    (tmp_path / "mine.card.toml").write_text(card, encoding="utf-8")
    with pytest.raises(ReadError, match=cause):
        Store(tmp_path / "store").add(tmp_path / "mine.csv", now=NOW)


def test_a_card_may_say_part_and_the_rest_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TIDY, encoding="utf-8")
    (tmp_path / "mine.card.toml").write_text('publisher = "An office"\n', encoding="utf-8")
    added = Store(tmp_path / "store").add(tmp_path / "mine.csv", now=NOW)
    assert (added.card.publisher, added.card.source, added.card.rank) == ("An office", "tidy", 50)
    assert not added.card.published_is_known


def test_what_the_user_says_of_the_vintage_counts_before_the_card(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TIDY, encoding="utf-8")
    (tmp_path / "mine.card.toml").write_text("published = 2024-01-31\n", encoding="utf-8")
    added = Store(tmp_path / "store").add(tmp_path / "mine.csv", now=NOW, published=date(2023, 1, 1))
    assert added.card.published == date(2023, 1, 1)
