"""Connectivity tests before joining: few, short, and closed with their connection."""

import asyncio
from collections.abc import Callable

import pytest

from conference.address_key import address_key
from conference.contract import media
from conference.errors import Refused, TooMuch
from conference.ids import ConnectionId, ParticipantId
from conference.service.preflight import (
    TRIAL_BYTES,
    TRIAL_S,
    TRIALS_EACH,
    TRIALS_MOST,
    TRIALS_PER_ADDRESS,
    Preflight,
)
from tests.signaling.support import QuietPlane, until

RITA = ConnectionId("rita")
PAUL = ConnectionId("paul")
INSTITUTE = "192.0.2.200"
ELSEWHERE = "198.51.100.1"


class WaitingPlane(QuietPlane):
    """A plane during whose work something else may happen."""

    meanwhile: Callable[[], None] | None = None
    waits_for: asyncio.Event | None = None

    async def publish(self, command: media.Publish) -> media.PublishAnswer:
        answer = await super().publish(command)
        if self.waits_for is not None:
            await self.waits_for.wait()
        if self.meanwhile is not None:
            self.meanwhile()
        return answer


class World:
    """Trials on a plane that only takes notes, with a clock to turn."""

    def __init__(self) -> None:
        self.now = 100.0
        self.moved = 0
        self.plane = WaitingPlane(lambda _: None)
        self.preflight = Preflight(self.plane, clock=lambda: self.now, moved=self._move)

    def _move(self) -> None:
        self.moved += 1

    async def open(
        self, connection: ConnectionId, sdp: str = "v=0", *, address: str = INSTITUTE
    ) -> str:
        return await self.preflight.open(connection, address, sdp)

    @property
    def legs(self) -> set[ParticipantId]:
        """The legs that were opened and not closed."""
        said = self.plane.commands
        opened = {command.publisher for command in self.plane.published}
        closed = {c.participant for c in said if isinstance(c, media.CloseLegs)}
        return opened - closed


@pytest.fixture
def world() -> World:
    return World()


async def test_two_tests_at_once_and_no_third(world: World) -> None:
    for _ in range(TRIALS_EACH):
        assert (await world.open(RITA)).startswith("v=0")
    with pytest.raises(TooMuch, match="two ways"):
        await world.open(RITA)
    await world.open(PAUL)
    assert len(world.legs) == TRIALS_EACH + 1
    assert world.moved == TRIALS_EACH + 1


async def test_each_connection_has_a_room_of_its_own(world: World) -> None:
    await world.open(RITA)
    await world.open(RITA)
    await world.open(PAUL)
    rooms = [command.room for command in world.plane.published]
    assert rooms[0] == rooms[1] != rooms[2]


async def test_a_trial_ends_by_itself(world: World) -> None:
    await world.open(RITA)
    world.now += 5
    await world.open(RITA)
    assert world.preflight.next_timeout() == 100.0 + TRIAL_S
    world.now = 100.0 + TRIAL_S
    world.preflight.tick()
    assert len(world.legs) == 1
    world.now += 5
    world.preflight.tick()
    assert world.legs == set()
    assert world.preflight.next_timeout() is None
    assert isinstance(world.plane.commands[-1], media.CloseRoom)


async def test_it_goes_with_its_connection(world: World) -> None:
    await world.open(RITA)
    await world.open(PAUL)
    world.preflight.close(RITA)
    world.preflight.close(RITA)
    assert len(world.legs) == 1
    world.preflight.close(PAUL)
    assert world.legs == set()


async def test_a_bad_offer_counts_for_nothing(world: World) -> None:
    world.plane.fault = Refused("bad-description", "It cannot be used.")
    for _ in range(TRIALS_EACH + 1):
        with pytest.raises(Refused):
            await world.open(RITA, "nonsense")
    assert world.preflight.next_timeout() is None


async def test_a_connection_that_closes_while_a_test_opens_leaves_nothing(
    world: World,
) -> None:
    world.plane.meanwhile = lambda: world.preflight.close(RITA)
    await world.open(RITA)
    assert world.legs == set()
    assert world.preflight.next_timeout() is None


async def test_a_test_that_is_cancelled_while_it_opens_leaves_nothing(
    world: World,
) -> None:
    world.plane.waits_for = asyncio.Event()
    opening = asyncio.create_task(world.open(RITA))
    await until(lambda: bool(world.plane.published))
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert world.legs == set()
    assert world.preflight.next_timeout() is None
    assert isinstance(world.plane.commands[-1], media.CloseRoom)


async def test_the_server_takes_only_so_many(world: World) -> None:
    for number in range(TRIALS_MOST):
        await world.open(ConnectionId(f"c{number}"), address=f"192.0.2.{number}")
    with pytest.raises(TooMuch, match="on this server"):
        await world.open(RITA)
    world.preflight.close(ConnectionId("c0"))
    await world.open(RITA)


async def test_one_address_leaves_trials_to_the_others(world: World) -> None:
    for number in range(TRIALS_PER_ADDRESS):
        await world.open(ConnectionId(f"c{number}"))
    with pytest.raises(TooMuch, match="your network address"):
        await world.open(RITA)
    await world.open(PAUL, address=ELSEWHERE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "unknown", False),
    ],
)
def test_an_ipv6_network_counts_as_one_address(
    one: str, other: str, same: bool
) -> None:
    assert (address_key(one) == address_key(other)) is same


async def test_a_client_that_returns_at_once_is_counted_on(world: World) -> None:
    for number in range(TRIALS_PER_ADDRESS):
        await world.open(ConnectionId(f"c{number}"))
        world.preflight.close(ConnectionId(f"c{number}"))
        world.now += 0.5
    with pytest.raises(TooMuch):
        await world.open(RITA)
    world.now = 100.0 + TRIAL_S
    world.preflight.tick()
    await world.open(RITA)
    with pytest.raises(TooMuch):
        await world.open(PAUL)


async def test_bad_offers_are_not_counted_for_an_address(world: World) -> None:
    world.plane.fault = Refused("bad-description", "It cannot be used.")
    for number in range(TRIALS_PER_ADDRESS + 1):
        with pytest.raises(Refused):
            await world.open(ConnectionId(f"c{number}"), "nonsense")
    world.plane.fault = None
    await world.open(RITA)


async def test_a_trial_has_a_budget(world: World) -> None:
    await world.open(RITA)
    assert world.plane.published[0].budget_bytes == TRIAL_BYTES
