"""Rate limits are counted in the cache: each attacker begins with an empty one."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nobody_was_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
