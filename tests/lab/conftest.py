"""Tests with shaped lines; they need root for their network namespaces."""

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that this account cannot run."""
    for item in items:
        if item.get_closest_marker("lab") is not None and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="namespaces need root"))
