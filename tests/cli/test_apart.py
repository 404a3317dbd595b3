# SPDX-License-Identifier: EUPL-1.2
"""What a command does in a process of its own: how it ends is how the command ends, and it never outlives it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

START = "import os, sys, time\nfrom carene.cli.apart import apart\nfrom carene.engines.sources import InputError\n"


def ended(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=30)


def test_both_are_done() -> None:
    found = ended(r"sys.exit(apart(lambda: os.write(1, b'ici\n'), lambda: os.write(1, b'ailleurs\n')))")
    assert (found.returncode, sorted(found.stdout.split())) == (0, ["ailleurs", "ici"])


def test_a_wrong_input_is_said_once_and_is_the_code() -> None:
    found = ended("def work(): raise InputError('non', remedy='oui')\nsys.exit(apart(work, lambda: None))")
    assert found.returncode == 2
    assert found.stderr.count("non") == 1


def test_a_child_that_is_killed_is_a_failure_of_ours() -> None:
    assert ended("sys.exit(apart(lambda: os.kill(os.getpid(), 9), lambda: None))").returncode == 1


def test_it_ends_with_a_parent_that_is_killed() -> None:
    code = START + "apart(lambda: (print(1, flush=True), time.sleep(60)), lambda: time.sleep(60))"
    begun = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "1\n"
        parent.send_signal(signal.SIGKILL)
        assert parent.stdout.read() == "", "the child holds the other end as long as it lives"
    assert time.monotonic() - begun < 30
