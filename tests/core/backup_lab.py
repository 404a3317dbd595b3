# SPDX-License-Identifier: EUPL-1.2
"""Programs that the tests of backups run in processes of their own: ``python -m tests.core.backup_lab NAME …``.

They work on real databases on disk, with the ordinary settings, and some of them die on purpose.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")


def _actor_and_node() -> tuple[Any, Any]:
    from carene.core.access.actor import Actor
    from carene.core.tenancy.models import Node

    return Actor.system(), Node.objects.order_by("pk").first()


def build() -> None:
    """The demonstration, and two files."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command

    from carene.apps.demonstration import build as demonstration
    from carene.core.database.writes import atomic_write
    from carene.core.files.store import accept, store

    call_command("migrate", verbosity=0)
    demonstration.load(lambda _text: None)
    actor, node = _actor_and_node()
    for index in range(2):
        content = b"%PDF-1.7 " + random.Random(index).randbytes(300_000 * (index + 1))
        given = accept(actor, node, SimpleUploadedFile(f"preuve{index}.pdf", content))
        with atomic_write():
            store(actor, node, given)


def while_writing(target: str) -> None:
    """A backup while a thread writes without rest; prints how many entries were acknowledged before it began."""
    from django.db import connection

    from carene.core.backup import making
    from carene.core.database.writes import atomic_write
    from carene.core.journal.models import Entry
    from carene.core.journal.writer import record

    actor, node = _actor_and_node()
    over = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            while not over.is_set():
                with atomic_write():
                    record(actor, "essai.fait", node, "chose", None, {"texte": "é" * 500})
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    before = Entry.objects.count()
    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.3)
    acknowledged = Entry.objects.count()
    made = making.make(Path(target))
    written = Entry.objects.count()
    over.set()
    thread.join()
    assert not failures, failures
    print(json.dumps({"before": before, "acknowledged": acknowledged, "written": written, "path": str(made.path)}))


def _killed(work: Callable[[], object], longest: float, rounds: int, look: Callable[[], None]) -> dict[str, int]:
    """Runs ``work`` in children killed after a random while; ``look`` holds the result after each one."""
    from django.db import connection

    draw, ended = random.Random(20261123), 0
    for index in range(rounds):
        connection.close()
        child = os.fork()
        if child == 0:
            try:
                os.setpgid(0, 0)
                work()
            finally:
                os._exit(0)
        os.setpgid(child, child)  # here too: whichever comes first, the group exists before the kill
        time.sleep(longest * draw.random() if index else longest * 0.05)
        ended += os.waitpid(child, os.WNOHANG)[0] != 0
        try:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        look()
    return {"rounds": rounds, "ended": ended}


def killed_backups(target: str, scratch: str) -> None:
    """After each kill, what stands under the name of an archive is a whole one."""
    from carene.core.backup import archive, making

    folder = Path(target)
    start = time.perf_counter()
    making.make(folder)
    longest = time.perf_counter() - start
    seen: set[Path] = set()

    def look() -> None:
        for path in sorted(set(folder.glob("*.zst")) - seen):
            into = Path(scratch) / path.name
            into.mkdir(parents=True)
            assert archive.extract(path, into, []).members
            seen.add(path)

    # One a second is allowed: names carry the second.
    def work() -> None:
        time.sleep(max(0.0, 1.0 - (time.time() % 1.0)) if any(folder.glob(f"*{time.strftime('%S')}.tar.zst")) else 0)
        making.make(folder)

    result = _killed(work, longest * 1.3, 14, look)
    time.sleep(1.1)
    making.make(folder)
    look()
    left = sorted(path.name for path in Path(os.environ["CARENE_VAR"]).glob(".sauvegarde-*"))
    print(json.dumps({**result, "archives": len(seen), "left": left}))


def refusals(*archives: str) -> None:
    """What is said of each one, which must not come back."""
    from carene.core.backup import restoring
    from carene.engines.sources import InputError

    said = []
    for path in archives:
        try:
            restoring.restore(Path(path))
        except InputError as error:
            said.append(error.sentence)
    print(json.dumps(said))


def doctor() -> None:
    from carene.core.backup import health

    print(json.dumps([[line.subject, line.level, line.what] for line in health.examine()]))


def serve_lock() -> None:
    """Holds the lock that ``carene serve`` holds, until its input closes."""
    from carene.core.backup import lock

    lock.hold_server(Path(os.environ["CARENE_VAR"]))
    print("held", flush=True)
    sys.stdin.read()


def main() -> None:
    import django

    django.setup()
    from carene.core.row_security.roles import maintenance

    name, *arguments = sys.argv[1:]
    out, sys.stdout = sys.stdout, io.StringIO() if name == "build" else sys.stdout
    with maintenance("what a command of the administrator does"):
        globals()[name](*arguments)
    sys.stdout = out


if __name__ == "__main__":
    main()
