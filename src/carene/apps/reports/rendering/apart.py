# SPDX-License-Identifier: EUPL-1.2
"""Documents are made in a process of their own, that ends with them.

The typesetter and what writes Word files take 80 MB, which a worker that has served one document would keep for ever.
A process costs half a second, and a document that would never end is stopped.
"""

from __future__ import annotations

import importlib
import pickle  # nosec B403
import subprocess  # nosec B404
import sys
import traceback
from typing import Any, cast

COMMAND = (sys.executable, "-m", __name__)
SECONDS = 90  # under the patience of a worker


def rendered(name: str, *given: object, **named: object) -> bytes:
    """What « module:function » gives for these arguments; raises what it raises."""
    asked = pickle.dumps((name, given, named), pickle.HIGHEST_PROTOCOL)
    answer = subprocess.run(COMMAND, input=asked, stdout=subprocess.PIPE, check=True, timeout=SECONDS)  # nosec B603
    done, found = pickle.loads(answer.stdout)  # nosec B301
    if not done:
        raise found
    return cast("bytes", found)


def call(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> bytes:
    module, _, function = name.partition(":")
    return cast("bytes", getattr(importlib.import_module(module), function)(*given, **named))


def main() -> None:
    # What we read was written by our parent, a moment ago, on a pipe that nobody else holds.
    name, given, named = pickle.load(sys.stdin.buffer)  # nosec B301
    try:
        answer = pickle.dumps((True, call(name, given, named)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        answer = _told(error)
    sys.stdout.buffer.write(answer)


def _told(error: Exception) -> bytes:
    """The error with where it happened; one that cannot travel is told by another."""
    where = "".join(traceback.format_exception(error))
    error.add_note(where)
    try:
        told = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(told)  # nosec B301
    except Exception:
        return pickle.dumps((False, RuntimeError(where)), pickle.HIGHEST_PROTOCOL)
    return told


if __name__ == "__main__":
    main()
