# SPDX-License-Identifier: EUPL-1.2
"""A real server with the demonstration, and a real browser."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

expect.set_options(timeout=30_000)  # five seconds are too few on a machine that does other things
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "carene-demonstration"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str:
    path = os.environ.get("CARENE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path:
        return path
    message = "Chromium manque : installer le paquet chromium, ou donner CARENE_CHROMIUM."
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def free_port() -> int:
    """Below those that the system lends to connections: it stays free until our server takes it."""
    while True:
        port = random.SystemRandom().randrange(10_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def start_server(var: Path, port: int, **more: str) -> subprocess.Popen[bytes]:
    """On SQLite, unless ``more`` says where the database is."""
    environment = {**os.environ, "CARENE_VAR": str(var), "PYTHONUNBUFFERED": "1"}
    for name in ("DJANGO_SETTINGS_MODULE", "CARENE_DATABASE", "CARENE_DATABASE_OWNER"):
        environment.pop(name, None)
    environment |= more
    log = (var.parent / "server.log").open("ab")
    command = [sys.executable, "-m", "carene.cli.main", "serve", "--demo", "--port", str(port)]
    environment["PYTHONPATH"] = str(ROOT / "src")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    log.close()  # the child has its own
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/compte/login/", timeout=2).read()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return process
    process.kill()
    pytest.fail("the server did not start:\n" + (var.parent / "server.log").read_text()[-4000:])


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """As an administrator does; whoever is still reading has twenty seconds."""
    process.terminate()
    process.wait(90)


@pytest.fixture(scope="session")
def demo_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("carene") / "var"


@pytest.fixture(scope="package")  # others come after these tests: neither the server nor the browser waits for them
def server(demo_var: Path) -> Iterator[str]:
    demo_var.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = start_server(demo_var, port)
    yield f"http://127.0.0.1:{port}"
    stop_server(process)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Inside, a loop of asyncio runs in this process: Django refuses its database to what comes next until the end."""
    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield engine
        engine.close()


class Visitor:
    """A person in front of a page; collects what the console and the network complain about."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context = context
        self.server = server
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def _console(self, message: object) -> None:
        if getattr(message, "type", "") == "error" and "favicon" not in str(getattr(message, "text", "")):
            self.complaints.append(str(getattr(message, "text", "")))

    def sign_in(self, login: str) -> Visitor:
        self.page.goto(f"{self.server}/compte/login/")
        self.page.fill("input[name=login]", f"{login}@demo.invalid")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.wait_for_url(re.compile(r"/o/\d+/"))
        return self

    def node(self) -> int:
        match = re.search(r"/o/(\d+)/", self.page.url)
        assert match
        return int(match[1])


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[Visitor]:
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", accept_downloads=True)
    yield Visitor(context, server)
    context.close()


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Visitor]:
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    yield Visitor(context, server)
    context.close()
