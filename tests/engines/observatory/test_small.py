# SPDX-License-Identifier: EUPL-1.2
"""What is shown designates nobody, alone or by difference with the total."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from carene.engines.observatory.small import shown

CELLS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 30), max_size=12)


@given(CELLS, st.integers(2, 8))
def test_no_small_cell_even_by_difference(cells: dict[str, int], smallest: int) -> None:
    kept = shown(cells, smallest)
    assert all(cells[key] >= smallest for key in kept)
    hidden = sum(cells.values()) - sum(cells[key] for key in kept)
    assert hidden == 0 or hidden >= smallest or not kept


@given(CELLS, st.integers(2, 8))
def test_nothing_is_hidden_without_a_reason(cells: dict[str, int], smallest: int) -> None:
    if all(count == 0 or count >= smallest for count in cells.values()):
        assert shown(cells, smallest) == {key for key, count in cells.items() if count}


def test_one_small_cell_takes_another_with_it() -> None:
    assert shown({"a": 3, "b": 6, "c": 20}, 5) == {"c"}
    assert shown({"a": 3, "b": 2, "c": 20}, 5) == {"c"}
    assert shown({"a": 3, "c": 20}, 5) == frozenset()
