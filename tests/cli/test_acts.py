"""acts, votes and agreement as a user types them, on simulated lists."""

from __future__ import annotations

import json

import pytest

from tests.test_acts import ACTS, VOTES


@pytest.fixture
def lists(run, tmp_path):
    """A list of acts and one of votes, added."""
    for name, text in (("acts.csv", ACTS), ("votes.csv", VOTES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert run("add", name, "--published", "2023-01-01").returncode == 0


def test_acts(run, lists):
    done = run(
        *("acts", "--actor", "XAA", "--partner", "XBB", "--kind", "investment", "--period", "2021:2022"),
        *("--by", "half", "--mark", "ring", "--category", "metals", "--format", "json"),
    )
    found = json.loads(done.stdout)
    assert [(row["period"], row["acts"]) for row in found["rows"]] == [
        ("2021-01-01", 1),
        ("2021-07-01", 0),
        ("2022-01-01", 0),
        ("2022-07-01", 0),
    ]
    assert [act["title"] for act in found["beside"]["acts"]] == ["mine"]


def test_votes(run, lists):
    done = run("votes", "--roll-call", "R1,R2", "--area", "XCC", "--format", "json")
    found = json.loads(done.stdout)
    assert [(row["roll_call"], row["vote"]) for row in found["rows"]] == [("R1", "absent"), ("R2", "abstain")]
    assert [row["yes"] for row in found["beside"]["roll_calls"]] == [1, 2]


def test_agreement(run, lists):
    done = run("agreement", "--area", "XAA", "--partner", "XBB", "--period", "2021:2022", "--by", "none")
    assert done.returncode == 0
    assert b"0.0%" in done.stdout
    done = run("agreement", "--area", "XAA", "--partner", "XBB", "--by", "week")
    assert (done.returncode, b"--by 'week'" in done.stderr) == (2, True)
