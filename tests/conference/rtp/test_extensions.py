"""Header extensions (RFC 8285)."""

from hypothesis import given
from hypothesis import strategies as st

from conference.rtp import extensions


@given(
    st.lists(
        st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)),
        unique_by=lambda element: element[0],
        max_size=6,
    )
)
def test_a_built_block_is_parsed_to_the_same_elements(
    elements: list[tuple[int, bytes]],
) -> None:
    block = extensions.build(elements)
    assert len(block) % 4 == 0
    if elements:
        assert extensions.parse(block, 0) == (dict(elements), len(block))
    else:
        assert block == b""


def test_absolute_send_time_wraps_after_64_seconds() -> None:
    assert extensions.abs_send_time(1.5) == extensions.abs_send_time(65.5)
    assert extensions.abs_send_time(1.0) == (1 << 18).to_bytes(3, "big")


def test_the_audio_level_is_without_the_voice_activity_flag() -> None:
    assert extensions.audio_level(b"\x9e") == 30
