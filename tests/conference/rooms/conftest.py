"""A room to drive."""

import pytest

from tests.conference.rooms.support import RoomDriver


@pytest.fixture
def driver() -> RoomDriver:
    """Return an empty room."""
    return RoomDriver()
