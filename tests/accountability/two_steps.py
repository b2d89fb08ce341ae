"""A move as a person makes it: look at what would change, then confirm what was seen."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client


def confirmed(client: Client, address: str, typed: dict[str, Any]) -> HttpResponse:
    shown = client.post(address, typed).content.decode()
    seen = re.search(r'name="seen" value="([\w ]+)"', shown)
    assert seen and "Nothing has changed yet" in shown, shown
    return client.post(address, typed | {"seen": seen[1]})
