# SPDX-License-Identifier: EUPL-1.2
"""Short upkeep is done beside the computations; one that breaks takes nothing with it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from carene.core.jobs import chores

todo: list[str] = []
done: list[str] = []


def pending() -> bool:
    return bool(todo)


def run(stop: Callable[[], bool]) -> None:
    assert not stop()
    if todo[0] == "breaks":
        todo.pop()
        raise RuntimeError("as foreseen")
    done.append(todo.pop())


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "_chores", {})
    monkeypatch.setattr(chores, "LOOK", 0.01)
    monkeypatch.setattr(chores, "REST", 0.01)
    todo.clear()
    done.clear()
    chores.register(chores.Chore("essai", f"{__name__}.pending", f"{__name__}.run"))


def soon(reached: Callable[[], bool]) -> bool:
    for _ in range(6000):  # a minute: it comes at once, unless the machine is busy
        if reached():
            return True
        time.sleep(0.01)
    return False


def test_what_is_pending_is_done_and_then_it_is_idle(transactional_db: None) -> None:
    assert chores.pending() == []
    todo.append("work")
    assert [one.name for one in chores.pending()] == ["essai"]
    with chores.Upkeep() as upkeep:
        assert soon(lambda: done == ["work"] and upkeep.idle)
        todo.append("more")
        assert soon(lambda: done == ["work", "more"])


def test_a_failure_is_told_and_tried_again(transactional_db: None, caplog: pytest.LogCaptureFixture) -> None:
    todo.append("breaks")
    with chores.Upkeep():
        assert soon(lambda: "upkeep broke" in caplog.text)
        todo.append("work")
        assert soon(lambda: done == ["work"])
