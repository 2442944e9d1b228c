"""The public face of the library: it grows on purpose or not at all."""

import re
import subprocess
import sys
from pathlib import Path

import entrepot

LIBRARY = Path(__file__).resolve().parents[1] / "docs" / "reference" / "library.md"


def test_public_names():
    """What `import entrepot` offers, and nothing else."""
    assert sorted(entrepot.__all__) == entrepot.__all__
    assert all(getattr(entrepot, name) is not None for name in entrepot.__all__)


def test_each_public_name_is_on_the_page_of_the_library():
    """One row each, in the table of names."""
    names, _, _ = LIBRARY.read_text(encoding="utf-8").partition("\n## ")
    told = re.findall(r"^\| `(\w+)` \|", names, re.MULTILINE)
    assert sorted(told) == entrepot.__all__


def test_importing_is_light():
    """`entrepot --help` must not pay for engines it does not use."""
    heavy = ("ibis", "duckdb", "pyarrow", "deltalake")
    code = f"import sys, entrepot.cli; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_unknown_name():
    """A misspelt public name is an AttributeError, as of any module."""
    assert not hasattr(entrepot, "flow")
