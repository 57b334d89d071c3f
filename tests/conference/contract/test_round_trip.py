"""Every message between the halves survives a round trip through bytes."""

import dataclasses
import inspect
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.contract import figures, media, records, words
from tests.support.plain import adapter

MESSAGES: list[type[Any]] = sorted(
    {
        value
        for module in (figures, media, records, words)
        for _, value in inspect.getmembers(module, inspect.isclass)
        if dataclasses.is_dataclass(value)
    },
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
PLAIN = st.one_of(st.integers(-(2**53), 2**53).map(float), st.floats(0, 1e12))
"""Times, rates and shares: finite, as JSON knows no others."""


ADAPTERS = {kind: adapter(kind) for kind in MESSAGES}


@pytest.fixture(scope="module", autouse=True)
def _finite_floats() -> None:
    st.register_type_strategy(float, PLAIN)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_message_is_the_same_after_a_trip_through_bytes(
    kind: type[Any], data: st.DataObject
) -> None:
    message = data.draw(st.from_type(kind))
    through = ADAPTERS[kind]
    (again,) = through.validate_json(through.dump_json([message]))
    assert again == message
    assert type(again) is kind
    if kind.__module__ != figures.__name__:  # figures hold mappings, and are no keys
        assert hash(again) == hash(message)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_cannot_be_changed_after_it_was_made(kind: type[Any]) -> None:
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)


@pytest.mark.parametrize(
    "union", [media.Command, media.Event, records.Change], ids=["c", "e", "change"]
)
def test_the_unions_hold_messages_only(union: Any) -> None:
    assert set(get_args(union)) <= set(MESSAGES)
