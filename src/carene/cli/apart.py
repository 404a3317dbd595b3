# SPDX-License-Identifier: EUPL-1.2
"""Work done in a process of its own: the memory that it took goes with it, and the other core is put to use."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from carene.cli import exits

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def apart(work: Callable[[], None], meanwhile: Callable[[], None]) -> int:
    """Runs ``work`` in a child and ``meanwhile`` here; the exit code of the child, which has said what went wrong.

    Nothing may be open that two processes cannot share (no connection to a database, no thread).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os._exit(_as_command(work, parent))
    try:
        meanwhile()
        return _ended(child)
    except KeyboardInterrupt:  # it was interrupted too, and says so
        return _ended(child)


def _as_command(work: Callable[[], None], parent: int) -> int:
    _die_with(parent)

    def command(_arguments: argparse.Namespace) -> int:
        work()
        return exits.DONE

    code = exits.run(command, argparse.Namespace())
    sys.stderr.flush()
    return code


def _die_with(parent: int) -> None:
    """Linux ends us when our parent is killed: it must not find us at work when it is started again."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(exits.OWN_FAILURE)


def _ended(child: int) -> int:
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else exits.OWN_FAILURE
