"""The harness's own questions to a database that is stopped and started under it."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def patiently(ask: Callable[[], Answer], seconds: float = 60.0) -> Answer:
    """Ask until the database answers."""
    from django.db import InterfaceError, OperationalError, connection

    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (InterfaceError, OperationalError):
            if time.monotonic() > until:
                raise
            connection.close()
            time.sleep(0.05)
