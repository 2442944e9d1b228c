"""CONTRIBUTING's recipes, followed to the letter in a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r'^```\w+ title="(.+?)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
NEEDED = (
    "pyproject.toml",
    "tests/conftest.py",
    "tests/schedule.py",
    "tests/sources/conftest.py",
    "tests/spec/conftest.py",
    "tests/spec/tables.py",
)


@pytest.fixture(scope="module")
def recipes() -> dict[str, str]:
    return dict(FILE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))


@pytest.fixture
def copy(tmp_path: Path, recipes: dict[str, str]) -> Path:
    """What the recipes need of the tree, and their files in it."""
    for folder in ("src", "sanctions"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name, text in recipes.items():
        assert not (tmp_path / name).exists(), f"a recipe would overwrite {name}"
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_recipe_has_a_file_and_its_test(recipes):
    assert {Path(name).parts[0] for name in recipes} == {"src", "sanctions", "tests"}
    assert sum(name.startswith("tests/") for name in recipes) == 4


def test_the_recipes_work(copy, recipes):
    """The tests they write pass in the copy, against the code they write."""
    tests = [name for name in recipes if name.startswith("tests/")]
    run = [sys.executable, "-m", "pytest", "-q", "-m", "not spark and not sail", *tests]
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    done = subprocess.run(run, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
