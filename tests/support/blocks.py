# SPDX-License-Identifier: EUPL-1.2
"""Who runs what when the tests run in several processes (``-n 2``).

A file stays whole: what its tests share is made once. Files that share a server, a browser or a demonstration stay
together. The longest begin, so that nobody waits for them at the end. Plain ``xdist_group`` marks do nothing: xdist 3.8
writes them in a name that pytest 9 no longer reads.
"""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# The longest first. What no line names is a block of its own: its file.
TOGETHER = (
    "tests/e2e/*",  # a browser, and a server with the demonstration
    "tests/attacks/test_killed_server.py tests/attacks/test_together.py tests/attacks/test_uploads.py",  # two servers
    "tests/isolation/*",  # two hospitals where everything exists
    "tests/core/test_backup.py tests/core/test_doctor.py tests/core/test_killed_restores.py",  # a demonstration saved
    "tests/attacks/test_hostile_inputs.py",
    "tests/apps/roadmaps/*",  # long searches
)


def block(nodeid: str) -> str:
    """Name of the block that a test belongs to."""
    path = nodeid.partition("::")[0]
    return next((line for line in TOGETHER if any(fnmatch(path, one) for one in line.split())), path)


class Blocks(LoadScopeScheduling):
    """Block by block, the longest first."""

    def _split_scope(self, nodeid: str) -> str:
        return block(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        def place(name: str) -> tuple[int, int]:
            known = TOGETHER.index(name) if name in TOGETHER else len(TOGETHER)
            return known, -len(self.workqueue[name])

        self.workqueue.move_to_end(min(self.workqueue, key=place), last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Blocks | None:
    """Whatever ``--dist`` says, short of « each »."""
    return None if config.getvalue("dist") == "each" else Blocks(config, log)
