"""The navigation says where one is, once."""

from collections.abc import Callable

import pytest
from django.test import Client

from lms.people.models import User
from tests.builders import a_facilitator, a_program

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address, here",
    [
        ("/facilitate/", "Today"),
        ("/facilitate/people/", "Caseload"),
        ("/facilitate/reports/", "Reports"),
        ("/facilitate/track/", "Check-ins"),
    ],
)
def test_one_place_is_here(signed_in: Callable[[User], Client], address: str, here: str) -> None:
    answer = signed_in(a_facilitator(a_program())).get(address)
    assert [str(item["label"]) for item in answer.context["navigation"] if item["current"]] == [here]
