"""The fourteen defects that were reproduced in the peer: each is tried here, and none is here."""

import pytest

from tests.attacker.amends import Amends
from tests.attacker.defects import DEFECTS

pytestmark = pytest.mark.django_db


def test_they_are_fourteen_each_with_a_name_of_its_own():
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) == 14


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_it_is_free_of(defect, shelf):
    assert defect.is_free(Amends(shelf)), defect.words
