# SPDX-License-Identifier: EUPL-1.2
"""Starting for real: first page, second start, memory of a worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.table import Table


def run(table: Table, folder: Path) -> None:
    var = folder / "server"
    peer = "9 min of CPU, 17.8 s each start"
    process, seconds = _start(var, "--demo")
    _stop(process)
    table.add("installed, empty folder → first page (with demo)", seconds, "s", 10, peer)
    process, seconds = _start(var, "--demo")
    table.add("second start → first page", seconds, "s", 5)
    table.add("memory of the worker after boot", _worker_mb(process.pid), "MB", 150, "324 MB")
    address = _address(process)
    for _ in range(200):
        urllib.request.urlopen(address + "compte/login/").read()
    table.add("memory of the worker after 200 pages", _worker_mb(process.pid), "MB", 150, "379–586 MB")
    _stop(process)


_ports: dict[int, int] = {}


def _address(process: subprocess.Popen[bytes]) -> str:
    return f"http://127.0.0.1:{_ports[process.pid]}/"


def _start(var: Path, *options: str) -> tuple[subprocess.Popen[bytes], float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "CARENE_VAR": str(var)}
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "carene.cli.main", "serve", "--port", str(port), *options],
        env=environment,
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


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def _worker_mb(master: int) -> float:
    """Resident memory of the largest child of the master, in MB."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return max(_resident_mb(int(child)) for child in children)


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
