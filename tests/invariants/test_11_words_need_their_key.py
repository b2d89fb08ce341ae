"""Invariant 11: reflections and check-in answers are unreadable in the database without their key."""

import pytest
from django.db import connection

from accountability.actions import check_ins, commitments, moves, tracks
from courses.actions import reflections
from courses.models import Enrollment
from lms import crypto
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people.models import SubjectKey
from lms.referrals import actions
from lms.referrals.actions import invitations
from tests.builders import JANUARY, a_program, a_referral, an_enrolled_referral

pytestmark = pytest.mark.django_db
MARKER = "zanahoria-ultramarina"


def whole_database() -> str:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


def test_no_word_stands_in_any_table_and_without_the_key_nobody_reads_it():
    enrollment = Enrollment.objects.select_related("referral__person", "policy").get(referral=an_enrolled_referral())
    module = enrollment.edition.modules.first()
    block = module.asked("reflection")[0]["id"]
    what = {"enrollment": enrollment, "module": module, "block_id": block, "language": "en", "now": JANUARY}
    row = reflections.save_draft(**what, text=f"{MARKER} draft")
    row = reflections.submit(**what, text=f"{MARKER} " * 200, by=enrollment.referral.person)
    track = tracks.open_track(referral=enrollment.referral, by=None, now=JANUARY)
    check_in = track.check_ins.first()
    check_ins.save_draft(check_in=check_in, answers={"q": f"{MARKER} draft"}, now=check_in.opens_at)
    submission = check_ins.submit(
        check_in=check_in, answers={"q": MARKER, "help": "call"}, form=None, language="en",
        by=enrollment.referral.person, now=check_in.opens_at,
    )  # fmt: skip
    assert MARKER in row.read()
    assert submission.read()["q"] == MARKER
    assert MARKER not in whole_database()
    assert MARKER not in str(list(Event.objects.values())) + str(list(Message.objects.values()))
    SubjectKey.objects.filter(subject=enrollment.referral.subject).delete()
    for read in (row.read, submission.read):
        with pytest.raises(crypto.KeyMissing):
            read()


def test_where_somebody_can_be_reached_stands_in_no_table_until_they_have_an_account():
    address, number = f"{MARKER}@people.example", f"555 {MARKER}"
    referral = a_referral(email=address, phone=number, defense_counsel=f"M. {MARKER}", conditions=[f"Pay {MARKER}"])
    actions.invite(referral=referral, by=None, now=JANUARY)
    invitations.invite_to_program(
        program=a_program(), role="facilitator", email=f"staff.{address}", first_name=MARKER, last_name=MARKER, by=None, now=JANUARY,
    )  # fmt: skip
    assert MARKER not in whole_database()


def test_the_words_that_move_a_track_stand_in_no_table():
    track = tracks.open_track(referral=an_enrolled_referral(), by=None, now=JANUARY)
    by, day = track.referral.facilitator, track.opened_on
    moves.toll(track=track, from_on=day, to_on=day, reason="hospital", authority=f"Dr. {MARKER}", by=by, now=JANUARY)
    moves.extend(track=track, days=1, reason=MARKER, ordered_by=f"Judge {MARKER}", by=by, now=JANUARY)
    commitments.add(track=track, words=MARKER, named_by_order=MARKER, required=True, by=by, now=JANUARY)
    assert MARKER not in whole_database()
    assert [t.authority for t in track.tollings.all()] == [f"Dr. {MARKER}"]
