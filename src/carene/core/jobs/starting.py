# SPDX-License-Identifier: EUPL-1.2
"""A web process starts a worker when there is something to do; the worker ends when there is nothing left.

One lock of the operating system in the data folder says whether a worker is there: it ends with its process, however it
ends. The worker lets go of it, then looks a last time: what was asked for meanwhile is never forgotten.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from carene.core.backup import lock

log = logging.getLogger(__name__)
WORKER = "worker.lock"
COMMAND = (sys.executable, "-m", "carene.cli.main", "work", "--until-idle")
# One that is leaving, one that has not taken the lock yet: on a machine out of breath that takes a minute, while each
# look at a waiting job asks for a worker again.
AT_ONCE = 2
_children: list[subprocess.Popen[Any]] = []
_lasting = False  # is this process a server, under which a worker has the time to work?


def wake() -> None:
    """Starts a worker, unless there is one already, or others take care of jobs (``CARENE_JOBS=non``)."""
    if not settings.JOBS_HERE:
        return
    free = lock.hold(Path(settings.VAR), WORKER)
    if free is None:
        return
    os.close(free)
    _children[:] = [
        child for child in _children if child.poll() is None
    ]  # those that ended leave the table of the system
    if len(_children) >= AT_ONCE:
        return
    # Its standard input stays open as long as we live: its end tells it that the server is gone, even killed.
    _children.append(
        subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
    )


def nudge() -> None:
    """``wake`` for a chore: a server does it at once; what a command leaves waits for the next server or worker."""
    if _lasting:
        wake()


def serve() -> None:
    """Said by a process of a server, once it is there to stay."""
    global _lasting
    _lasting = True


def look_now_and_then(first: float, every: float) -> None:
    """For a thread of a server: ``wake_if_waiting`` after ``first`` seconds, then every ``every``, for ever."""
    pause = first
    while True:
        time.sleep(pause)
        pause = every
        try:
            wake_if_waiting()
        except DatabaseError:  # the database is away for a moment; the next look may find it
            log.warning("could not look at what waits", exc_info=True)


def wake_if_waiting() -> None:
    """What the last stop left waiting, and the chores of the day."""
    from django.db import connection

    from carene.core.jobs import chores, queries

    try:
        if queries.waiting() or chores.pending():
            wake()
    finally:
        connection.close()
