"""Words for the authors: offered, never asked; read first; shown in company alone; and gone when they are taken back."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses import access, panels
from courses.actions import words_to_authors as actions
from courses.models import Enrollment, HiddenWords, ModulePage, PassedWords, WordsToAuthors
from courses.rules.words_to_authors import (
    LONGEST,
    TOGETHER,
    Passed,
    Reason,
    State,
    may_take_back,
    may_write,
    state_of,
    to_be_shown,
)
from courses.said import said_to, told_by
from lms import crypto
from lms.journal.models import Event
from lms.keeping import shredders
from lms.keeping.actions import forgetting
from lms.keeping.models import Act, Ground
from lms.people.models import SubjectKey
from lms.referrals import desk
from lms.referrals.models import Referral
from tests.builders import (
    JANUARY,
    a_facilitator,
    a_program,
    a_published_course,
    a_reviewer,
    an_administrator,
    an_auditor,
    an_author,
    an_enrolled_referral,
)
from tests.files.corpus import a_pdf

DAY = timedelta(days=1)
MARK = "zanahoria"


@given(st.lists(st.uuids(), unique=True, max_size=12), st.sets(st.integers(0, 11)))
def test_fewer_than_five_are_never_shown_whatever_she_put_away(ids, put_away):
    passed = [Passed(pk, "x", "en") for pk in ids]
    hidden = {ids[n] for n in put_away if n < len(ids)}
    shown = {one.id for one in to_be_shown(passed, hidden=hidden)}
    assert shown == (set() if len(ids) < TOGETHER else set(ids) - hidden)


@pytest.mark.parametrize(
    ("moments", "state", "writes", "takes_back"),
    [
        ((None, None, ""), State.WRITING, True, False),
        ((JANUARY, None, ""), State.WAITING, True, True),
        ((JANUARY, JANUARY, ""), State.PASSED, False, True),
        ((JANUARY, JANUARY, Reason.TELLS_WHO), State.DECLINED, True, True),
        ((JANUARY, JANUARY, Reason.THREAT), State.CLOSED, False, False),
    ],
)
def test_what_can_be_done_follows_from_the_moments(moments, state, writes, takes_back):
    sent_at, decided_at, reason = moments
    found = state_of(sent_at=sent_at, decided_at=decided_at, reason=reason)
    assert (found, may_write(found), may_take_back(found)) == (state, writes, takes_back)


@pytest.fixture
def program(db):
    found = a_program()
    a_facilitator(found)
    a_published_course(found, modules=1)
    return found


@pytest.fixture
def administrator(program):
    return an_administrator(program)


@pytest.fixture
def author(program):
    found = an_author(program)
    ModulePage.objects.update(owner=found)
    return found


def finished(program, **fields) -> Enrollment:
    """Somebody who finished the course."""
    referral = an_enrolled_referral(program=program, **fields)
    Enrollment.objects.filter(referral=referral).update(started_at=JANUARY, completed_at=JANUARY)
    return Enrollment.objects.select_related("referral__person").get(referral=referral)


def left(program, text="Thank you.", language="en", **fields) -> WordsToAuthors:
    enrollment = finished(program, **fields)
    by = enrollment.referral.person
    return actions.leave(enrollment=enrollment, text=text, language=language, by=by, now=JANUARY)


def passed(program, by, many: int = 1, text="Thank you.") -> list[WordsToAuthors]:
    rows = [left(program, f"{text} {number}") for number in range(many)]
    return [actions.pass_on(words=row, version=row.version, by=by, now=JANUARY) for row in rows]


def body(response) -> str:
    return response.content.decode()


# --- whoever writes -------------------------------------------------------------------------------


def test_it_is_offered_to_whoever_finished_the_course_and_to_nobody_else(program, signed_in):
    enrollment = finished(program)
    client = signed_in(enrollment.referral.person)
    assert reverse("learn:words") in body(client.get(reverse("learn:home")))
    assert client.get(reverse("learn:words")).status_code == 200
    other = an_enrolled_referral(program=program)
    client = signed_in(other.person)
    assert reverse("learn:words") not in body(client.get(reverse("learn:home")))
    assert client.get(reverse("learn:words")).status_code == 302
    assert client.post(reverse("learn:words"), {"text": "x"}).status_code == 302
    client.post(reverse("learn:words_draft"), {"text": "x"})
    assert not WordsToAuthors.objects.exists()


def test_words_are_left_changed_and_taken_back(program, signed_in):
    enrollment = finished(program)
    client, address = signed_in(enrollment.referral.person), reverse("learn:words")
    client.post(address, {"text": "First."})
    client.post(address, {"text": "Second."})
    row = WordsToAuthors.objects.get()
    assert (row.text, row.version, row.state, row.language) == ("Second.", 2, State.WAITING, "en")
    assert "Second." in body(client.get(address))
    client.post(address, {"take_back": "1"})
    assert not WordsToAuthors.objects.exists()
    assert "Second." not in body(client.get(address))


def test_what_is_typed_is_kept_and_nobody_reads_it_before_it_is_left(program, administrator, signed_in):
    enrollment = finished(program)
    client, address = signed_in(enrollment.referral.person), reverse("learn:words")
    assert client.post(reverse("learn:words_draft"), {"text": "half a"}).json() == {"saved": True}
    assert "half a" in body(client.get(address))
    client.post(address, {"text": "half a thought", "later": "1"})
    assert "half a thought" in body(client.get(address))
    assert not access.words_to_decide(administrator).exists()
    client.post(address, {"text": "A whole thought."})
    client.post(reverse("learn:words_draft"), {"text": "A whole thought, and"})
    assert access.words_to_decide(administrator).get().text == "A whole thought."


def test_what_is_too_long_is_said_and_stays_on_the_page(program, signed_in):
    enrollment = finished(program)
    client, address = signed_in(enrollment.referral.person), reverse("learn:words")
    answer = body(client.post(address, {"text": "w" * (LONGEST + 1)}))
    assert "w" * (LONGEST + 1) in answer
    assert not WordsToAuthors.objects.exists()
    client.post(address, {"text": "\r\n".join(["w"] * (LONGEST // 2))})
    assert len(WordsToAuthors.objects.get().text) == LONGEST - 1


def test_they_lie_sealed_and_no_event_says_a_word(program, administrator):
    row = left(program, f"{MARK} to you")
    actions.save_draft(enrollment=row.enrollment, text=f"{MARK} draft", language="en", now=JANUARY)
    row.refresh_from_db()
    actions.pass_on(words=row, version=row.version, by=administrator, now=JANUARY)
    with connection.cursor() as cursor:
        for table in ("courses_wordstoauthors", "courses_passedwords", "journal_event", "outbox_message"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = "".join(
                bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                for line in cursor.fetchall()
                for value in line
            )
            assert MARK not in stored, table
    assert PassedWords.objects.get().text == f"{MARK} to you"


def test_the_case_does_not_tell_that_anything_was_left(program, administrator):
    row = left(program)
    actions.pass_on(words=row, version=row.version, by=administrator, now=JANUARY)
    told = Event.objects.filter(kind__startswith="words.")
    assert set(told.values_list("kind", "about")) == {("words.left", None), ("words.passed", None)}
    referral = row.enrollment.referral
    assert panels.needs(Referral.objects.filter(pk=referral.pk), JANUARY) == []


# --- whoever reads them first ---------------------------------------------------------------------


def test_an_administrator_reads_them_without_a_name_or_a_day(program, administrator, signed_in):
    row = left(program, "Thank you for the second part.", first_name="Quillon", last_name="Zebrawood")
    client = signed_in(administrator)
    pages = body(client.get(reverse("courses_staff:words")))
    pages += body(client.get(reverse("courses_staff:words_decide", args=[row.pk])))
    referral = row.enrollment.referral
    needles = ["Quillon", "Zebrawood", referral.case_number, str(referral.pk), str(referral.person_id)]
    needles += [str(row.enrollment_id), "January", "2026"]
    assert "Thank you for the second part." in pages
    assert [needle for needle in needles if needle in pages] == []
    read = Event.objects.get(kind="words.read")
    assert (read.by, read.about, read.on_id) == (administrator, None, str(row.pk))


def test_the_writers_own_name_is_found_however_it_is_written(program):
    row = left(program, "yours, quillon. Call 212-555-0142.", first_name="Quillon", last_name="Zebrawood")
    assert told_by(row) == [
        "A telephone number: “212-555-0142”. Could it lead to somebody?",
        "Perhaps a name or a place: “quillon”. Could it tell who somebody is?",
    ]


def test_nobody_else_reads_them(program, administrator, signed_in):
    row = left(program)
    referral = row.enrollment.referral
    address = reverse("courses_staff:words_decide", args=[row.pk])
    others = [
        referral.facilitator, referral.person, an_auditor(program), an_author(program), a_reviewer(program),
        an_administrator(a_program()),
    ]  # fmt: skip
    assert [signed_in(user).get(address).status_code for user in others] == [404] * len(others)
    lists = [signed_in(user).get(reverse("courses_staff:words")).status_code for user in others[:-1]]
    assert lists == [404] * len(lists)
    assert signed_in(administrator).get(address).status_code == 200


def test_an_administrator_does_not_read_what_their_own_caseload_left(program, administrator):
    row = left(program)
    Referral.objects.filter(pk=row.enrollment.referral_id).update(facilitator=administrator)
    assert not access.words_to_decide(administrator).exists()
    assert access.words_to_decide(an_administrator(program)).get() == row


def test_what_was_read_is_what_is_passed_on(program, administrator, signed_in):
    row = left(program, "Kind words.")
    client, address = signed_in(administrator), reverse("courses_staff:words_decide", args=[row.pk])
    seen = row.version
    by = row.enrollment.referral.person
    actions.leave(enrollment=row.enrollment, text="Other words.", language="en", by=by, now=JANUARY)
    client.post(address, {"decision": "passed", "version": seen})
    assert not PassedWords.objects.exists()
    client.post(address, {"decision": "passed", "version": seen + 1})
    assert PassedWords.objects.get().text == "Other words."
    with pytest.raises(actions.NothingToDecide):
        actions.decline(words=row, version=seen + 1, reason=Reason.OTHER, by=administrator, now=JANUARY)


def test_what_was_read_stands_and_a_late_change_is_refused(program, administrator, signed_in):
    (row,) = passed(program, administrator, text="Kind words.")
    client = signed_in(row.enrollment.referral.person)
    client.post(reverse("learn:words"), {"text": "Unkind words."})
    client.post(reverse("learn:words_draft"), {"text": "Unkind words."})
    row.refresh_from_db()
    assert (row.text, row.draft, row.passed.text) == ("Kind words. 0", "", "Kind words. 0")


def test_what_was_not_passed_on_can_be_written_anew(program, administrator, signed_in):
    row = left(program, "I am Quillon.")
    actions.decline(words=row, version=1, reason=Reason.TELLS_WHO, by=administrator, now=JANUARY)
    assert Event.objects.get(kind="words.declined").data == {"reason": "tells_who"}
    client, address = signed_in(row.enrollment.referral.person), reverse("learn:words")
    assert "I am Quillon." in body(client.get(address))
    client.post(address, {"text": "I am sorry."})
    row.refresh_from_db()
    assert (row.text, row.state, row.reason) == ("I am sorry.", State.WAITING, "")
    assert access.words_to_decide(administrator).get() == row


def test_a_threat_comes_to_the_persons_facilitator_and_stays_until_it_is_looked_after(
    program, administrator, signed_in
):
    row = left(program, "I will find you.")
    referral, facilitator = row.enrollment.referral, row.enrollment.referral.facilitator
    address = reverse("courses_staff:words_threat", args=[row.pk])
    assert signed_in(facilitator).get(address).status_code == 404
    client = signed_in(administrator)
    client.post(reverse("courses_staff:words_decide", args=[row.pk]), {"decision": "threat", "version": row.version})
    assert client.get(address).status_code == 404
    mine = Referral.objects.filter(pk=referral.pk)
    assert [(need.weight, need.url) for need in desk.needs(mine, JANUARY)] == [(100, address)]
    client = signed_in(facilitator)
    assert "I will find you." in body(client.get(address))
    assert Event.objects.filter(kind="words.read", about=referral.pk, by=facilitator).count() == 1
    client.post(address)
    client.post(address)
    assert desk.needs(mine, JANUARY) == []
    assert Event.objects.filter(kind="words.handled").count() == 1
    person = signed_in(referral.person)
    person.post(reverse("learn:words"), {"take_back": "1"})
    person.post(reverse("learn:words"), {"text": "I meant nothing."})
    row.refresh_from_db()
    assert (row.text, row.state) == ("I will find you.", State.CLOSED)


def test_the_home_of_an_administrator_says_that_they_wait(program, administrator, signed_in):
    address = reverse("courses_staff:words")
    client = signed_in(administrator)
    assert address not in body(client.get(reverse("wagtailadmin_home")))
    left(program)
    assert "What 1 person left for the authors waits to be read." in body(client.get(reverse("wagtailadmin_home")))
    assert address in body(client.get(reverse("courses_staff:queue")))


# --- whoever they are for -------------------------------------------------------------------------


def test_four_are_not_shown_and_five_are_only_when_she_presses(program, administrator, author, signed_in):
    client, address = signed_in(author), reverse("my_work")
    passed(program, administrator, TOGETHER - 1, text=MARK)
    assert MARK not in body(client.get(f"{address}?words=1"))
    passed(program, administrator, 1, text=MARK)
    assert body(client.get(f"{address}?words=1")).count(MARK) == TOGETHER
    assert MARK not in body(client.get(address))
    assert MARK not in body(client.get(f"{address}?show=1"))


def test_the_next_come_together_too_so_that_none_is_the_new_one(program, administrator, author):
    passed(program, administrator, TOGETHER)
    passed(program, administrator, TOGETHER - 1)
    assert len(said_to(author)) == TOGETHER
    passed(program, administrator, 1)
    assert len(said_to(author)) == 2 * TOGETHER


def test_what_an_author_reads_names_nobody_and_leads_to_nobody(program, administrator, author, signed_in):
    rows = passed(program, administrator, TOGETHER)
    page = body(signed_in(author).get(f"{reverse('my_work')}?words=1"))
    needles = [MARK, "2026", "January"]
    for row in rows:
        case = row.enrollment.referral
        needles += [str(pk) for pk in (row.pk, row.enrollment_id, case.pk, case.person_id)]
        needles += [case.last_name, case.case_number, case.email]
    main = page[page.index("What people said to you all") :]
    assert [needle for needle in needles if needle in main] == []
    assert {field.name for field in PassedWords._meta.get_fields() if field.concrete} == {
        "id", "course_key", "text", "language", "let_out",
    }  # fmt: skip
    assert [each.id for each in said_to(author)] == sorted(each.id for each in said_to(author))


def test_only_whoever_began_a_module_of_that_course_reads_them(program, administrator, author, signed_in):
    passed(program, administrator, TOGETHER)
    other = a_program()
    a_published_course(other, modules=1)
    elsewhere = an_author(other)
    ModulePage.objects.exclude(owner=author).update(owner=elsewhere)
    words = PassedWords.objects.first()
    for user in (elsewhere, an_author(program), a_reviewer(program)):
        assert said_to(user) == []
        assert signed_in(user).post(reverse("hide_words", args=[words.pk])).status_code == 404
    assert signed_in(administrator).get(f"{reverse('my_work')}?words=1").status_code == 404


def test_she_puts_away_what_she_does_not_want_to_see_and_nobody_is_told(program, administrator, author, signed_in):
    passed(program, administrator, TOGETHER)
    client, events = signed_in(author), Event.objects.count()
    gone = said_to(author)[0]
    client.post(reverse("hide_words", args=[gone.id]))
    client.post(reverse("hide_words", args=[gone.id]))
    assert gone not in said_to(author)
    assert len(said_to(author)) == TOGETHER - 1
    assert Event.objects.count() == events
    colleague = an_author(program)
    ModulePage.objects.filter(owner=author, locale__language_code="es").update(owner=colleague)
    assert gone in said_to(colleague)


def test_the_number_of_queries_does_not_grow(program, administrator, author, django_assert_num_queries):
    for _ in range(2):
        passed(program, administrator, TOGETHER)
        with django_assert_num_queries(7):
            said_to(author)
    # Nor by what lies put away.
    crypto.seal_subject(PassedWords.objects.first().subject, now=JANUARY)
    with django_assert_num_queries(7):
        assert len(said_to(author)) == 2 * TOGETHER - 1


# --- gone -----------------------------------------------------------------------------------------


def test_words_that_are_taken_back_are_gone_from_the_authors_and_their_key_with_them(
    program, administrator, author, signed_in
):
    rows = passed(program, administrator, TOGETHER + 1, text=MARK)
    assert len(said_to(author)) == TOGETHER  # the sixth waits for others
    copy = rows[0].passed_id
    actions.hide(words=rows[0].passed, by=author)
    signed_in(rows[0].enrollment.referral.person).post(reverse("learn:words"), {"take_back": "1"})
    assert not PassedWords.objects.filter(pk=copy).exists()
    assert not HiddenWords.objects.exists()
    assert SubjectKey.objects.get(subject=copy).destroyed_at is not None
    assert said_to(author) == []  # four are left


def test_a_backup_brings_none_of_them_back(program, administrator, author):
    rows = passed(program, administrator, TOGETHER + 1)
    PassedWords.objects.update(let_out=True)
    kept = PassedWords.objects.filter(pk=rows[0].passed_id).values().get()
    person = rows[0].enrollment.referral.person
    actions.take_back(enrollment=rows[0].enrollment, by=person, now=JANUARY)
    with connection.cursor() as cursor:
        holders = ", ".join(["%s"] * len(kept))
        values = [
            value.hex if isinstance(value, uuid.UUID) and connection.vendor == "sqlite" else value
            for value in kept.values()
        ]
        cursor.execute(f"INSERT INTO courses_passedwords ({', '.join(kept)}) VALUES ({holders})", values)
    assert PassedWords.objects.count() == TOGETHER + 1
    assert len(said_to(author)) == TOGETHER


@pytest.mark.parametrize("act", [Act.SEAL, Act.EXPUNGE])
def test_when_a_case_is_put_away_its_words_are_too(program, administrator, author, act):
    rows = passed(program, administrator, TOGETHER + 1)
    PassedWords.objects.update(let_out=True)
    referral = rows[0].enrollment.referral
    assert len(said_to(author)) == TOGETHER + 1
    proposal = forgetting.propose(
        referral=referral, act=act, ground=Ground.COURT_ORDER, order=a_pdf(), by=referral.facilitator, now=JANUARY
    )
    forgetting.confirm(forgetting=proposal, by=administrator, now=JANUARY)
    assert len(said_to(author)) == TOGETHER
    assert WordsToAuthors.objects.filter(enrollment__referral=referral).exists() == (act == Act.SEAL)
    if act == Act.SEAL:
        shredders.unseal(referral, {}, now=JANUARY)
        assert len(said_to(author)) == TOGETHER + 1


def test_what_a_sealed_case_left_is_not_there_to_be_read(program, administrator):
    row = left(program)
    Referral.objects.filter(pk=row.enrollment.referral_id).update(sealed_at=JANUARY)
    assert not access.words_to_decide(administrator).exists()


def test_they_stand_in_the_persons_own_copy(program, administrator):
    row = left(program, "Thank you.")
    actions.decline(words=row, version=1, reason=Reason.CONTACT, by=administrator, now=JANUARY)
    actions.save_draft(enrollment=row.enrollment, text="Thanks.", language="en", now=JANUARY)
    parts = {part.name: part.rows for part in shredders.copy(row.enrollment.referral, now=JANUARY)}
    (told,) = parts["words-for-the-authors"]
    assert (told["Your words"], told["Your draft"]) == ("Thank you.", "Thanks.")
    assert told["Decision"] == "it asks for an answer, or to be in touch"


def test_the_database_keeps_what_was_decided_true(program):
    row = left(program)
    for wrong in (
        {"reason": "other"},
        {"passed": PassedWords.objects.create(course_key=uuid.uuid4(), text="x", language="en")},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            WordsToAuthors.objects.filter(pk=row.pk).update(**wrong)


def test_a_ring_that_is_lost_is_not_taken_for_words_that_are_gone(program, administrator, author, settings, tmp_path):
    passed(program, administrator, TOGETHER)
    settings.KEY_RING, settings.KEY_RING_FILE = "", tmp_path / "none"
    with pytest.raises(crypto.RingKeyMissing):
        said_to(author)
