# SPDX-License-Identifier: EUPL-1.2
"""Starting for real: first page, second start, memory of a worker."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from bench.crawl import links_of
from bench.table import Table

SIGN_IN = "/compte/login/"
MOST = 400  # pages
DOCUMENT = re.compile(r"\.(pdf|docx|xlsx|ics|csv)(\?|$)|/exporter/")


def run(table: Table, folder: Path) -> None:
    environment = {"CARENE_VAR": str(folder / "server")}
    peer = "9 min of CPU, 17.8 s each start"
    process, seconds = start(environment, "--demo")
    stop(process)
    table.add("installed, empty folder → first page (with demo)", seconds, "s", 10, peer)
    process, seconds = start(environment, "--demo")
    table.add("second start → first page", seconds, "s", 5)
    table.add("memory of the worker after boot", worker_mb(process.pid), "MB", 150, "324 MB")
    browser = _Browser(address(process).rstrip("/"))
    count = browser.every_page()
    table.add(f"memory of the worker after {count} pages", worker_mb(process.pid), "MB", 150, "379–586 MB")
    for path in browser.documents:
        browser.ask(path)
    table.add(f"memory of the worker after {len(browser.documents)} documents too", worker_mb(process.pid), "MB")
    stop(process)


class _Browser:
    """Someone of the demonstration, signed in."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.documents: list[str] = []

    def ask(self, path: str, data: bytes | None = None) -> tuple[str, str]:
        """(where it led, the page); an empty page when it was refused with a sentence."""
        try:
            with self.opener.open(urllib.request.Request(self.server + path, data, {"Referer": self.server})) as answer:
                return urllib.parse.urlsplit(answer.url).path, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise
            return path, ""

    def every_page(self) -> int:
        """Signs in, then asks for whatever pages link to; how many. Documents are kept for later."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(SIGN_IN)[1])
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1], "login": "rssi@demo.invalid", "password": "carene-demonstration"}
        home, page = self.ask(SIGN_IN, urllib.parse.urlencode(form).encode())
        waiting, seen = links_of(page), {home}
        while waiting and len(seen) < MOST:
            path = waiting.pop(0)
            if path in seen or path in self.documents:
                continue
            if DOCUMENT.search(path):
                self.documents.append(path)
                continue
            seen.add(path)
            waiting += links_of(self.ask(path)[1])
        assert len(seen) > 100, "the demonstration was not crawled"
        return len(seen)


_ports: dict[int, int] = {}


def address(process: subprocess.Popen[bytes]) -> str:
    return f"http://127.0.0.1:{_ports[process.pid]}/"


def start(environment: dict[str, str], *options: str) -> tuple[subprocess.Popen[bytes], float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "carene.cli.main", "serve", "--port", str(port), *options],
        env={**os.environ, "CARENE_HOSTS": "localhost,127.0.0.1", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _ports[process.pid] = port
    while time.perf_counter() - begin < 120:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/compte/login/", timeout=5).read()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return process, time.perf_counter() - begin
    process.kill()
    raise SystemExit("the server did not start within two minutes")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def worker_mb(master: int) -> float:
    """Resident memory of the largest child of the master, in MB."""
    return max(_resident_mb(child) for child in _children(master))


def workers_cpu(master: int) -> float:
    """Seconds of processor that the children of the master have used."""
    ticks = 0
    for child in _children(master):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # in user mode and in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(master: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
