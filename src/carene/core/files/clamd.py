# SPDX-License-Identifier: EUPL-1.2
"""A client of clamd, the daemon of ClamAV: what is to be scanned goes by its socket, never by a path to open.

The protocol is that of clamd(8), command INSTREAM: pieces preceded by their length, then an empty one.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable

Address = tuple[str, int] | str  # host and port, or the path of a local socket

LONGEST_REPLY = 4096  # octets


class ScannerError(Exception):
    """The daemon gave no verdict; the message is what is known of why."""


def scan(address: Address, content: Iterable[bytes], seconds: float) -> str:
    """What clamd found in ``content``, empty when nothing; ``seconds`` for the whole. Raises ScannerError."""
    reply = _ask(address, b"zINSTREAM\0", content, seconds)
    verdict = reply.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScannerError(reply or "il a raccroché sans réponse")


def version(address: Address, seconds: float) -> str:
    """« ClamAV 1.4.6/27000/Mon Nov 23 09:12:01 2026 »; without signatures published by ClamAV, the first part alone."""
    return _ask(address, b"zVERSION\0", None, seconds)


def _ask(address: Address, command: bytes, content: Iterable[bytes] | None, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, seconds) as peer:
            try:
                _send(peer, command, deadline)
                if content is not None:
                    for piece in content:
                        _send(peer, struct.pack("!L", len(piece)) + piece, deadline)
                    _send(peer, struct.pack("!L", 0), deadline)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough: its reply, when there is one, says why
            return _reply(peer, deadline)
    except OSError as error:
        raise ScannerError(
            "délai dépassé" if isinstance(error, TimeoutError) else error.strerror or str(error)
        ) from error


def _connected(address: Address, seconds: float) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, seconds)
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(seconds)
    try:
        peer.connect(address)
    except OSError:
        peer.close()
        raise
    return peer


def _send(peer: socket.socket, data: bytes, deadline: float) -> None:
    _limit(peer, deadline)
    peer.sendall(data)


def _reply(peer: socket.socket, deadline: float) -> str:
    found = b""
    while len(found) < LONGEST_REPLY and not found.endswith(b"\0"):
        _limit(peer, deadline)
        piece = peer.recv(LONGEST_REPLY)
        if not piece:
            break
        found += piece
    return found.rstrip(b"\0").decode("utf-8", "replace").strip()


def _limit(peer: socket.socket, deadline: float) -> None:
    """What is left of the time given to the whole."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    peer.settimeout(left)
