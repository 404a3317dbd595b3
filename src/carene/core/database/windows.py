# SPDX-License-Identifier: EUPL-1.2
"""Long lists whose number is known without reading them: a paginator reads the rows of one page, and no other."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Window(Sequence[T]):
    """What a subclass gives: ``__len__``, and ``read`` for the rows between two places (0 ≤ start ≤ stop ≤ length)."""

    @abstractmethod
    def read(self, start: int, stop: int) -> list[T]: ...

    @overload
    def __getitem__(self, asked: int) -> T: ...
    @overload
    def __getitem__(self, asked: slice) -> list[T]: ...

    def __getitem__(self, asked: int | slice) -> T | list[T]:
        if isinstance(asked, slice):
            start, stop, step = asked.indices(len(self))
            return self.read(start, max(start, stop))[::step]
        place = asked + len(self) if asked < 0 else asked
        if not 0 <= place < len(self):
            raise IndexError(asked)
        return self.read(place, place + 1)[0]
