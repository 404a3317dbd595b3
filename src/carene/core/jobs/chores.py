# SPDX-License-Identifier: EUPL-1.2
"""Short upkeep that nobody asks for by name: done at once, beside the long computations, by whatever worker is there.

A chore is a pair of dotted names. ``pending()`` says in a query or two whether there is something to do; ``run(stop)``
does it in short transactions, gives way as soon as ``stop()`` is true, and may be cut anywhere: the next one goes on.
Several workers may run it at once; it settles by itself which of them works.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from dataclasses import dataclass

from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

from carene.core.row_security import scope

log = logging.getLogger(__name__)
LOOK = 0.5  # seconds between two looks
REST = 10.0  # seconds after a failure


@dataclass(frozen=True)
class Chore:
    name: str
    pending: str
    run: str


_chores: dict[str, Chore] = {}


def register(chore: Chore) -> None:
    _chores[chore.name] = chore


def pending() -> list[Chore]:
    """Those that have something to do."""
    with scope.everything("upkeep is of every organisation"):
        return [chore for chore in _chores.values() if import_string(chore.pending)()]


class Upkeep:
    """A thread that does the chores for as long as the block lasts. ``idle``: nothing was left at its last look."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._idle = threading.Event()

    @property
    def idle(self) -> bool:
        return self._idle.is_set()

    def __enter__(self) -> Upkeep:
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.is_set():
            pause = LOOK
            try:
                close_old_connections()
                if not self._once():
                    self._idle.set()
            except Exception:  # upkeep that breaks must not take the computations with it; it is tried again
                log.exception("upkeep broke")
                connection.close()
                self._idle.set()
                pause = REST
            self._over.wait(pause)
        connection.close()

    def _once(self) -> bool:
        """False when there was nothing to do."""
        waiting = pending()
        if waiting:
            self._idle.clear()
        for chore in waiting:
            with scope.everything("upkeep is of every organisation"):
                import_string(chore.run)(self._over.is_set)
        return bool(waiting)
