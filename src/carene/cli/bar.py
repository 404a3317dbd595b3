# SPDX-License-Identifier: EUPL-1.2
"""How far a long command is."""

from __future__ import annotations

import sys
import time

WIDTH = 30  # characters


class Bar:
    """« Lecture ███░░ 43 % » on the error output; one line a stage where it is not a terminal."""

    def __init__(self) -> None:
        self.alive = sys.stderr.isatty()
        self.said, self.at = "", 0.0

    def show(self, what: str, share: float) -> None:
        if not self.alive:
            if what != self.said:
                print(f"{what}…", file=sys.stderr, flush=True)
                self.said = what
            return
        now = time.monotonic()
        if what == self.said and share < 1 and now - self.at < 0.1:
            return
        full = round(WIDTH * min(1.0, share))
        bar = "█" * full + "░" * (WIDTH - full)
        print(f"\r{what:<15} {bar} {share * 100:3.0f} %", end="", file=sys.stderr, flush=True)
        self.said, self.at = what, now

    def clear(self) -> None:
        if self.alive and self.said:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
