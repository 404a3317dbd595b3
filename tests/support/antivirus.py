# SPDX-License-Identifier: EUPL-1.2
"""An antivirus for the tests: clamd itself with one signature of ours where it is installed, and a stand-in that speaks
the same protocol and can misbehave."""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The file that every antivirus agrees to find, in two pieces so that none finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Essai.Eicar"
CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
CONFIGURATION = """
Foreground yes
DatabaseDirectory {folder}/signatures
TCPSocket {port}
TCPAddr 127.0.0.1
LocalSocket {folder}/socket
TemporaryDirectory {folder}
StreamMaxLength 22M
"""


@contextmanager
def real(folder: Path) -> Iterator[list[Any]]:
    """clamd, knowing nothing but EICAR; gives its two addresses."""
    assert CLAMD is not None
    (folder / "signatures").mkdir()
    (folder / "signatures" / "essai.ndb").write_text(f"{NAME}:0:*:{EICAR.hex()}\n")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen([CLAMD, "--config-file", str(folder / "clamd.conf")], stdout=log, stderr=log)
    try:
        for _ in range(600):
            if (folder / "socket").exists() or daemon.poll() is not None:
                break
            time.sleep(0.1)
        assert daemon.poll() is None, (folder / "log").read_text()
        yield [("127.0.0.1", port), str(folder / "socket")]
    finally:
        daemon.terminate()
        daemon.wait(20)


class StandIn(socketserver.ThreadingTCPServer):
    """INSTREAM and VERSION as clamd answers them. ``mood``: « well », or how it misbehaves."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.mood, self.limit = "well", 22 * 1024 * 1024
        self.dated = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime())
        self.seen: list[bytes] = []

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", int(self.server_address[1]))


class _Answer(socketserver.StreamRequestHandler):
    server: StandIn

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            piece = self.rfile.read(1)
            if not piece:
                return
            command += piece
        self.wfile.write(self.answer(command).encode() + b"\0")

    def answer(self, command: bytes) -> str:
        if command == b"zVERSION\0":
            return f"ClamAV 1.4.6/27000/{self.server.dated}"
        assert command == b"zINSTREAM\0", command
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.limit:
                return "INSTREAM size limit exceeded. ERROR"
        self.server.seen.append(content)
        if self.server.mood == "silent":
            time.sleep(3)
        if self.server.mood in {"garbage", "silent"}:
            return "What?"
        return f"stream: {NAME}.UNOFFICIAL FOUND" if EICAR in content else "stream: OK"


@contextmanager
def stand_in() -> Iterator[StandIn]:
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
