"""A key that is not there: the page says so, nothing is overwritten, nothing typed is lost."""

import json
import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accountability.actions import check_ins, tracks
from accountability.models import CheckIn, Submission
from accountability.models.forms import form_in_force
from accountability.sample import sample_check_in_form
from lms import clock, crypto
from lms.people import sessions
from lms.people.actions import kept_words
from lms.people.models import KeptWords, SubjectKey
from lms.referrals.models import Referral
from tests.builders import JANUARY, a_court_user, an_enrolled_referral

pytestmark = pytest.mark.django_db
WORDS = "Robin likes “quiet” mornings\nand <b>long</b> roads"
OTHER = crypto.new_ring(9)
without_its_key = override_settings(KEY_RING=OTHER)
TABLES = ("accountability_", "courses_", "court_reports_", "journal_", "outbox_", "people_", "referrals_")


@pytest.fixture
def check_in(shelf) -> CheckIn:
    sample_check_in_form(program=shelf, now=JANUARY)
    referral = an_enrolled_referral(program=shelf)
    track = tracks.open_track(referral=referral, by=None, now=clock.now() - timedelta(days=6))
    found = track.check_ins.first()
    check_ins.begin(check_in=found, now=clock.now())
    check_ins.save_draft(check_in=found, answers={text_key(found): "what stood before"}, now=clock.now())
    return found


@pytest.fixture
def person(check_in, signed_in) -> Client:
    return signed_in(check_in.track.referral.person)


def text_key(check_in: CheckIn) -> str:
    form = form_in_force(check_in.track.referral.program, clock.now())
    return next(q.key for q in form.in_language("en") if q.kind == "text")


def answers(check_in: CheckIn) -> dict[str, str]:
    form = form_in_force(check_in.track.referral.program, clock.now())
    typed = {
        q.key: {"scale": "4", "choice": "0", "attendance": "there", "changed": "none"}.get(q.kind, WORDS)
        for q in form.in_language("en")
    }
    return typed | {"help": "no"}


def everything() -> dict[str, list[str]]:
    """All our rows, as they stand in the database."""
    with connection.cursor() as cursor:
        names = [t for t in connection.introspection.table_names(cursor) if t.startswith(TABLES)]
        found = {}
        for name in names:
            cursor.execute(f"SELECT * FROM {name}")
            rows = ([bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall())
            found[name] = sorted(map(str, rows))
    return found


def fields_of(page: str) -> dict[str, str]:
    """What the page's own form would send again."""
    main = page[page.index("<main") : page.index("</main>")]
    form = next(f for f in re.findall(r"<form.*?</form>", main, re.S) if "csrfmiddlewaretoken" in f)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S)
    return {name: unescape(value) for name, value in [*hidden, *texts] if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize(
    "language, title, words",
    [("en", "This page cannot be opened just now", "Nothing is lost"), ("es", None, None)],
    ids=["en", "es"],
)
def test_the_page_says_so_and_comes_back_when_the_key_does(person, check_in, language, title, words):
    path = reverse("check_ins:answer", args=[check_in.pk])
    person.cookies["language"] = language
    before = everything()
    with without_its_key:
        answer = person.get(path)
        shown = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert f'<html lang="{language}"' in shown and f'href="{path}"' in shown
    assert title is None or (title in shown and words in shown)
    assert "what stood before" not in shown
    assert answer["Cache-Control"] == "private, no-store"
    assert everything() == before
    assert "what stood before" in person.get(path).content.decode()


def test_what_was_sent_is_not_stored_and_stands_in_the_page_to_be_sent_again(person, check_in):
    path = reverse("check_ins:answer", args=[check_in.pk])
    before = everything()
    with without_its_key:
        answer = person.post(path, answers(check_in))
    after = everything()
    # That they tried is kept, with its event; no word of what.
    assert (len(after.pop("accountability_try")), before.pop("accountability_try")) == (1, [])
    for rows in (after, before):
        for table in [name for name in rows if name.startswith("journal_")]:
            del rows[table]
    assert (answer.status_code, after) == (503, before)
    shown = answer.content.decode()
    assert "What you typed is not saved yet" in shown and "<b>long" not in shown
    assert fields_of(shown) == answers(check_in)
    done = person.post(path, fields_of(shown))
    assert done.status_code == 302
    assert check_in.submissions.get().read()[text_key(check_in)] == WORDS


def test_saving_by_itself_is_told_and_the_draft_before_is_whole(person, check_in):
    path = reverse("check_ins:draft", args=[check_in.pk])
    before = everything()
    with without_its_key:
        answer = person.post(path, answers(check_in), headers={"Sec-Fetch-Mode": "cors"})
    assert (answer.status_code, answer.json(), everything()) == (503, {"problem": "keys"}, before)
    assert CheckIn.objects.get(pk=check_in.pk).read_draft() == {text_key(check_in): "what stood before"}
    assert person.post(path, answers(check_in), headers={"Sec-Fetch-Mode": "cors"}).json() == {"saved": True, "seen": 2}


def test_a_referral_that_cannot_be_sealed_is_not_taken_in_and_its_words_come_back(check_in, signed_in):
    case = check_in.track.referral
    clerk = signed_in(a_court_user(case.court))
    form = {
        "court": str(case.court.pk), "program": str(case.program.pk), "first_name": "Ines", "last_name": "Reed", "birth_year": "1984",
        "email": "ines@people.example", "phone": "", "language": "en", "zone": "", "case_number": "K-1", "stage": "sentence",
        "ordered_on": "2026-01-02", "officer_name": "Officer Olin", "defense_counsel": "", "conditions_text": "One\nTwo words",
    }  # fmt: skip
    with override_settings(KEY_RING="junk"):
        answer = clerk.post(reverse("referrals:refer"), form)
    assert answer.status_code == 503
    assert not Referral.objects.filter(case_number="K-1").exists()
    again = fields_of(answer.content.decode())
    assert again == form
    assert clerk.post(reverse("referrals:refer"), again).status_code == 302
    assert Referral.objects.get(case_number="K-1").conditions == ["One", "Two words"]


def test_a_form_that_came_after_the_sessions_end_and_cannot_be_kept_is_given_back(person, check_in):
    session = person.session
    session[sessions.SEEN] = session[sessions.BEGAN] = (clock.now() - timedelta(hours=2)).timestamp()
    session.save()
    path = reverse("check_ins:answer", args=[check_in.pk])
    with override_settings(KEY_RING="junk"):
        answer = person.post(path, answers(check_in))
    assert answer.status_code == 503 and "data-session=" not in answer.content.decode()
    assert not KeptWords.objects.exists()
    done = person.post(path, fields_of(answer.content.decode()))
    assert done.url.startswith(reverse("account_login"))
    assert kept_words.read(KeptWords.objects.get())[text_key(check_in)] == [WORDS]


def test_passwords_never_come_back_in_a_page(check_in):
    from lms.referrals import actions

    other = an_enrolled_referral(program=check_in.track.referral.program)
    token = actions.invite(referral=other, by=None, now=clock.now())
    with without_its_key:
        answer = Client().post(f"/invitations/{token}/", {"password": "a lantern over quiet water"})
    assert answer.status_code == 503
    assert "lantern" not in answer.content.decode()


def test_a_case_that_is_sealed_or_forgotten_is_like_one_that_never_was(person, check_in, signed_in):
    path = reverse("check_ins:answer", args=[check_in.pk])
    crypto.seal_subject(check_in.track.referral_id, now=clock.now())
    assert person.get(path).status_code == 404
    assert person.post(path, answers(check_in)).status_code == 404
    crypto.destroy_subject(check_in.track.referral_id, now=clock.now())
    assert person.get(path).status_code == 404
    facilitator = signed_in(check_in.track.referral.facilitator)
    assert facilitator.get(reverse("referrals:case", args=[check_in.track.referral_id])).status_code == 404
    assert facilitator.get(reverse("referrals:caseload")).status_code == 200


def test_changed_bytes_are_our_fault_and_the_log_names_only_the_place(person, check_in, caplog):
    CheckIn.objects.filter(pk=check_in.pk).update(draft=b"\x00" * 60)
    with caplog.at_level(logging.INFO):
        answer = person.get(reverse("check_ins:answer", args=[check_in.pk]))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    mine = [r.getMessage() for r in caplog.records if r.name == "amends.keys"]
    assert mine == [f"what stands in accountability.checkin.draft:{check_in.pk} is not what was written there"]


def test_no_address_is_logged_when_a_key_is_missing(check_in, caplog):
    from lms.referrals import actions

    other = an_enrolled_referral(program=check_in.track.referral.program)
    token = actions.invite(referral=other, by=None, now=clock.now())
    with without_its_key, caplog.at_level(logging.INFO):
        assert Client().get(f"/invitations/{token}/").status_code == 503
    assert "key 1 is not on the key ring" in caplog.text
    assert token not in caplog.text


def test_a_report_is_not_called_unknown_because_a_key_of_the_ring_is_away(check_in, signed_in):
    """The stranger at the door is told to come again, not that there is no such report."""
    from court_reports import verification
    from court_reports.models import Release, Report

    case = check_in.track.referral
    with override_settings(KEY_RING=OTHER), pytest.raises(crypto.RingKeyMissing):
        verification._readable(Release(report=Report(referral=case), sealed_issue=_sealed(case)))


def _sealed(case: Referral) -> bytes:
    with override_settings(KEY_RING="1:" + OTHER[2:]):
        token = crypto.encrypt("{}", subject=case.pk, zone="compliance", place="x")
    assert SubjectKey.objects.filter(subject=case.pk, zone="compliance").exists()
    return token


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_looks_for_a_persons_key_once_however_much_it_opens(check_in, signed_in, rows):
    for number in range(rows):
        row = Submission(
            check_in=check_in,
            made_at=clock.now(),
            recorded_at=clock.now(),
            by=check_in.track.referral.person,
            code="c",
            form=form_in_force(check_in.track.referral.program, clock.now()),
            language="en",
        )
        text = json.dumps({text_key(check_in): f"{WORDS} {number}"})
        place = f"accountability.submission.answers:{row.pk}"
        row.answers = crypto.encrypt(text, subject=check_in.track.referral_id, place=place)
        row.save()
    CheckIn.objects.filter(pk=check_in.pk).update(submitted_at=clock.now())
    facilitator = signed_in(check_in.track.referral.facilitator)
    with CaptureQueriesContext(connection) as asked:
        shown = facilitator.get(reverse("track_staff:check_in", args=[check_in.pk])).content.decode()
    assert all(f"roads {number}" in shown for number in range(rows))
    # The person's, and the journal's for the event that says so.
    assert sum("people_subjectkey" in query["sql"] for query in asked) == 2
