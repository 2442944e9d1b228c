"""The rivals give the answers that ours gives: like is compared with like. Nothing here looks at a clock."""

from pathlib import Path

import pyarrow as pa
import pytest

from tests.bench import both_sides
from tests.bench.generator import generate_held
from tests.bench.rivals.alike import differences
from tests.bench.rivals.hand import BARE, OURS
from tests.bench.rivals.questions import QUESTIONS

ROWS = 20_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("rivals")
    found = {name: folder / f"{name}.parquet" for name in ("held", "sides")}
    generate_held(found["held"], ROWS)
    both_sides.generate(found["sides"], ROWS)
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_rivals_answer_as_ours_does(name: str, made: dict[str, Path], tmp_path: Path):
    question = QUESTIONS[name]
    source = made[question.table]
    asked = question.asked(source)
    ours = question.answer(OURS, source, tmp_path / "ours.parquet", asked)
    assert len(ours["rows"])
    for way in set(question.ways) - {OURS, BARE}:
        theirs = question.answer(way, source, tmp_path / "theirs.parquet", asked)
        for part, key in (("rows", question.key), ("rules", ("stage", "rule"))):
            if part in ours:
                assert differences(ours[part], theirs[part], key) == [], (way, part)


def test_what_differs_is_told():
    """A comparison that finds nothing is worth something only if it could."""
    one = pa.table({"good": ["a", "b"], "cells": [1, 2], "value": [1.0, 2.0]})
    near = one.set_column(2, "value", pa.array([1.0, 2.0 + 1e-12]))
    assert differences(one, near.take([1, 0]), ["good"]) == []
    assert differences(one, one.set_column(2, "value", pa.array([1.0, 2.0 + 1e-6])), ["good"]) == ["value"]
    assert differences(one, one.set_column(2, "value", pa.array([1.0, None])), ["good"]) == ["value"]
    assert differences(one, one.set_column(1, "cells", pa.array([1, 3])), ["good"]) == ["cells"]
    assert differences(one, one.slice(1), ["good"]) == ["2 rows and 1"]
    assert differences(one, one.drop_columns(["cells"]), ["good"]) == ["columns ['cells']"]
