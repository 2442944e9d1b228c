"""screen as a user types it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("target", ["result.doc", "nowhere/result.xlsx"])
def test_a_file_that_cannot_be_written_stops_before_anything_is_on_record(run, tmp_path, target):
    done = run("screen", "--hs", "854231", "-o", target)
    assert done.returncode == 2
    assert target.encode() in done.stderr
    assert not list(tmp_path.rglob("searches.jsonl"))
