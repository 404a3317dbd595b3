# SPDX-License-Identifier: EUPL-1.2
"""``carene work``: long computations, in a process of their own."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from typing import Any

POLITE = 10  # below those who answer pages
LAST_WORDS = 3.0  # seconds to write that the job was interrupted
STANDARD_INPUT = 0


def register(subparsers: Any) -> None:
    work = subparsers.add_parser("work", help="fait les calculs longs, les uns après les autres")
    work.add_argument(
        "--until-idle", action="store_true", help="s'arrête quand il ne reste rien à faire, ou avec qui l'a démarré"
    )
    work.set_defaults(handler=_work)


def _work(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from carene.cli import server

    server.database()
    server.finish()  # like pages: by the role of the application
    from django.conf import settings

    from carene.core.backup import lock
    from carene.core.jobs import chores, queries, worker

    folder = Path(settings.VAR)
    lock.hold_server(folder)
    os.nice(POLITE)
    name = worker.name()
    _end_with(name, its_parent=arguments.until_idle)
    if not arguments.until_idle:
        print("Carène attend des calculs à faire. Arrêter : Ctrl+C.", flush=True)
        worker.work(name, until_idle=False)
    from carene.core.jobs.starting import WORKER

    while (held := lock.hold(folder, WORKER)) is not None:
        worker.work(name, until_idle=True)
        os.close(held)
        if not queries.waiting() and not chores.pending():  # a last look, once the next one may be started
            break
    return 0


def _end_with(worker: str, *, its_parent: bool) -> None:
    """Ctrl+C, the system, or the death of the server that started us: the job says that it was interrupted.

    The signals are waited for by a thread: the main one may be inside a solver for minutes.
    """
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait_for_signal() -> None:
        signal.sigwait(signals)
        _end(worker)

    def wait_for_parent() -> None:
        while os.read(STANDARD_INPUT, 1):  # not sys.stdin, whose lock would be held when we end
            continue
        _end(worker)

    threading.Thread(target=wait_for_signal, daemon=True).start()
    if its_parent:
        threading.Thread(target=wait_for_parent, daemon=True).start()


def _end(worker: str) -> None:
    from carene.core.jobs.worker import interrupt

    guard = threading.Timer(LAST_WORDS, os._exit, (1,))
    guard.daemon = True
    guard.start()
    try:
        interrupt(worker)
    finally:
        os._exit(0)
