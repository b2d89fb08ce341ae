"""What an author's text may hold on a learner's page."""

import pytest

from courses.blocks.rich_text import clean
from courses.models import ModulePage


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">Words</p>',
        '<a href="javascript:alert(1)">Words</a>',
        '<iframe src="https://elsewhere.example"></iframe>',
        '<img src="https://elsewhere.example/seen.gif">',
        '<p style="position:fixed">Words</p>',
        "<form action=/accounts/logout/><input name=a></form>",
    ],
)
def test_what_could_harm_is_gone(harm):
    left = clean(f"<p>Before</p>{harm}")
    assert left.startswith("<p>Before</p>")
    for sign in ("script", "onclick", "iframe", "<img", "style", "form", "elsewhere"):
        assert sign not in left


def test_what_authors_use_stays_as_it_is():
    words = '<h2>One</h2><p>Two <b>three</b> <i>four</i> <a href="https://988lifeline.org/">five</a></p><ul><li>six</li></ul>'
    assert clean(words) == words


def test_a_stored_text_is_cleaned_when_it_is_read():
    stream = ModulePage._meta.get_field("body").to_python(
        '[{"type": "text", "id": "0b3e8f5e-0000-4000-8000-000000000001", "value": "<p>Words<script>alert(1)</script></p>"}]'
    )
    assert str(stream[0].render()).count("script") == 0
    assert "Words" in str(stream[0].render())
