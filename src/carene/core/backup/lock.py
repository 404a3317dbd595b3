# SPDX-License-Identifier: EUPL-1.2
"""Who is at work on a data folder. Locks of the operating system: they end with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carene.engines.sources import InputError

SERVER, BACKUP = "server.lock", "backup.lock"
_held: set[int] = set()


def hold(folder: Path, name: str, *, shared: bool = False) -> int | None:
    """Takes the lock ``name`` of this folder until the process (and those it forked) ends; None when it is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def hold_server(folder: Path) -> None:
    """For ``carene serve``, as long as it runs. Raises InputError during a restoration."""
    if hold(folder, SERVER, shared=True) is None:
        raise InputError("une restauration est en cours sur ce dossier", where=str(folder), remedy="attendre sa fin")


@contextmanager
def alone(folder: Path, name: str, refused: InputError) -> Iterator[None]:
    """Nobody else holds ``name`` inside; raises ``refused`` when somebody does."""
    descriptor = hold(folder, name)
    if descriptor is None:
        raise refused
    _held.add(descriptor)
    try:
        yield
    finally:
        _held.remove(descriptor)
        os.close(descriptor)


def shared_with_children() -> tuple[int, ...]:
    """For ``pass_fds``: killed, a program does not take its children along, and until they end its work is not over."""
    return tuple(_held)
