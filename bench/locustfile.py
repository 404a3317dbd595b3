# SPDX-License-Identifier: EUPL-1.2
"""One of fifty people answering, for locust; ``bench.load`` starts it and reads what it writes.

It opens a question, reads, chooses a level, sometimes comments, sometimes goes back to the list: the requests of the
pages, with the time a person takes between two of them.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, events, task

PLAN = json.loads(Path(os.environ["BENCH_PLAN"]).read_text())
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
VERSION = re.compile(r'data-version="(\d+)"')
COMMENTED, LISTED = 0.3, 0.1  # how often, after a level

people = iter(PLAN["people"])
acknowledged: list[dict[str, Any]] = []
requests: list[tuple[str, float]] = []
errors: list[str] = []


class Person(FastHttpUser):
    wait_time = between(*PLAN["think"])

    def on_start(self) -> None:
        self.me = next(people)
        self.client.client.cookiejar.clear()
        self.cookie = f"sessionid={self.me['session']}"
        self.base = f"/o/{self.me['node']}/auto-evaluation/{self.me['assessment']}"
        self.chance = random.Random(self.me["session"])
        self.turn = 0
        time.sleep(self.chance.uniform(0, PLAN["think"][1]))  # people do not begin in step

    @task
    def answer(self) -> None:
        criterion = self.me["criteria"][self.turn % len(self.me["criteria"])]
        self.turn += 1
        page = self._get("question", f"{self.base}/questions/{criterion}/")
        found, token = VERSION.search(page), TOKEN.search(page)
        if found is None or token is None:
            errors.append(f"question {criterion}: the page is not the one expected")
            return
        self.token, version = token[1], int(found[1])
        self.wait()
        version = self._save(criterion, {"version": version, "level": self.chance.randrange(5), "confirm": True})
        if version and self.chance.random() < COMMENTED:
            self.wait()
            self._save(criterion, {"version": version, "comment": f"Vu le {self.turn}, {self.chance.random()}"})
        if self.chance.random() < LISTED:
            self.wait()
            self._get("list", f"{self.base}/questions/")

    def _get(self, name: str, address: str) -> str:
        with self.client.get(address, headers=self._headers(), name=name, catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"{name}: {response.status_code}")
                return ""
            for name_, value in response.headers.items():
                if name_.lower() == "set-cookie" and value.startswith("csrftoken="):
                    self.cookie = f"sessionid={self.me['session']}; {value.partition(';')[0]}"
            return str(response.text)

    def _save(self, criterion: str, data: dict[str, Any]) -> int:
        """The version acknowledged, 0 when it was not."""
        headers = {**self._headers(), "X-CSRFToken": self.token, "Accept": "application/json"}
        address = f"{self.base}/repondre/{criterion}/"
        with self.client.post(address, json=data, headers=headers, name="save", catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"save: {response.status_code} {response.text[:200]}")
                return 0
            stored = response.json()
        kept = {name: stored[name] for name in ("version", "level", "comment")}
        acknowledged.append({"assessment": self.me["assessment"], "criterion": criterion, **kept})
        return int(stored["version"])

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie}


@events.request.add_listener
def _told(name: str, response_time: float, exception: object, **_rest: object) -> None:
    requests.append((name, response_time))
    if exception:
        errors.append(str(exception))


@events.quitting.add_listener
def _written(**_rest: object) -> None:
    told = {"acknowledged": acknowledged, "requests": requests, "errors": errors}
    Path(os.environ["BENCH_TOLD"]).write_text(json.dumps(told))
