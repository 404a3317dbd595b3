# SPDX-License-Identifier: EUPL-1.2
"""A web process starts a worker when there is something to do; the worker ends when there is nothing left.

One lock of the operating system in the data folder says whether a worker is there: it ends with its process, however it
ends. The worker lets go of it, then looks a last time: what was asked for meanwhile is never forgotten.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from carene.core.backup import lock

WORKER = "worker.lock"
COMMAND = (sys.executable, "-m", "carene.cli.main", "work", "--until-idle")
_children: list[subprocess.Popen[Any]] = []


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
    # Its standard input stays open as long as we live: its end tells it that the server is gone, even killed.
    _children.append(
        subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
    )


def wake_if_waiting() -> None:
    """At the start of a server: what the last stop left waiting."""
    from django.db import connection

    from carene.core.jobs import queries

    try:
        if queries.waiting():
            wake()
    finally:
        connection.close()
