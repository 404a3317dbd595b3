# SPDX-License-Identifier: EUPL-1.2
"""What is done once a day, whoever is there: an app says it in ``AppConfig.ready``.

    from carene.core.jobs.daily import Daily, register

    register(Daily("campaigns.reminders", "Rappels des campagnes", "carene.apps.campaigns.daily.remind"))

``run`` is the dotted name of ``remind(today: date) -> str``. It does what is due on that day and says in a few French
words what it did (« 3 rappels préparés »), or "" when there was nothing to do. It sees every row; it writes by actions,
in short transactions (one for each organisation, never one around all: on SQLite everybody else would wait). It may be
cut anywhere and called again the same day: what is already done must not be done twice. Letters are not sent there but
posted (``core.letters.actions.post``), and leave right after.

Who calls: ``carene upkeep`` (a timer of the system), and the process of the computations once a day from the hour of
``packs/jobs.yaml``. Two never work at once, even on two servers. A task that breaks is told, kept, and takes none of
the others with it; ``carene upkeep`` tries it again the same day, the process only on the next one.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from carene.core.backup import lock
from carene.core.database.writes import atomic_write
from carene.core.jobs.limits import limits
from carene.core.jobs.models import DailyRun
from carene.core.row_security import scope
from carene.engines.sources import InputError

log = logging.getLogger(__name__)
LOCK = "daily.lock"
_settled: set[dt.date] = set()  # days on which this process saw everything tried: nothing is read any more


@dataclass(frozen=True)
class Daily:
    """``title`` is French, for people."""

    name: str
    title: str
    run: str


_tasks: dict[str, Daily] = {}


def register(task: Daily) -> None:
    _tasks[task.name] = task


def tasks() -> list[Daily]:
    """In the order of their names."""
    return [_tasks[name] for name in sorted(_tasks)]


def pending(now: dt.datetime | None = None) -> bool:
    """Has a task not been tried today, now that its hour has come? No query once everything was."""
    now = timezone.localtime(now)
    today = now.date()
    if now.hour < limits().daily_from_hour or today in _settled:
        return False
    tried = set(DailyRun.objects.filter(day=today).order_by("name").values_list("name", flat=True))
    if tried >= set(_tasks):
        _settled.clear()
        _settled.add(today)
    return not tried >= set(_tasks)


def run(stop: Callable[[], bool]) -> None:
    """The chore of the process of the computations: what was not tried today."""
    perform(timezone.localdate(), stop=stop)


def perform(today: dt.date, *, again: bool = False, stop: Callable[[], bool] = lambda: False) -> list[DailyRun] | None:
    """Does what was not done today, in order, and gives what became of it; None: somebody else is at it.

    ``again``: also what broke earlier today.
    """
    with scope.everything("what is done each day is for every organisation"), _alone() as ours:
        if not ours:
            return None
        known = {row.name: row for row in DailyRun.objects.filter(day=today).order_by("name")}
        found = []
        for task in tasks():
            row = known.get(task.name)
            if stop():
                break
            if row is None or (again and row.failed):
                found.append(_do(task, today))
        _forget(today)
        return found


def _do(task: Daily, today: dt.date) -> DailyRun:
    begun = time.monotonic()
    failed, said = False, ""
    try:
        said = str(import_string(task.run)(today))
    except InputError as error:
        failed, said = True, error.sentence
    except Exception as error:  # one that breaks must not take the others with it; it is told, and tried again
        log.exception("daily task %s broke", task.name)
        failed, said = True, f"{type(error).__name__} : {error}"
    values = {"at": timezone.now(), "seconds": time.monotonic() - begun, "failed": failed, "said": said[:500]}
    with atomic_write():
        row, _ = DailyRun.objects.update_or_create(name=task.name, day=today, defaults=values)
    return row


def _forget(today: dt.date) -> None:
    with atomic_write():
        DailyRun.objects.filter(day__lt=today - limits().keep).delete()


@contextmanager
def _alone() -> Iterator[bool]:
    """False inside when another process is at it. Ends with the process, however it ends."""
    if connection.vendor != "postgresql":
        held = lock.hold(Path(settings.VAR), LOCK)
        try:
            yield held is not None
        finally:
            if held is not None:
                os.close(held)
        return
    key = "hashtextextended('carene daily', 0)"
    with connection.cursor() as cursor:  # of the session: a task has transactions of its own
        cursor.execute(f"SELECT pg_try_advisory_lock({key})")
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({key})")


def latest() -> list[DailyRun]:
    """The last run of each task that this version knows, in the order of their names; one query."""
    rows = DailyRun.objects.filter(name__in=list(_tasks)).order_by("name", "day")
    return list({row.name: row for row in rows}.values())


def title_of(row: DailyRun) -> str:
    return _tasks[row.name].title if row.name in _tasks else row.name
