"""The World Bank's indicators: long, wide, and as its interface answers. The samples are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from entrepot.errors import ReadError, UsageError

SAMPLE = Path(str(files("entrepot.sources.wdi").joinpath("sample.csv")))
ANSWER = SAMPLE.with_name("sample.json")
LONG = "Country Name,Country Code,Year,Value\nKyrgyz Republic,KGZ,2021,5\nWorld,WLD,2021,9\n"
Read = Callable[..., Any]


def written(folder: Path, name: str, text: str = LONG) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_wide_file_has_years_as_columns_and_names_its_indicators(read_facts: Read):
    """Known indicators have names with units; another keeps the publisher's code."""
    found = read_facts(SAMPLE)
    kgz = ("KGZ", date(2021, 1, 1))
    assert found.of("gdp_usd", "area", "period")[kgz] == 1_111_111_111.5
    assert found.of("population", "area", "period")[kgz] == 1111
    assert found.of("tx_val_mrch_cd_wt", "area", "period")[kgz] == 11
    assert set(found.rows["frequency"].to_pylist()) == {"A"}


def test_an_empty_cell_and_a_region_are_missing_not_rejected(read_facts: Read):
    """Of three series of three years and one: three cells are empty, three are Europe and Central Asia's."""
    found = read_facts(SAMPLE)
    assert (found.card.rows, found.card.missing, found.card.rejects) == (9, 3 + 3, 0)
    assert set(found.rows["area"].to_pylist()) == {"KGZ", "XKX"}


@pytest.mark.parametrize(
    ("name", "indicator"),
    [("gdp.csv", "gdp_usd"), ("GDP_current_usd-data.csv", "gdp_usd"), ("population.csv", "population")],
)
def test_the_name_of_a_long_file_says_what_it_is(read_facts: Read, tmp_path: Path, name: str, indicator: str):
    """And that it was believed is noted."""
    found = read_facts(written(tmp_path, name))
    assert found.of(indicator, "area") == {("KGZ",): 5, ("WLD",): 9}
    assert any(f"indicator {indicator}: by the file's name" in note for note in found.card.warnings)


@pytest.mark.parametrize("name", ["gdp_per_capita.csv", "gdp-growth.csv", "population_density.csv", "a.csv"])
def test_a_name_that_says_more_is_not_believed(read_facts: Read, tmp_path: Path, name: str):
    with pytest.raises(ReadError, match="--given indicator=gdp_usd"):
        read_facts(written(tmp_path, name))


def test_the_users_word_comes_first(read_facts: Read, tmp_path: Path):
    found = read_facts(written(tmp_path, "gdp.csv"), given={"indicator": "gni_usd"})
    assert found.of("gni_usd", "area")["KGZ",] == 5
    assert not any("by the file's name" in note for note in found.card.warnings)


def test_a_word_that_is_no_name_is_refused(read_facts: Read, tmp_path: Path):
    with pytest.raises(UsageError, match="not a name"):
        read_facts(written(tmp_path, "gdp.csv"), given={"indicator": "GDP, USD"})


def test_an_unknown_country_a_bad_year_or_number_is_rejected(read_facts: Read, tmp_path: Path):
    bad = "Nowhere,ATL,2021,5\nKyrgyz Republic,KGZ,21,5\nKyrgyz Republic,KGZ,2022,5x\n"
    found = read_facts(written(tmp_path, "gdp.csv", LONG + bad + "China,CHN,2021,7\n"))
    told = [(row["row"], row["column"], row["reason"]) for row in found.rejects.to_pylist()]
    assert told == [
        (4, "Country Code", "unknown area"),
        (5, "Year", "unknown year"),
        (6, "Value", "not a number"),
    ]


@pytest.mark.parametrize("value", ["-5", "0"])
def test_a_country_has_a_size(read_facts: Read, tmp_path: Path, value: str):
    """Gross domestic product and population are above zero; a balance of trade may be below."""
    line = f"China,CHN,2021,{value}\n"
    found = read_facts(written(tmp_path, "gdp.csv", LONG + line))
    assert [(row["column"], row["reason"]) for row in found.rejects.to_pylist()] == [
        ("Value", "not above zero")
    ]
    balance = {"indicator": "balance_usd"}
    assert not read_facts(written(tmp_path, "b.csv", LONG + line), given=balance).card.rejects


def test_an_answer_of_the_interface_has_figures_nulls_and_groups(read_facts: Read):
    """A null, a group and one without a code of three letters are missing; its day is its own."""
    found = read_facts(ANSWER)
    assert found.of("gdp_usd", "area", "period") == {
        ("KGZ", date(2022, 1, 1)): 2_222_222_222.25,
        ("XKX", date(2022, 1, 1)): 333,
        ("WLD", date(2022, 1, 1)): 66_666,
    }
    assert (found.card.missing, found.card.published) == (3, date(2026, 1, 2))
    assert [(row["row"], row["value"], row["reason"]) for row in found.rejects.to_pylist()] == [
        (7, "ATL", "unknown area")
    ]


def test_a_page_of_several_says_so(read_facts: Read, tmp_path: Path):
    text = ANSWER.read_text(encoding="utf-8").replace('"pages":1,', '"pages":18,')
    found = read_facts(written(tmp_path, "page.json", text))
    assert [note for note in found.card.warnings if note.startswith("page 1 of 18")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[{"message":[{"id":"120","key":"Invalid value","value":"not valid"}]}]',
            "Invalid value: not valid",
        ),
        ('[{"page":0,"pages":0,"per_page":50,"total":0},null]', "without rows"),
        ('[{"page":1,"pages":1,"total":1},[{"indicator":', "cut off"),
        ('[{"page":1,"pages":1,"total":1},[5]]', "no page of an indicator"),
    ],
)
def test_an_answer_without_rows_says_of_what_kind_it_is(
    read_facts: Read, tmp_path: Path, text: str, said: str
):
    with pytest.raises(ReadError, match=said):
        read_facts(written(tmp_path, "answer.json", text))


def test_real_gdp(read_facts: Read, data: Path):
    """Every country of the file is known; all else are groups of countries."""
    found = read_facts(data / "reference" / "gdp_current_usd.csv")
    values = found.of("gdp_usd", "area", "period")
    assert values["KGZ", date(2023, 1, 1)] / 1e6 == pytest.approx(13_988, abs=0.5)
    assert (found.card.rejects, len({area for area, _ in values}) > 200) == (0, True)
    assert found.card.rows + found.card.missing == 13_979
