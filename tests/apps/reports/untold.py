# SPDX-License-Identifier: EUPL-1.2
"""What fails with an error that cannot be given to another process."""

from __future__ import annotations


class Untold(Exception):
    def __init__(self, text: str, *, needed: int) -> None:
        super().__init__(text)


def fail() -> bytes:
    raise Untold("no way", needed=1)
