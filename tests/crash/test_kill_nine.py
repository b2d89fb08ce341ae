"""Kill -9 of web, worker and beat at random, again and again, over a simulated month, with a broker that loses
everything: every check-in, message and report is what it would have been (invariants 2, 4, 16).

`make torture` does this for longer, on every broker, with a database that is stopped at once.
"""

import os
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.conftest import TEMPLATE
from tests.crash.copies import on_postgres, on_sqlite
from tests.crash.months import Wanted, live_both
from tests.crash.servers import free_port

# Of the 60, one half on each database.
WANTED = Wanted(kills=30)

pytestmark = [pytest.mark.crash]


@pytest.fixture
def months(tmp_path):
    """Both copies, and what is wanted of them."""
    if connection.vendor == "sqlite":
        with on_sqlite(tmp_path, TEMPLATE) as (calm, rough):
            yield calm, rough, WANTED
        return
    given = connection.settings_dict
    server = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}"
    wanted, url = WANTED, "filesystem://"
    if any(urlsplit(url).scheme == "redis" for url in os.environ.get("TEST_BROKERS", "").split()):
        # Where there is a Redis there is its program: one of our own may lose everything.
        wanted = replace(WANTED, broker="redis", broker_port=free_port())
        url = f"redis://127.0.0.1:{wanted.broker_port}/0"
    with on_postgres(tmp_path, server, url, TEMPLATE or "template1") as (calm, rough):
        yield calm, rough, wanted


@pytest.mark.django_db
def test_a_month_of_kills_leaves_what_an_undisturbed_month_leaves(months):
    calm, rough, wanted = months
    told, said, _ = live_both(calm, rough, wanted)
    assert said.faults == []
    assert sum(told.killed.values()) == wanted.kills
    assert set(told.killed) == {"web", "web child", "worker", "beat"}
    assert told.losses == wanted.losses
    assert told.days >= 10  # spread over the month, not spent on one day of it
    # Half a message, left by a killed beat, ends a worker; nobody else falls.
    assert set(told.fell) <= {"worker", "beat"}

    # And the month was not an empty one.
    assert said.messages > 60
    assert said.submissions > 20
    assert said.releases == wanted.releases
    assert told.held > 0
    assert said.sent_again > 0
    assert said.uncertain <= wanted.kills
