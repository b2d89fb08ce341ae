"""On a lock screen, in a shared mailbox: nothing says what this is or whom it is about (T27, R11, R12)."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from lms.people.models import Kind, User

KINDS = sorted(
    path.name.removesuffix(".subject.txt") for path in (settings.BASE_DIR / "templates/mail").glob("*.subject.txt")
)
SAYING = re.compile(
    r"\b(court|judge|case|probation|prosecut|sex|prostitut|traffick|survivor|victim|buyer|solicit|offen[sc]e|crim|convict|"
    r"arrest|referr|accountab|amends|program|tribunal|juez|juzgado|caso|condena|libertad condicional|fiscal|sexo|prostit|trata|"
    r"sobrevivient|v[ií]ctima|delito|arrest|remisi|programa)",
    re.I,
)
PERSON = User(first_name="Quillonius", last_name="Zebrawoodson", email="q@learner.example", kind=Kind.RESPONSIBLE_PARTY)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_subject_and_no_sender_says_what_this_is(kind, language):
    with translation.override(language):
        subject = render_to_string(f"mail/{kind}.subject.txt", {"person": PERSON, "url": "https://x.example/"}).strip()
        body = render_to_string(f"mail/{kind}.txt", {"person": PERSON, "url": "https://x.example/"})
    assert subject
    assert SAYING.search(subject) is None
    assert "\n" not in subject
    assert "Zebrawoodson" not in subject + body
    assert not re.search(r"\b(sex|prostitut|traffick|buyer|offense|arrest|prostit|sexo|delito)", body, re.I)


def test_the_search_for_telling_words_finds_them():
    assert SAYING.search("Your court report")
    assert SAYING.search("Su caso")
    assert len(KINDS) > 10


def test_no_message_is_made_for_a_survivor_participant():
    """Nothing in the product names such an account as the reader of a message (R12)."""
    rooms = (
        "lms/outbox",
        "lms/referrals/actions",
        "accountability/actions",
        "courses/actions",
        "court_reports/actions",
    )
    posting = [
        path for room in rooms for path in (settings.BASE_DIR / room).glob("*.py") if "post(" in path.read_text()
    ]
    assert posting
    assert [path.name for path in posting if "SURVIVOR" in path.read_text()] == []
