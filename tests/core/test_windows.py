# SPDX-License-Identifier: EUPL-1.2
"""A long list read page by page behaves as the list itself."""

from __future__ import annotations

import pytest
from django.core.paginator import Paginator
from hypothesis import given
from hypothesis import strategies as st

from carene.core.database.windows import Window


class Numbers(Window[int]):
    def __init__(self, length: int) -> None:
        self.length = length
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return self.length

    def read(self, start: int, stop: int) -> list[int]:
        assert 0 <= start <= stop <= self.length
        self.asked.append((start, stop))
        return list(range(start, stop))


@given(st.integers(0, 30), st.slices(30))
def test_a_slice_is_that_of_the_list(length: int, asked: slice) -> None:
    if asked.step is None or asked.step > 0:
        assert Numbers(length)[asked] == list(range(length))[asked]


def test_one_row_counts_from_both_ends() -> None:
    rows = Numbers(10)
    assert (rows[0], rows[9], rows[-1], rows[-10]) == (0, 9, 9, 0)
    for outside in (10, -11):
        with pytest.raises(IndexError):
            rows[outside]


def test_a_page_reads_its_own_rows_only() -> None:
    rows = Numbers(1_000)
    assert list(Paginator(rows, 50).page(20).object_list) == list(range(950, 1_000))
    assert rows.asked == [(950, 1_000)]
