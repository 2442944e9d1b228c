"""What a user types, what comes out on which stream, and with which exit code."""

from __future__ import annotations

import io
import json

import pyarrow.parquet as pq
import pytest
import python_calamine

from entrepot.cli._terminal import hoisted

FLOWS = ("flows", "--reporter", "XAA", "--partner", "XBB", "--commodity", "8703")
COMMANDS = (
    "add", "status", "rejects", "flows", "direct", "mirror", "plausibility", "codes", "prices", "unit-values",
    "revisions", "sources", "report", "demo",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run, command):
    """Each command shows how it is used."""
    shown = run(command, "--help")
    assert shown.returncode == 0
    assert f"entrepot {command}" in shown.stdout.decode()


def test_json_is_one_object_with_question_rows_provenance_warnings(run, held):
    """Machine-readable output goes to stdout and nothing else does."""
    done = run(*FLOWS, "--format", "json")
    answer = json.loads(done.stdout)
    assert list(answer) == ["question", "rows", "provenance", "warnings"]
    assert [row["value_usd"] for row in answer["rows"]] == [100.0, 200.0, 50.0]
    assert answer["rows"][0]["period"] == "2021-01-01"
    assert answer["provenance"]["snapshots"][0]["file"] == "simulated.csv"
    assert "SELECT" in answer["provenance"]["queries"]["rows"]
    assert any("simulated" in warning for warning in answer["warnings"])


@pytest.mark.parametrize("before", [True, False])
def test_global_options_before_or_after_the_command(run, held, before):
    """`entrepot --format csv flows` and `entrepot flows --format csv` are the same."""
    option = ("--format", "csv")
    done = run(*option, *FLOWS) if before else run(*FLOWS, *option)
    assert done.stdout.decode().splitlines()[0].startswith('"reporter","partner","flow","period","commodity"')


def test_option_after_the_command_wins(run, held):
    """What stands nearest to the command counts."""
    done = run("--store", "nowhere", *FLOWS, "--store", "entrepot-data", "--format", "json")
    assert done.returncode == 0


def test_store_from_the_environment(run, held):
    """ENTREPOT_STORE names the folder."""
    done = run(*FLOWS, "--format", "json", ENTREPOT_STORE=str(held / "entrepot-data"))
    assert done.returncode == 0


def test_as_of_before_publication_is_no_data(run, held):
    """Nothing published later answers."""
    done = run(*FLOWS, "--as-of", "2022-02-28")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "2022-02-28" in done.stderr.decode()


def test_table_fits_80_columns(run, held):
    """No line is broken by the terminal."""
    done = run(*FLOWS)
    assert max(len(line) for line in done.stdout.decode().splitlines()) <= 80


def test_xlsx_and_parquet_hold_the_same_numbers(run, held):
    """Whatever the format, the rows are the rows."""
    run(*FLOWS, "--output", "a.xlsx")
    run(*FLOWS, "--output", "a.parquet")
    header, *rows = python_calamine.load_workbook(held / "a.xlsx").get_sheet_by_name("rows").to_python()
    assert [row[header.index("value_usd")] for row in rows] == [100, 200, 50]
    table = pq.read_table(held / "a.parquet")
    assert table["value_usd"].to_pylist() == [100.0, 200.0, 50.0]
    assert b"snapshots" in table.schema.metadata[b"entrepot"]


def test_parquet_to_a_pipe(run, held):
    """A binary format goes to stdout when that is no terminal."""
    done = run(*FLOWS, "--format", "parquet")
    assert pq.read_table(io.BytesIO(done.stdout)).num_rows == 3


def test_direct_compares_the_same_months_and_totals_destinations(run, held):
    """January 2022 is held against January 2021, apart and together."""
    words = (
        "--origin",
        "XAA",
        "--destination",
        "XBB,XCC",
        "--commodity",
        "8703",
        "--base",
        "2021",
        "--window",
        "2022-01",
    )
    done = run("direct", *words, "--control", "WLD", "--format", "json")
    rows = {row["destination"]: row for row in json.loads(done.stdout)["rows"]}
    assert (rows["XBB"]["base_value_usd"], rows["XBB"]["window_value_usd"]) == (100, 50)
    assert rows["XBB"]["change"] == 50 / 100 - 1
    assert rows["XBB+XCC"]["change"] == (50 + 60) / (100 + 10) - 1
    assert [rows[name]["role"] for name in ("XBB", "XBB+XCC", "WLD")] == ["destination", "total", "control"]
    assert rows["WLD"]["is_from_parts"]
    assert rows["XBB"]["window_share"] is None  # two partners held are not the world


def test_adding_again_says_so_and_changes_nothing(run, held):
    """The same bytes are held once."""
    done = run("add", "simulated.csv")
    assert done.returncode == 0
    assert "already held" in done.stderr.decode()


def test_rejects_name_row_column_value_and_reason(run, held):
    """The row nobody understood is printed."""
    done = run("rejects", "--format", "json")
    (row,) = json.loads(done.stdout)["rows"]
    assert (row["file"], row["row"], row["column"], row["value"]) == ("simulated.csv", 8, "partner", "QQQQ")


def test_one_bad_file_among_good_ones(run, held):
    """The good one is stored, the bad one named, and the exit code is the bad one's."""
    (held / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (held / "good.csv").write_text(
        "reporter,partner,flow,period,commodity,value_usd,status\nXAA,XDD,export,2022-01,TOTAL,5,simulated\n"
    )
    done = run("add", "bad.csv", "good.csv")
    assert done.returncode == 3
    assert "bad.csv" in done.stderr.decode()
    assert run("flows", "--reporter", "XAA", "--partner", "XDD", "--format", "json").returncode == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("flows", "--reporter", "Atlantis", "--partner", "RUS"), 2),
        (("flows", "--reporter", "XAA", "--partner", "XBB", "--commodity", "87x"), 2),
        (("flows", "--reporter", "XAA", "--partner", "XBB", "--period", "2021-13"), 2),
        (("flows", "--reporter", "XAA", "--partner", "XBB", "--flow", "gift"), 2),
        (("flows", "--reporter", "XAA", "--partner", "XBB", "--by", "decade"), 2),
        (("flows", "--reporter", "XAA"), 2),
        (("flows", "--reporter", "XAA", "--partner", "XBB", "--format", "pdf"), 2),
        (("flows", "--reporter", "XZZ", "--partner", "XBB"), 1),
        (("add", "absent.csv"), 3),
        (("add", "simulated.csv", "--source", "nobody"), 2),
        (("status", "--engine", "abacus"), 2),
        (("status", "--store", "simulated.csv"), 4),
    ],
)
def test_exit_codes(run, held, words, code):
    """0 answered, 1 no data, 2 bad usage, then one for each class of error; never a traceback."""
    done = run(*words)
    assert done.returncode == code, done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert done.stdout == b""


def test_no_null_becomes_zero_on_screen(run, held):
    """A period without a report is an empty cell."""
    words = (
        "--origin",
        "XAA",
        "--destination",
        "XBB",
        "--commodity",
        "8703",
        "--base",
        "2021-02",
        "--window",
        "2022-02",
    )
    row = json.loads(run("direct", *words, "--format", "json").stdout)["rows"][0]
    assert (row["window_value_usd"], row["change"]) == (None, None)


def test_a_file_of_unknown_kind_is_refused(run, held):
    """Nothing is printed in place of a file that cannot be written."""
    done = run(*FLOWS, "-o", "answer.docx")
    assert (done.returncode, done.stdout) == (2, b"")
    assert ".xlsx" in done.stderr.decode()


def test_words_after_two_dashes_are_not_options(run, held):
    """A file may be called --store."""
    assert hoisted(["add", "--", "--store", "x"]) == ["add", "--", "--store", "x"]


def test_a_report_of_simulated_figures_says_so(run, held):
    """Invented countries are marked wherever they appear."""
    done = run("report", "--origin", "XAA", "--destination", "XBB", "--commodity", "8703", "-o", "r.html")
    assert done.returncode == 0, done.stderr.decode()
    assert "simulated" in (held / "r.html").read_text(encoding="utf-8").lower()


def test_a_code_held_only_inside_a_coarser_one(run, held):
    """No data for the code; the message says what is held and why it is no answer."""
    done = run("flows", "--reporter", "XAA", "--partner", "XBB", "--commodity", "87031010")
    assert done.returncode == 1
    assert "only 870310 is held" in done.stderr.decode()
