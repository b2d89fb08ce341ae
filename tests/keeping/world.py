"""A case that holds one word wherever a word can stand, so that it can be looked for afterwards."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from accountability.actions import (
    attachments,
    check_ins,
    circles,
    commitments,
    decisions,
    excusal_requests,
    help_calls,
    moves,
    providers,
    responses,
    tracks,
    tries,
)
from accountability.actions import evidence as commitment_evidence
from accountability.models import Commitment, Review, Track
from courses.actions import attempts, evidence, reflections, waivers, words_to_authors
from courses.models import Enrollment, PlanLine, WordsToAuthors
from court_reports.actions import draft as drafts
from court_reports.models import Kind, Release, Report
from lms.casework.actions import contacts, notes
from lms.files.accept import accept as cleaned
from lms.files.rules import CHECK_IN_FILE, EVIDENCE
from lms.outbox import numbers, outbox
from lms.outbox.models import Message, Wish
from lms.people.actions import kept_words, sign_ins
from lms.people.models import SignIn, User
from lms.referrals import actions as referrals
from lms.referrals.actions import accommodations, codes, deadlines, invitations
from lms.referrals.models import InvitationAsked, Referral
from lms.referrals.rules.codes import plain
from tests.builders import (
    JANUARY,
    a_court,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_published_course,
    a_referral,
    accept,
    an_administrator,
    at,
)
from tests.conftest import sign_in_session
from tests.court_reports.cases import a_release_of, check_ins_of, skip_steps
from tests.files.corpus import a_pdf, a_picture

MARK = "zanahoria"
# Of a message, beside the one that waits.
STATES = ("waiting", "claimed", "sent", "suppressed", "uncertain", "refused", "uncertain settled")
NOW = at("2026-03-20 12:00")
DAY = timedelta(days=1)


@dataclass
class World:
    referral: Referral
    person: User
    facilitator: User
    admin: User
    other_admin: User
    clerk: User
    release: Release
    client: Client
    needles: tuple[str, ...]  # what else is about this person, and bears no mark


def a_marked_world(**fields: Any) -> World:
    """Referred, enrolled, taught, in the track, reported on; with everything that may be left lying about."""
    program = a_program(name="Amends Lantern", organization="Lantern Community Justice")
    a_published_course(program, modules=1)
    court = a_court(profile={"filing_copy": True})
    facilitator = a_facilitator(program)
    referral = a_referral(
        program=program,
        court=court,
        **{
            "first_name": f"{MARK}first", "last_name": f"{MARK}last", "email": f"{MARK}@people.example",
            "phone": f"{MARK}-555", "case_number": f"{MARK}-77", "reference": f"{MARK}-ref",
            "conditions": [f"Complete the course of {MARK}"], "officer_name": f"{MARK} officer",
            "defense_counsel": f"{MARK} counsel",
        } | fields,
    )  # fmt: skip
    needles = _a_way_in(referral, facilitator)
    person = a_person(referral)
    accept(referral, person, JANUARY)
    referral.refresh_from_db()
    client = Client()
    sign_in_session(client, person)
    world = World(
        referral, person, facilitator, an_administrator(program), an_administrator(program), a_court_user(court),
        _a_life(referral, person, facilitator), client, (*needles, *_ways_to_reach(referral, person)),
    )  # fmt: skip
    UserSession.objects.create(
        user=person, ip="10.1.2.3", session_key=client.session.session_key, user_agent=f"{MARK} phone", last_seen_at=NOW
    )
    kept_words.keep(user=person, path="/check-ins/", fields={"words": [f"{MARK} kept"]}, now=NOW)
    return world


def _a_way_in(referral: Referral, facilitator: User) -> tuple[str, ...]:
    """Invited, asked for a new invitation, and given a code on paper, before there was an account."""
    token = referrals.invite(referral=referral, by=None, now=JANUARY)
    invitations.ask_for_new(token=token, now=JANUARY)
    invitations.answer_asked(now=JANUARY)
    assert InvitationAsked.objects.filter(invitation__referral=referral, settled_at__isnull=False).exists()
    printed = codes.make(referral=referral, by=facilitator, now=JANUARY)
    return token, printed.code, plain(printed.code), printed.row.digest


def _ways_to_reach(referral: Referral, person: User) -> tuple[str, ...]:
    """A mobile number that was shown to be theirs, sign-ins, and a message in each of its states."""
    with override_settings(SMS_PROVIDER="file"):
        number = numbers.ask(user=person, typed="(201) 555-0123", wish=Wish.BOTH, zone="", now=NOW)
    numbers.confirm(user=person, code=numbers.code_of(number), now=NOW)
    sign_ins.note(
        user=person, how=SignIn.How.PASSKEY, user_agent="Mozilla/5.0 (Linux; Android 15) Chrome/140",
        address="203.0.113.77", now=NOW,
    )  # fmt: skip
    for state in STATES:
        message = outbox.post(
            key=f"{state}:{referral.pk}", kind="check_in.missed", to=person, at=NOW, about=referral.pk,
            context={"path": f"/{MARK}/"},
        )  # fmt: skip
        if state != "waiting":
            Message.objects.filter(pk=message.pk).update(**{f"{name}_at": NOW for name in state.split()})
    return "2015550123", number.digest, "203.0.113."


def an_order() -> bytes:
    """A court's order about this person, as the court sent it."""

    def name_it(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Title"] = f"In re {MARK}"

    data = a_pdf(name_it, deterministic_id=True)
    assert MARK.encode() in data
    return data


def _a_life(referral: Referral, person: User, facilitator: User) -> Release:
    start = at("2026-01-20 10:00")
    referrals.add_hearing(referral=referral, at=NOW + 9 * DAY, kind=f"{MARK} hearing", by=facilitator, now=start)
    _a_course(referral, person, facilitator, start)
    opened = at("2026-02-02 10:00")
    track = tracks.open_track(referral=referral, by=None, now=opened)
    referrals.mark_track_opened(referral=referral, by=None, now=opened)
    referral.refresh_from_db()
    _a_track(track, person, facilitator)
    _decisions(referral, person, facilitator)
    release = a_release_of(referral, Kind.ENROLLMENT, now=NOW)
    skip_steps(referral, now=NOW)
    notice = drafts.draft(referral=referral, kind=Kind.NON_COMPLIANCE, by=facilitator, now=NOW)
    drafts.answer(report=notice, words=f"{MARK} answer", by=person, now=NOW)
    assert Report.objects.filter(referral=referral).count() == 2
    return release


def _a_course(referral: Referral, person: User, facilitator: User, now: datetime) -> None:
    enrollment = Enrollment.objects.select_related("referral__person", "policy", "edition").get(referral=referral)
    module = enrollment.edition.modules.order_by("position")[0]
    evidence.open_step(enrollment=enrollment, module=module, step=1, by=person, now=now, language="en")
    evidence.attest(enrollment=enrollment, module=module, kind="module", by=person, now=now)
    check = module.asked("knowledge_check")[0]["id"]
    attempts.start(enrollment=enrollment, module=module, block_id=check, by=person, now=now)
    block = module.asked("reflection")[0]["id"]
    what = {"enrollment": enrollment, "module": module, "block_id": block, "language": "en", "now": now}
    row = reflections.submit(**what, text=f"{MARK} reflection " * 200, by=person)
    rubric = [{"en": f"{MARK} asked", "es": f"{MARK} asked", "answer": "partly"}]
    reflections.review(reflection=row, outcome="returned", note=f"{MARK} note", rubric=rubric, by=facilitator, now=now)
    accommodations.agree(
        referral=enrollment.referral, kind="reader", from_on=now.date(), until_on=None, note=f"{MARK} reads slowly",
        by=facilitator, now=now,
    )  # fmt: skip
    deadlines.move_deadline(
        referral=enrollment.referral, was=enrollment.referral.complete_by, to_on=NOW.date() + 90 * DAY,
        authority="order", ordered_by=f"{MARK} moved it", by=facilitator, now=now,
    )  # fmt: skip
    of_it = {"referral": enrollment.referral, "by": facilitator, "now": now}
    notes.write(kind="team", words=f"{MARK} noted", **of_it)
    contacts.record(way="call", outcome="reached", note=f"{MARK} reached", made_at=now, **of_it)
    waiver = waivers.propose(
        enrollment=enrollment, module=module, requirement="time", reason="other", by=facilitator, now=now
    )
    waivers.confirm(waiver=waiver, by=an_administrator(enrollment.referral.program), now=now)
    reflections.save_draft(**what, text=f"{MARK} draft")
    PlanLine.objects.create(
        enrollment=enrollment, module=module, block_id="plan", words=f"{MARK} undertaken", written_at=now
    )
    _words_to_authors(enrollment, facilitator, now)


def _words_to_authors(enrollment: Enrollment, by: User, now: datetime) -> None:
    """Left by somebody who finished, which this person has not: passed on, and lying beside their own."""
    row = WordsToAuthors.objects.create(enrollment=enrollment, text=f"{MARK} to you", language="en", sent_at=now)
    words_to_authors.pass_on(words=row, version=row.version, by=by, now=now)
    WordsToAuthors.objects.filter(pk=row.pk).update(draft_saved_at=now)


def _a_track(track: Track, person: User, facilitator: User) -> None:
    first, second = check_ins_of(track.referral)[:2]
    answers = {"q": f"{MARK} answered", "help": "no"}
    check_ins.submit(check_in=first, answers=answers, form=None, language="en", by=person, now=first.due_at - DAY)
    decisions.review(
        check_in=first, outcome=Review.RETURNED, note=f"{MARK} question", by=facilitator, now=first.due_at - DAY / 2
    )
    help_calls.ask_now(check_in=second, kinds=["risk"], now=second.opens_at)
    tries.note(check_in=second, why="closed", by=person, now=second.opens_at)
    photo = cleaned(a_picture(), rules=CHECK_IN_FILE)
    attachments.add(check_in=second, question="instead", data=photo, by=person, now=second.opens_at)
    check_ins.save_draft(check_in=second, answers={"q": f"{MARK} unsent"}, now=second.opens_at)
    _a_plan(track, person, facilitator)
    tolling = moves.toll(
        track=track, from_on=date(2026, 4, 6), to_on=date(2026, 4, 8), reason="hospital",
        authority=f"Dr. {MARK}", by=facilitator, now=NOW,
    )  # fmt: skip
    moves.extend(track=track, days=3, reason=f"{MARK} asked", ordered_by=f"Judge {MARK}", by=facilitator, now=NOW)
    moves.give_back(
        tolling=tolling, resumes_on=date(2026, 4, 8), authority=f"Letter of {MARK}", by=facilitator, now=NOW
    )
    moves.change_cadence(
        track=track, cadence="two_weeks", from_on=date(2026, 5, 1), reason=f"{MARK} works", ordered_by=f"Judge {MARK}",
        by=facilitator, now=NOW,
    )  # fmt: skip


def _a_plan(track: Track, person: User, facilitator: User) -> None:
    """Undertaken, changed, shown, asked about and confirmed; and a circle that met."""
    made = commitments.add(
        track=track, words=f"{MARK} undertakes", named_by_order=f"{MARK} ordered", required=True, why=f"{MARK} why",
        due_on=NOW.date() + 30 * DAY, proof="attendance", unit="sessions", units_asked=Decimal(20), by=facilitator,
        now=NOW,
    )  # fmt: skip
    commitments.agree(commitment=made, by=person, now=NOW)
    made.refresh_from_db()
    terms = commitments.terms_of(made)
    commitments.change(commitment=made, terms=terms, reason=f"{MARK} reason", by=facilitator, now=NOW)
    what = {"commitment": made, "now": NOW}
    piece = commitment_evidence.send(**what, data=an_order(), words=f"{MARK} letter", by=person)
    commitment_evidence.give_back(evidence=piece, note=f"{MARK} unreadable", by=facilitator, now=NOW)
    provider = providers.name(
        **what,
        name=f"{MARK} shelter",
        email=f"{MARK}@shelter.example",
        language="en",
        asks=f"{MARK} hours",
        by=facilitator,
    )
    providers.agree(provider=provider, may_name=True, by=person, now=NOW)
    token = providers.ask(provider=provider, by=facilitator, now=NOW)
    providers.answer(
        token=token, confirmed=True, on=NOW.date(), units=Decimal(3), name=f"{MARK} pat", role=f"{MARK} role", now=NOW
    )
    providers.ask(provider=provider, by=facilitator, now=NOW)
    _a_circle(track, made, facilitator)


def _a_circle(track: Track, commitment: Commitment, facilitator: User) -> None:
    day = NOW.date() - DAY
    circle = circles.open_circle(
        program=track.referral.program, name=f"{MARK} circle", place=f"{MARK} room", first_on=day, last_on=day,
        at=time(18), minutes=60, zone="America/New_York", every="weekly", on_holiday="skip", holidays=[],
        by=facilitator, now=NOW - 3 * DAY,
    )  # fmt: skip
    member = circles.add_person(
        circle=circle, referral=track.referral, commitment=commitment, by=facilitator, now=NOW - 2 * DAY
    )
    helper = circles.add_helper(
        circle=circle, role="mentor", name=f"{MARK} mentor", email=f"{MARK}@mentor.example", language="en",
        by=facilitator, now=NOW - 2 * DAY,
    )  # fmt: skip
    meeting = circle.meetings.get()
    circles.record_attendance(
        meeting=meeting, people={member.pk: "present"}, helpers={helper.pk: "excused"}, by=facilitator, now=NOW
    )
    circles.write_minutes(meeting=meeting, words=f"{MARK} minutes", by=facilitator, now=NOW)


def _decisions(referral: Referral, person: User, facilitator: User) -> None:
    """A request with a file, refused and appealed; a contact and a warning that was answered; handed over and back."""
    missed = check_ins_of(referral)[2]
    now = missed.closes_at + DAY
    asked = excusal_requests.ask(
        check_in=missed, reason="care", words=f"{MARK} asks", evidence=[cleaned(a_picture(), rules=EVIDENCE)],
        by=person, now=now,
    )  # fmt: skip
    excusal_requests.refuse(
        request=asked, reason="other", attended="no", said=f"{MARK} refused", by=facilitator, now=now
    )
    excusal_requests.appeal(request=asked, words=f"{MARK} appeals", shows_files=True, by=person, now=now)
    responses.contact(referral=referral, outcome="spoke", words=f"{MARK} spoke", by=facilitator, now=now)
    warned = responses.warn(referral=referral, words=f"{MARK} warned", by=facilitator, now=now)
    responses.reply(step=warned, words=f"{MARK} replies", by=person, now=now)
    for to in (a_facilitator(referral.program), facilitator):
        referrals.assign_facilitator(referral=referral, facilitator=to, by=facilitator, note=f"{MARK} note", now=now)
    referral.refresh_from_db()


def whole_database(*, but: tuple[str, ...] = ()) -> str:
    """Every value of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in but:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


def files() -> set[Path]:
    root = Path(settings.PRIVATE_ROOT)
    return {path for path in root.rglob("*") if path.is_file()} if root.exists() else set()
