"""One-time links, and the sign-ins that they give."""

import pytest

from conference.errors import NotFound
from conference.service.sign_in import LINK_LIVES_S, SIGN_IN_LIVES_S
from tests.conference.service.support import World


async def test_a_link_works_once_and_leads_to_the_first_account(world: World) -> None:
    sign_in = world.conference.sign_in
    link = await sign_in.new_link()
    secret = await sign_in.redeem(link)
    assert await sign_in.account_of(secret) == world.account
    for wrong in (link, "unknown"):
        with pytest.raises(NotFound) as caught:
            await sign_in.redeem(wrong)
        assert caught.value.code == "link-unknown"


async def test_a_further_link_makes_an_account_of_its_own(world: World) -> None:
    sign_in = world.conference.sign_in
    secret = await sign_in.redeem(await sign_in.new_link(further=True))
    account = await sign_in.account_of(secret)
    assert account not in (None, world.account)


async def test_links_and_sign_ins_end(world: World) -> None:
    sign_in = world.conference.sign_in
    link, late = await sign_in.new_link(), await sign_in.new_link()
    secret = await sign_in.redeem(link)
    world.now += LINK_LIVES_S
    with pytest.raises(NotFound):
        await sign_in.redeem(late)
    assert await sign_in.account_of(secret) == world.account
    world.now += SIGN_IN_LIVES_S - LINK_LIVES_S
    assert await sign_in.account_of(secret) is None


async def test_signing_out_ends_only_that_sign_in(world: World) -> None:
    sign_in = world.conference.sign_in
    one, other = [await sign_in.redeem(await sign_in.new_link()) for _ in range(2)]
    await sign_in.end(one)
    assert await sign_in.account_of(one) is None
    assert await sign_in.account_of(other) == world.account


async def test_the_first_sign_in_creates_an_account(world: World) -> None:
    assert await world.conference.sign_in.exists()
