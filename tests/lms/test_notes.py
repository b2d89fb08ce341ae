"""Notes in three classes, attempts to reach somebody, and the timeline: who reads what, and what goes nowhere."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from court_reports.content import caption, sections
from court_reports.models import Kind as ReportKind
from court_reports.pdf.layout import attachment
from court_reports.snapshot import canonical
from lms import clock
from lms.casework.access import notes_for
from lms.casework.actions import contacts, notes
from lms.casework.models import ContactAttempt, Note, NoteClass
from lms.journal.models import Event
from lms.keeping import shredders
from tests.builders import JANUARY, a_court_user, a_facilitator, a_program, an_administrator, an_enrolled_referral
from tests.court_reports.cases import a_draft_of
from tests.court_reports.samples import an_issue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MARK = "Quillfeather"


@pytest.fixture
def referral(shelf):
    return an_enrolled_referral(program=shelf)


def noted(referral, kind="team", words=MARK, *, by=None, now=JANUARY) -> Note:
    return notes.write(referral=referral, kind=kind, words=words, by=by or referral.facilitator, now=now)


def tried(referral, outcome="no_answer", *, made_at=JANUARY, now=None, note="") -> ContactAttempt:
    return contacts.record(
        referral=referral, way="call", outcome=outcome, note=note, made_at=made_at, by=referral.facilitator,
        now=now or made_at,
    )  # fmt: skip


def test_a_private_note_is_read_by_its_writer_alone(referral, signed_in):
    administrator = an_administrator(referral.program)
    made = {kind.value: noted(referral, kind, f"{MARK} {kind}") for kind in NoteClass}
    assert set(notes_for(referral.facilitator)) == set(made.values())
    assert set(notes_for(administrator)) == {made["team"], made["court"]}
    address = reverse("referrals:case", args=[referral.pk])
    shown = {
        reader: signed_in(reader).get(address).content.decode() for reader in (referral.facilitator, administrator)
    }
    assert f"{MARK} private" in shown[referral.facilitator]
    assert (f"{MARK} private" in shown[administrator], f"{MARK} team" in shown[administrator]) == (False, True)
    theirs = signed_in(administrator).get(reverse("casework:timeline", args=[referral.pk])).content.decode()
    assert (f"{MARK} private" in theirs, f"{MARK} team" in theirs) == (False, True)


def test_after_a_hand_over_the_team_notes_are_there_and_the_private_ones_are_nobodys(referral):
    other = a_facilitator(referral.program, first_name="Olga")
    before, mine, ours = referral.facilitator, noted(referral, "private"), noted(referral, "team")
    type(referral).objects.filter(pk=referral.pk).update(facilitator=other)
    assert (list(notes_for(other)), list(notes_for(before))) == ([ours], [])
    assert Note.objects.filter(pk=mine.pk).exists()


def test_another_facilitator_finds_neither_case_nor_notes(referral, signed_in):
    note = noted(referral)
    stranger = signed_in(a_facilitator(referral.program, first_name="Olga"))
    for address in (
        reverse("casework:timeline", args=[referral.pk]),
        reverse("casework:contact", args=[referral.pk]),
        reverse("casework:write_note", args=[referral.pk, "team"]),
        reverse("casework:correct_note", args=[note.pk]),
    ):
        assert stranger.get(address).status_code == 404, address
    elsewhere = signed_in(an_administrator(a_program()))
    assert elsewhere.get(reverse("casework:timeline", args=[referral.pk])).status_code == 404


def test_the_class_is_chosen_before_writing_and_stands_on_every_note(referral, signed_in):
    client = signed_in(referral.facilitator)
    assert client.get(reverse("casework:write_note", args=[referral.pk, "secret"])).status_code == 404
    address = reverse("casework:write_note", args=[referral.pk, "court"])
    assert "May go to court" in client.get(address).content.decode()
    client.post(address, {"words": MARK, "kind": "private"})
    note = Note.objects.get()
    assert (note.kind, note.words, note.written_by) == ("court", MARK, referral.facilitator)
    shown = client.get(reverse("referrals:case", args=[referral.pk])).content.decode()
    assert shown.count("May go to court</span>") == 2  # on the note, and in the timeline


def test_a_note_is_never_changed_but_corrected_once_by_whoever_wrote_it(referral, signed_in):
    note = noted(referral)
    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(kind="court")
    with pytest.raises(notes.NotTheWriter):
        notes.correct(note=note, words="x", by=an_administrator(referral.program), now=JANUARY)
    newer = notes.correct(note=note, words="Better", by=referral.facilitator, now=JANUARY + DAY)
    assert (newer.kind, newer.corrects) == (note.kind, note)
    with pytest.raises(notes.Corrected):
        notes.correct(note=note, words="x", by=referral.facilitator, now=JANUARY + DAY)
    shown = signed_in(referral.facilitator).get(reverse("casework:timeline", args=[referral.pk])).content.decode()
    assert "Note, corrected later" in shown and MARK in shown


def test_an_administrator_does_not_correct_what_somebody_else_wrote(referral, signed_in):
    address = reverse("casework:correct_note", args=[noted(referral).pk])
    assert signed_in(an_administrator(referral.program)).get(address).status_code == 404


def test_words_are_sealed_and_the_journal_says_only_that_there_are_some(referral):
    noted(referral)
    tried(referral, note=MARK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM casework_note UNION ALL SELECT note FROM casework_contactattempt")
        stored = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(stored) == 2 and not any(MARK.encode() in row for row in stored)
    events = Event.objects.filter(kind__in=["note.written", "contact.recorded"])
    assert {event.kind: event.data for event in events} == {
        "note.written": {"class": "team"},
        "contact.recorded": {"way": "call", "outcome": "no_answer", "made_at": JANUARY.isoformat()},
    }


def test_an_attempt_is_of_the_past_and_of_the_case(referral):
    with pytest.raises(contacts.NotYet):
        tried(referral, made_at=JANUARY + DAY, now=JANUARY)
    with pytest.raises(contacts.NotYet):
        tried(referral, made_at=JANUARY - DAY)
    assert not ContactAttempt.objects.exists()


def test_an_attempt_is_recorded_by_form_and_shown(referral, signed_in):
    client, address = signed_in(referral.facilitator), reverse("casework:contact", args=[referral.pk])
    asked = client.get(address).context["form"].initial
    typed = {"way": "call", "outcome": "reached", "day": asked["day"].isoformat(), "time": f"{asked['time']:%H:%M}"}
    assert client.post(address, typed | {"outcome": ""}).status_code == 200
    client.post(address, typed | {"note": MARK})
    attempt = ContactAttempt.objects.get()
    assert (attempt.outcome, attempt.note, attempt.recorded_by) == ("reached", MARK, referral.facilitator)
    assert MARK in client.get(reverse("casework:timeline", args=[referral.pk]) + "?kind=contacts").content.decode()


def test_no_court_page_and_no_report_knows_of_notes_or_attempts(referral, signed_in):
    for kind in NoteClass:
        noted(referral, kind)
    tried(referral, note=MARK)
    client = signed_in(a_court_user(referral.court))
    listed = client.get(reverse("referrals:court_home")).content.decode()
    case = client.get(reverse("referrals:court_referral", args=[referral.pk])).content.decode()
    assert (referral.case_number in listed, MARK in listed + case, "Last contact" in listed) == (True, False, False)
    assert client.get(reverse("casework:timeline", args=[referral.pk])).status_code == 404
    facts = a_draft_of(referral, ReportKind.ENROLLMENT, now=clock.now()).facts
    printed = (canonical(facts) + attachment(facts, an_issue())).decode()
    assert MARK not in printed + str(caption(facts)) + str(sections(facts, an_issue()))


def test_the_persons_pages_and_their_own_copy(referral, signed_in):
    """Their copy holds what the team noted, without a name of staff; private notes are in nobody's copy."""
    for kind in NoteClass:
        noted(referral, kind, f"{MARK} {kind}")
    tried(referral, note=f"{MARK} tried")
    assert MARK not in signed_in(referral.person).get("/").content.decode()
    rows = [row for document in shredders.copy(referral, now=clock.now()) for row in document.rows]
    told = str(rows)
    assert [f"{MARK} {what}" in told for what in ("team", "court", "tried", "private")] == [True, True, True, False]


def test_the_timeline_is_one_line_of_time_and_can_be_narrowed(referral, signed_in):
    noted(referral, now=clock.now())
    tried(referral, made_at=clock.now() - DAY)
    client, address = signed_in(referral.facilitator), reverse("casework:timeline", args=[referral.pk])
    lines = client.get(address).context["lines"]
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    assert {line.kind for line in lines} >= {"case", "course", "notes", "contacts"}
    assert [line.kind for line in client.get(f"{address}?kind=notes").context["lines"]] == ["notes"]
    assert client.get(f"{address}?kind=nonsense").context["kind"] == ""


@pytest.mark.parametrize("notes_written", [1, 3, 30])
def test_the_timeline_asks_as_much_for_many_lines_as_for_few(
    referral, signed_in, django_assert_num_queries, notes_written
):
    for _ in range(notes_written):
        noted(referral)
    tried(referral)
    client, address = signed_in(referral.facilitator), reverse("casework:timeline", args=[referral.pk])
    client.get(address)
    with django_assert_num_queries(TIMELINE):
        client.get(address)


TIMELINE = 16
