"""The public face of the library: it grows on purpose or not at all."""

import subprocess
import sys

import entrepot


def test_public_names():
    """What `import entrepot` offers, and nothing else."""
    assert sorted(entrepot.__all__) == entrepot.__all__
    assert all(getattr(entrepot, name) is not None for name in entrepot.__all__)


def test_importing_is_light():
    """`entrepot --help` must not pay for engines it does not use."""
    heavy = ("ibis", "duckdb", "pyarrow", "deltalake")
    code = f"import sys, entrepot.cli; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_unknown_name():
    """A misspelt public name is an AttributeError, as of any module."""
    assert not hasattr(entrepot, "flow")
