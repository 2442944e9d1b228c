"""One who reads the web page, for locust: looks at an overview, follows a good, thinks, goes on."""

from __future__ import annotations

import random

from locust import FastHttpUser, between, task

COUNTRIES = [f"X{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(12)]
GOODS = [f"{chapter:02}{1 + part // 4:02}{1 + part % 4}0" for chapter in (84, 85, 87) for part in range(4)]


class Reader(FastHttpUser):
    """Thinks one to three seconds between two looks. Few countries and goods: people look at the same."""

    wait_time = between(1, 3)

    @task(1)
    def overview(self) -> None:
        """The page and its first figure."""
        origin, destination = random.sample(COUNTRIES[:4], 2)
        asked = f"origin={origin}&destination={destination}"
        self.client.get(f"/overview?{asked}", name="page")
        self.client.get(f"/part/overview/direct?{asked}", name="overview")

    @task(3)
    def drill_down(self) -> None:
        """The rows of one good between two countries."""
        reporter, partner = random.sample(COUNTRIES, 2)
        asked = f"reporter={reporter}&partner={partner}&commodity={random.choice(GOODS)}"
        with self.client.get(f"/api/flows?{asked}", name="drill-down", catch_response=True) as answer:
            if answer.status_code in (200, 404):  # nothing held is an answer
                answer.success()
