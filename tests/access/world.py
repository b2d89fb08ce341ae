"""Cases with a thing of every kind that has an address, and everybody who could come near them."""

import uuid
from datetime import timedelta
from functools import cache, cached_property, reduce
from hashlib import sha256
from operator import or_
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model, Q
from django.urls import reverse
from wagtail.images.models import Filter
from wagtail.models import Page
from wagtail.query import PageQuerySet

from accountability.actions import (
    attachments,
    check_ins,
    circles,
    commitments,
    evidence,
    excusal_requests,
    help_calls,
    overrides,
    providers,
    tracks,
)
from accountability.sample import sample_check_in_form
from courses.actions import consents, cooling, identities, recordings, reflections, waivers
from courses.actions.authoring import open_media
from courses.actions.editions import publish_edition
from courses.consent_words import consent_text
from courses.models import (
    CoursePage,
    CoursePicture,
    CourseRecording,
    Enrollment,
    ModulePage,
    Viewing,
    WordsToAuthors,
)
from courses.shown import body
from courses.viewsets import RecordingViewSet
from court_reports.actions import desk, heads, revoking, tokens
from court_reports.actions.release import release
from court_reports.models import CourtLink, HeadSubscriber, Kind
from lms import clock
from lms.casework.actions import notes, saved_views
from lms.files.accept import accept
from lms.files.rules import CHECK_IN_FILE, EVIDENCE
from lms.keeping.actions import copies, demands, forgetting, holds
from lms.keeping.models import Act, DemandKind, Forgetting, Ground, HoldReason
from lms.outbox import outbox
from lms.outbox.models import Message
from lms.people.actions import kept_words
from lms.people.models import Kind as AccountKind
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.actions import accommodations, covers, invitations, transfers
from lms.referrals.models import CourtMembership, Program
from tests.builders import (
    JANUARY,
    a_court,
    a_court_lead,
    a_court_user,
    a_facilitator,
    a_program,
    a_published_course,
    a_referral,
    a_reviewer,
    a_user,
    an_administrator,
    an_auditor,
    an_author,
    an_enrolled_referral,
    an_invited_colleague,
)
from tests.court_reports.cases import a_draft_of
from tests.files.corpus import a_pdf, a_picture
from tests.files.recordings import a_clip

DAY = timedelta(days=1)


def a_shown_picture(program: Program) -> CoursePicture:
    """A picture in the first module, in the edition that whoever enrolls now gets."""
    if not program.courses.exists():
        a_published_course(program)
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    upload = SimpleUploadedFile("street.jpg", a_picture(), "image/jpeg")
    picture = CoursePicture.objects.create(title="A street", file=upload, collection=open_media(program=program))
    module = ModulePage.objects.child_of(course).first()
    module.body.append(("picture", {"picture": picture, "alternative": "A street in rain", "caption": ""}))
    module.save_revision().publish()
    publish_edition(course=course, by=None, now=JANUARY)
    picture.create_rendition(Filter("max-1600x1600"))  # what the page asks for; a cache may know one of another test
    return picture


@cache
def a_tiny_clip() -> bytes:
    return a_clip()


def a_shown_recording(program: Program) -> CourseRecording:
    """A video with captions in the first module, beside its picture; and a place for a line of a plan."""
    author, words = an_author(program), "WEBVTT\n\n00:00.000 --> 00:01.000\nNobody asked."
    form = RecordingViewSet().get_form_class()(
        {
            "title": "What nobody asked", "words-TOTAL_FORMS": "1", "words-INITIAL_FORMS": "0",
            "words-0-language": "en", "words-0-captions": words, "words-0-transcript": "Nobody asked.",
        },
        {"upload": SimpleUploadedFile("clip.mp4", a_tiny_clip())},
        for_user=author,
    )  # fmt: skip
    assert form.is_valid(), form.errors
    recording = recordings.add(form=form, by=author, now=JANUARY)
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    module = ModulePage.objects.child_of(course).first()
    module.body.append(("commitment", {"prompt": "What will you do?", "examples": ["Call a friend"]}))
    module.body.append(("video", {"recording": recording, "poster": None}))
    module.save_revision().publish()
    publish_edition(course=course, by=None, now=JANUARY)
    return recording


class Case:
    """One case with a thing of every kind that has an address."""

    def __init__(self, program: Program | None = None) -> None:
        now = clock.now()
        self.program = program or a_program()
        self.court = a_court(profile={"filing_copy": True})
        self.picture = a_shown_picture(self.program)
        self.recording = a_shown_recording(self.program)
        self.referral = an_enrolled_referral(program=self.program, court=self.court, last_name="Unmistakable")
        self.person, self.facilitator = self.referral.person, self.referral.facilitator
        enrolled = a_draft_of(self.referral, Kind.ENROLLMENT, now=now - 20 * DAY)
        self.released = release(report=enrolled, by=self.facilitator, now=now - 20 * DAY)
        enrollment = Enrollment.objects.select_related("referral__person", "policy").get(referral=self.referral)
        self.module = enrollment.edition.modules.first()
        self.blocks = {kind: self.module.asked(kind)[0]["id"] for kind in ("knowledge_check", "reflection", "scenario")}
        self.blocks["commitment"] = next(str(b.id) for b in body(self.module, "en") if b.block_type == "commitment")
        self.reflection = reflections.submit(
            enrollment=enrollment, module=self.module, block_id=self.blocks["reflection"], text="word " * 400,
            language="en", by=self.person, now=now,
        )  # fmt: skip
        self.watcher = self.a_watcher()
        self.track = tracks.open_track(referral=self.referral, by=None, now=now - 13 * DAY)
        self.sent, self.open = self.track.check_ins.all()[:2]
        check_ins.submit(
            check_in=self.sent, answers={"help": "no"}, form=None, language="en", by=self.person, now=now - 7 * DAY
        )
        help_calls.ask_now(check_in=self.sent, kinds=["call"], now=now - 7 * DAY)
        self.attachment = attachments.add(
            check_in=self.open, question="instead", data=accept(a_picture(), rules=CHECK_IN_FILE), by=self.person,
            now=now,
        )  # fmt: skip
        self.commitment = commitments.add(
            track=self.track, words="x", named_by_order="", required=True, by=self.facilitator, now=now
        )
        self.piece = evidence.send(commitment=self.commitment, data=a_picture(), words="x", by=self.person, now=now)
        self.provider = providers.name(
            commitment=self.commitment, name="x", email="provider@people.example", language="en", asks="x",
            by=self.facilitator, now=now,
        )  # fmt: skip
        providers.agree(provider=self.provider, may_name=False, by=self.person, now=now)
        self.provider_token = providers.ask(provider=self.provider, by=self.facilitator, now=now)
        self.circle = circles.open_circle(
            program=self.program, name="x", place="x", first_on=(now - 7 * DAY).date(), last_on=(now + 7 * DAY).date(),
            at=now.time(), minutes=60, zone="UTC", every="weekly", on_holiday="skip", holidays=[], by=self.facilitator,
            now=now,
        )  # fmt: skip
        self.meeting = self.circle.meetings.first()
        self.circle_person = circles.add_person(
            circle=self.circle, referral=self.referral, commitment=None, by=self.facilitator, now=now
        )
        self.helper = circles.add_helper(
            circle=self.circle, role="mentor", name="x", email="mentor@people.example", language="en",
            by=self.facilitator, now=now,
        )  # fmt: skip
        self.hearing = referrals.add_hearing(referral=self.referral, at=now + 90 * DAY, kind="review", by=None, now=now)
        self.draft = a_draft_of(self.referral, Kind.NON_COMPLIANCE, now=now)
        self.court_link = f"of-{self.released.pk.hex}"
        CourtLink.objects.create(
            release=self.released, token_digest=sha256(self.court_link.encode()).hexdigest(),
            address="clerk@court.example", made_at=now, expires_at=now + 10 * DAY,
        )  # fmt: skip
        self._decide(now)
        self.message = outbox.post(
            key=f"k{self.referral.pk}", kind="check_in.missed", to=self.person, at=now, about=self.referral.pk
        )
        self.waiting = an_invited_colleague(self.program, now=now)
        self.form = sample_check_in_form(program=self.program, now=now)
        administrator = an_administrator(self.program)
        self.override = overrides.propose(
            track=self.track, act="extend", terms={"days": 3, "reason": "x", "ordered_by": "x"}, by=administrator,
            now=now,
        )  # fmt: skip
        self.waiver = waivers.propose(
            enrollment=enrollment, module=self.module, requirement="time", reason="other", by=administrator, now=now
        )
        self.revocation = revoking.propose(
            release=self.released, reason="other", what_is_wrong="x", by=administrator, now=now
        )
        self.accommodation = accommodations.agree(
            referral=self.referral, kind="reader", from_on=now.date(), until_on=None, note="x", by=self.facilitator,
            now=now,
        )  # fmt: skip
        elsewhere = a_program()
        an_administrator(elsewhere)
        self.transfer = transfers.propose(
            referral=self.referral, to_program=elsewhere, reason="moved", ordered_by="x", from_on=now.date() + DAY,
            by=administrator, now=now,
        )  # fmt: skip
        self.note = notes.write(referral=self.referral, kind="team", words="x", by=self.facilitator, now=now)
        self.view = saved_views.save(name="x", asked={}, by=self.facilitator, now=now)
        self.member = CourtMembership.objects.get(user=a_court_user(self.court))
        token = invitations.invite_to_court(
            court=self.court, email="colleague@people.example", first_name="Cleo", last_name="Clerk", lead=False,
            by=None, now=now,
        )  # fmt: skip
        by = an_administrator(self.program)
        self.court_token, _secret = tokens.make(
            court=self.court, label="System", scopes=["reports:read"], expires_at=now + 90 * DAY, by=by, now=now
        )
        self.hearings_key = desk.open_feed(user=self.member.user, now=now)
        self.token, self.court_waiting = token, invitations.find(token=token, now=now)
        self.words = WordsToAuthors.objects.create(enrollment=enrollment, text="x", language="en", sent_at=now)
        self.viewing = Viewing.objects.create(enrollment=enrollment, module=self.module, step=1, opened_at=now)
        self.proposal = forgetting.propose(
            referral=self.referral, act=Act.SEAL, ground=Ground.COURT_ORDER, order=a_pdf(), by=self.facilitator, now=now
        )
        self.hold = holds.place(referral=self.referral, reason=HoldReason.LITIGATION, by=administrator, now=now)
        self.copy = copies.ask(referral=self.referral, language="en", by=self.person, now=now)
        self.legal_demand = demands.record(
            referral=self.referral, kind=DemandKind.SUBPOENA, who="A lawyer", what="The file", may_tell=True,
            by=administrator, now=now,
        )  # fmt: skip
        Message.objects.filter(pk=self.message.pk).update(refused_at=now)
        self.author, self.story = an_author(self.program), uuid.uuid4()
        consents.give(
            story=self.story, page=self.pages.type(ModulePage).first().specific, program=self.program,
            terms=consents.Terms(byline="M.", languages=["en"], media=[], days=365, paid=False),
            text=consent_text(language="en", backup_days=90), by=self.author, now=now,
        )  # fmt: skip
        page = self.pages.type(ModulePage).first().specific
        self.cooling = cooling.begin(
            page=page, revision=page.get_latest_revision(), stories=[str(self.story)], by=None, now=now
        )
        self.identity = identities.save(legal_name="Unmistakable", contact="", payment="", by=self.author, now=now)
        self.kept = kept_words.keep(user=self.person, path="/check-ins/", fields={"words": ["mine"]}, now=now)
        self.forgotten = self._forget_another(administrator)

    def _decide(self, now: Any) -> None:
        """A request that waits, one that was refused and appealed, one that could still be made; a step; a cover."""
        self.asked_for, self.on_appeal, self.unasked = self.track.check_ins.all()[2:5]
        ask = {"reason": "care", "words": "x", "by": self.person, "now": now}
        shown = [accept(a_picture(), rules=EVIDENCE)]
        self.request = excusal_requests.ask(check_in=self.asked_for, evidence=shown, **ask)
        self.appealed = excusal_requests.ask(check_in=self.on_appeal, evidence=[], **ask)
        excusal_requests.refuse(
            request=self.appealed, reason="other", attended="no", said="x", by=self.facilitator, now=now
        )
        excusal_requests.appeal(request=self.appealed, words="x", shows_files=False, by=self.person, now=now)
        self.step = self.referral.response_steps.first()
        self.cover = covers.arrange(
            program=self.program, absent=self.facilitator, cover=a_facilitator(self.program), from_at=now + 30 * DAY,
            until_at=now + 40 * DAY, by=self.facilitator, now=now,
        )  # fmt: skip

    def _forget_another(self, administrator: User) -> Forgetting:
        """Another case of the same program and court, of which a certificate is all that is left."""
        now = clock.now()
        referral = a_referral(program=self.program, court=self.court)
        proposal = forgetting.propose(
            referral=referral, act=Act.EXPUNGE, ground=Ground.COURT_ORDER, order=a_pdf(), by=referral.facilitator,
            now=now,
        )  # fmt: skip
        return forgetting.confirm(forgetting=proposal, by=administrator, now=now)

    @property
    def bodies(self) -> dict[str, dict[str, Any]]:
        """Name → what is posted, where it is the body that names the thing and not the address."""
        return {
            "learn:beat": {"viewing": self.viewing.pk, "ticket": "x"},
            "publish_edition": {"what": "edition"},
        }

    def a_watcher(self) -> str:
        """Whose link leads to the register's heads by mail."""
        row = HeadSubscriber.objects.create(
            email="a@watch.example", digest=str(self.referral.pk), language="en", asked_at=JANUARY
        )
        return heads.token_of(row)

    @cached_property
    def things(self) -> dict[str, list[Any]]:
        """Name → what stands in its address, for every address of ours that takes an id."""
        return {
            "referrals:case": [self.referral],
            "referrals:audit_case": [self.referral],
            "referrals:invite": [self.referral],
            "referrals:assign": [self.referral],
            "referrals:add_hearing": [self.referral],
            "referrals:cancel_hearing": [self.hearing],
            "casework:timeline": [self.referral],
            "casework:contact": [self.referral],
            "casework:write_note": [self.referral, "team"],
            "casework:correct_note": [self.note],
            "casework:forget_view": [self.view],
            "referrals:agree_accommodation": [self.referral],
            "referrals:end_accommodation": [self.accommodation],
            "referrals:move_deadline": [self.referral],
            "referrals:why_ended": [self.referral],
            "referrals:court_move_deadline": [self.referral],
            "referrals:message_settled": [self.message],
            "referrals:message_again": [self.message],
            "referrals:message": [self.message],
            "referrals:message_they_know": [self.message],
            "referrals:message_once_more": [self.message],
            "referrals:print_code": [self.referral],
            "referrals:print_code_court": [self.referral],
            "referrals:sign_ins": [self.referral],
            "referrals:case_lost_factor": [self.referral],
            "referrals:team_lost_factor": [self.facilitator],
            "referrals:court_member_lost_factor": [self.member],
            "referrals:team_member": [self.facilitator],
            "referrals:give_role": [self.facilitator],
            "referrals:take_role": [self.facilitator],
            "referrals:disable_account": [self.facilitator],
            "referrals:enable_account": [self.facilitator],
            "referrals:hand_over_caseload": [self.facilitator, self.program],
            "referrals:team_invitation_again": [self.waiting],
            "referrals:team_invitation_withdraw": [self.waiting],
            "keeping:case": [self.referral],
            "keeping:propose": [self.referral],
            "keeping:hold": [self.referral],
            "keeping:demand": [self.referral],
            "keeping:decide_demand": [self.legal_demand],
            "keeping:lift": [self.hold],
            "keeping:release_copy": [self.copy],
            "keeping:proposal": [self.proposal],
            "keeping:confirm": [self.proposal],
            "keeping:order": [self.proposal],
            "keeping:withdraw": [self.proposal],
            "keeping:certificate": [self.forgotten],
            "my_copy:file": [self.copy],
            "my_copy:ask": [self.referral],
            "people:kept": [self.kept],
            "people:let_go": [self.kept],
            "referrals:court_referral": [self.referral],
            "referrals:court_member_end": [self.member],
            "referrals:court_member_disable": [self.member],
            "referrals:court_member_enable": [self.member],
            "referrals:court_invitation_again": [self.court_waiting],
            "referrals:court_invitation_withdraw": [self.court_waiting],
            "referrals:team_lead": [self.member],
            "referrals:invitation": [self.token],
            "verify:mail": [self.watcher],
            "authoring_rendition": [self.picture.renditions.first().key],
            "check_ins:feed": [self.track.feed_key],
            "learn:module": [self.module],
            "learn:still_shown": [self.viewing],
            "learn:media": [self.picture.key],
            "learn:media_sound": [self.recording.key],
            "learn:media_captions": [self.recording.key, "en"],
            "learn:attest": [self.module],
            "learn:turn_page": [self.module],
            "learn:place": [self.module],
            "learn:way": [self.module],
            "learn:paper": [self.module],
            "learn:check": [self.module, self.blocks["knowledge_check"]],
            "learn:check_draft": [self.module, self.blocks["knowledge_check"]],
            "learn:reflection": [self.module, self.blocks["reflection"]],
            "learn:reflection_draft": [self.module, self.blocks["reflection"]],
            "learn:scenario": [self.module, self.blocks["scenario"]],
            "learn:plan_line": [self.module, self.blocks["commitment"]],
            "roster:record": [self.reflection.enrollment],
            "roster:take_record": [self.reflection.enrollment],
            "courses_staff:reflection": [self.reflection],
            "courses_staff:rubric": [self.program],
            "courses_staff:waive": [self.referral],
            "courses_staff:waiver": [self.waiver],
            "courses_staff:confirm_waiver": [self.waiver],
            "courses_staff:withdraw_waiver": [self.waiver],
            "courses_staff:identity": [self.identity],
            "courses_staff:words_decide": [self.words],
            "courses_staff:words_threat": [self.words],
            "referrals:end_cover": [self.cover],
            "referrals:hand_overs": [self.referral],
            "check_ins:excusal_ask": [self.unasked],
            "check_ins:excusal": [self.request],
            "check_ins:excusal_withdraw": [self.request],
            "check_ins:excusal_appeal": [self.request],
            "check_ins:excusal_file": [self.request.files.get()],
            "check_ins:response": [self.step],
            "track_staff:excusal": [self.request],
            "track_staff:excusal_decide": [self.request],
            "track_staff:excusal_appeal": [self.appealed],
            "track_staff:excusal_file": [self.request.files.get()],
            "track_staff:responses": [self.referral],
            "track_staff:skip_step": [self.referral],
            "check_ins:answer": [self.open],
            "check_ins:draft": [self.open],
            "check_ins:receipt": [self.sent],
            "check_ins:help": [self.sent],
            "check_ins:tried": [self.open],
            "track_staff:paper": [self.open],
            "track_staff:file": [self.attachment],
            "track_staff:form_preview": [self.form],
            "track_staff:check_in": [self.sent],
            "track_staff:review": [self.sent],
            "track_staff:excuse": [self.open],
            "track_staff:record": [self.open],
            "track_staff:helped": [self.sent],
            "track_staff:transfer_case": [self.referral],
            "track_staff:transfer": [self.transfer],
            "track_staff:accept_transfer": [self.transfer],
            "track_staff:decline_transfer": [self.transfer],
            "track_staff:withdraw_transfer": [self.transfer],
            "track_staff:override": [self.override],
            "track_staff:confirm_override": [self.override],
            "track_staff:withdraw_override": [self.override],
            "track_staff:toll": [self.track],
            "track_staff:give_back": [self.track],
            "track_staff:extend": [self.track],
            "track_staff:cadence": [self.track],
            "track_staff:zone": [self.track],
            "track_staff:early": [self.track],
            "track_staff:add_commitment": [self.track],
            "track_staff:verify_commitment": [self.commitment],
            "track_staff:commitment": [self.commitment],
            "track_staff:change_commitment": [self.commitment],
            "track_staff:end_commitment": [self.commitment],
            "track_staff:add_progress": [self.commitment],
            "track_staff:send_evidence": [self.commitment],
            "track_staff:name_provider": [self.commitment],
            "track_staff:evidence": [self.piece],
            "track_staff:decide_evidence": [self.piece],
            "track_staff:provider_agreed": [self.provider],
            "track_staff:ask_provider": [self.provider],
            "track_staff:revoke_provider": [self.provider],
            "commitments:commitment": [self.commitment],
            "commitments:agree": [self.commitment],
            "commitments:send_evidence": [self.commitment],
            "commitments:evidence": [self.piece],
            "commitments:decide_provider": [self.provider],
            "provider:confirm": [self.provider_token],
            "circles:circle": [self.circle],
            "circles:add_person": [self.circle],
            "circles:add_helper": [self.circle],
            "circles:hand_over": [self.circle],
            "circles:end": [self.circle],
            "circles:person_leaves": [self.circle_person],
            "circles:helper_leaves": [self.helper],
            "circles:meeting": [self.meeting],
            "circles:attendance": [self.meeting],
            "circles:minutes": [self.meeting],
            "circles:move": [self.meeting],
            "circles:cancel": [self.meeting],
            "reports_staff:start": [self.referral],
            "reports_staff:report": [self.draft],
            "reports_staff:file": [self.draft],
            "reports_staff:refresh": [self.draft],
            "reports_staff:discard": [self.draft],
            "reports_staff:release": [self.draft],
            "reports_staff:correct": [self.released.report],
            "reports_staff:pack": [self.released.report],
            "reports_staff:hand_over": [self.released.report],
            "reports_staff:send_link": [self.released.report],
            "reports_staff:told": [self.released.report],
            "reports_staff:revoke": [self.released.report],
            "reports_staff:revocation": [self.revocation],
            "reports_staff:confirm_revocation": [self.revocation],
            "reports_staff:withdraw_revocation": [self.revocation],
            "court_link:report": [self.court_link],
            "court_link:file": [self.court_link],
            "court_link:acknowledge": [self.court_link],
            "court_link:again": [self.court_link],
            "reports_court:download": [self.released],
            "reports_court:filing_copy": [self.released],
            "reports_court:acknowledge": [self.released],
            "reports_court:by_hand": [self.released],
            "reports_court:of_case": [self.referral],
            "court_tokens:revoke": [self.court_token],
            "hearing_calendar:feed": [self.hearings_key],
            "my_reports:download": [self.released],
            "my_reports:copy": [self.released],
            "my_reports:answer": [self.draft],
            "my_reports:draft_file": [self.draft],
        }  # fmt: skip

    @property
    def pages(self) -> PageQuerySet:
        """What the authors of this case's program wrote."""
        courses = CoursePage.objects.filter(program=self.program)
        return Page.objects.filter(reduce(or_, (Q(path__startswith=course.path) for course in courses)))

    def addresses(self) -> dict[str, str]:
        """Name → address, for every address of ours that takes an id."""
        return {name: reverse(name, args=[id_of(thing) for thing in found]) for name, found in self.things.items()}


def id_of(thing: object) -> object:
    return thing.pk if isinstance(thing, Model) else thing


class World:
    """Three cases: two of one program with different facilitators and courts, one of another program."""

    def __init__(self) -> None:
        program = a_program()
        a_published_course(program, modules=2)
        a_facilitator(program), a_facilitator(program)
        self.a, self.b, self.c = Case(program), Case(program), Case()
        assert self.a.facilitator != self.b.facilitator

    @cached_property
    def everyone(self) -> dict[str, User]:
        """Role → account. Each has one role, held for the first case's program or court."""
        program = self.a.program
        return {
            "person": self.a.person,
            "facilitator": self.a.facilitator,
            "administrator": an_administrator(program),
            "auditor": an_auditor(program),
            "court": a_court_user(self.a.court),
            "court lead": a_court_lead(self.a.court),
            "author": self.a.author,
            "reviewer": a_reviewer(program),
            "survivor": a_user(AccountKind.SURVIVOR_PARTICIPANT),
        }

    def other(self, role: str) -> Case:
        """The nearest case that is not theirs. Two people of one program share the modules of its course."""
        return self.b if role in {"facilitator", "court", "court lead"} else self.c
