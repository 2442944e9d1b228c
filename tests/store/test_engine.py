"""The engine as it is made."""

import subprocess
import sys

ASK = """
from entrepot.store.engine import DuckDB
print(DuckDB().connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()[0])
"""


def test_no_progress_bar_among_answers():
    """Where Python seems interactive DuckDB would draw one on standard output after two seconds."""
    done = subprocess.run(
        [sys.executable, "-i", "-c", ASK],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
