"""What a command prints, for pages to be held against."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from entrepot import cli
from entrepot.store import Store


def told(store: Store, *words: str) -> Any:
    """The JSON that `entrepot WORDS` writes of a store."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "answer.json"
        with contextlib.suppress(SystemExit):
            cli.main(["--store", str(store.folder), "--format", "json", "--output", str(target), *words])
        return json.loads(target.read_text(encoding="utf-8"))
