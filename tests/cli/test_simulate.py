"""A simulated world from the command line: files that can be added, the same bytes for the same seed."""

from __future__ import annotations

import json

from entrepot.simulate.files import ADDED

SMALL = ("--countries", "24", "--products", "40")


def test_a_world_can_be_added_and_asked(run, tmp_path):
    done = run("simulate", "--seed", "7", "--to", "world", *SMALL)
    assert done.returncode == 0, done.stderr.decode()
    told = done.stderr.decode()
    assert "seed 7" in told
    words = told.split("next: entrepot ")[1].splitlines()[0].split()
    assert run(*words).returncode == 0
    asked = (
        "flows",
        "--reporter",
        "XAA",
        "--partner",
        "XAB",
        "--commodity",
        "84",
        "--period",
        "2021-12:2022-01",
    )
    answered = run("--store", words[1], *asked, "--format", "json")
    rows = json.loads(answered.stdout)["rows"]
    assert [row["status"] for row in rows] == ["simulated", "simulated"]
    assert (tmp_path / "world" / "truth.csv").read_text().startswith('"hub","commodity","period","channel"')


def test_no_row_is_a_reject(run):
    run("simulate", "--seed", "7", "--to", "world", *SMALL)
    files = [f"world/{name}" for name in ADDED]
    done = run("--store", "s", "add", *files, "--format", "json")
    assert [card["rejects"] for card in json.loads(done.stdout)["added"]] == [0] * len(ADDED)


def test_the_same_seed_writes_the_same_bytes(run, tmp_path):
    for folder in ("one", "other"):
        run("simulate", "--seed", "7", "--to", folder, *SMALL)
    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other")
    )
    assert one == other


def test_too_small_a_world_is_bad_usage(run):
    done = run("simulate", "--seed", "7", "--to", "world", "--countries", "5")
    assert (done.returncode, b"24 to 260" in done.stderr) == (2, True)


def test_a_confounder_can_be_left_out(run, tmp_path):
    run("simulate", "--seed", "7", "--to", "world", *SMALL, "--without", "entrepot")
    assert "entrepot" not in (tmp_path / "world" / "confounders.csv").read_text()
