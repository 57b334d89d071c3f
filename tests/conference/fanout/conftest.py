"""The engines that the tests of the contract run against."""

import pytest

from conference.fanout.contract import FanoutFactory
from conference.fanout.engines import ENGINES


@pytest.fixture(scope="session", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> FanoutFactory:
    return ENGINES[request.param]
