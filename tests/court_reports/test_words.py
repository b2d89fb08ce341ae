"""The first impression: plain sentences."""

import pytest

from court_reports import words
from court_reports.snapshot import Kind
from tests.court_reports.samples import facts_of


@pytest.mark.parametrize("kind", list(Kind))
def test_in_brief_is_made_of_sentences(kind):
    lines = words.bottom_line(facts_of(kind))
    assert 1 <= len(lines) <= 6
    for line in lines:
        assert line[0].isupper() or line[0].isdigit(), line
        assert line.endswith(".") and not line.endswith(".."), line
