"""Extended sequence numbers, from all parts of the 16-bit range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp.sequence import Unwrapper, signed32

STARTS = [0, 1, 32767, 32768, 65534, 65535]


@pytest.mark.parametrize("start", STARTS)
def test_numbers_grow_across_the_wrap(start: int) -> None:
    numbers = Unwrapper()
    extended = [numbers.unwrap((start + i) & 0xFFFF) for i in range(70_000)]
    assert extended == list(range(extended[0], extended[0] + 70_000))
    assert extended[0] & 0xFFFF == start


@pytest.mark.parametrize("start", STARTS)
def test_late_packets_get_lower_numbers(start: int) -> None:
    numbers = Unwrapper()
    first = numbers.unwrap(start)
    assert numbers.unwrap((start + 3) & 0xFFFF) == first + 3
    assert numbers.unwrap((start + 1) & 0xFFFF) == first + 1
    assert numbers.unwrap((start - 1) & 0xFFFF) == first - 1
    assert numbers.highest == first + 3


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.integers(-1000, 1000), max_size=200),
)
def test_any_sequence_of_small_steps_is_extended(start: int, steps: list[int]) -> None:
    numbers = Unwrapper()
    base = numbers.unwrap(start)
    highest = base
    for step in steps:
        true = highest + step
        assert numbers.unwrap(true & 0xFFFF) == true
        highest = max(highest, true)


@given(st.integers(0, 0xFFFFFFFF), st.integers(-0x7FFFFFFF, 0x7FFFFFFF))
def test_a_signed_difference_is_right_across_the_wrap(base: int, step: int) -> None:
    assert signed32(((base + step) & 0xFFFFFFFF) - base) == step
