"""One who reads the web page, for locust: looks at an overview, follows goods, thinks, goes on."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from locust import FastHttpUser, between, task

from tests.bench.looks import ASKED, addresses


class Reader(FastHttpUser):
    """Thinks one to three seconds between two looks."""

    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Everybody knows the same questions."""
        self.asked = json.loads(Path(os.environ[ASKED]).read_text(encoding="utf-8"))

    @task(1)
    def overview(self) -> None:
        """The page and its first figure."""
        found = addresses(*random.choice(self.asked))
        self.client.get(found["page"], name="page")
        self.client.get(found["overview"], name="overview")

    @task(3)
    def drill_down(self) -> None:
        """The rows of one good between two countries."""
        self.client.get(addresses(*random.choice(self.asked))["drill-down"], name="drill-down")
