"""What commitments and circles lay on the desk: steps, needs, sections."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accountability.commitment_access import meetings_of
from accountability.models import (
    Circle,
    Commitment,
    Evidence,
    ProviderAnswer,
    ProviderLink,
    Track,
)
from accountability.plan_words import shaped, state
from accountability.rules.calendar import day_ends
from accountability.rules.commitments import State
from accountability.rules.waiting import after_business_days
from lms.people.models import User
from lms.referrals.desk import Audience, Held, Need, Section, Step, Wait, Weight
from lms.referrals.models import Program, Referral
from lms.referrals.templatetags.amends import local, local_date

SOON = timedelta(days=21)


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """What waits for the person's agreement, what is due soon, when the circle meets."""
    if referral.track_opened_at is None:
        return []
    rows = Commitment.objects.filter(
        track__referral=referral, track__closed_at=None, verified_at=None, ended_at=None
    ).select_related("track")
    found = [step for row in rows if (step := _step(row, now))]
    ahead = meetings_of(referral).filter(ends_at__gt=now, starts_at__lt=now + SOON).order_by("starts_at")
    for number, meeting in enumerate(ahead):
        when = local(meeting.starts_at, referral.time_zone)
        found.append(Step(_("Meeting"), reverse("commitments:home"), when, order=250 + number))
    return found


def _step(row: Commitment, now: datetime) -> Step | None:
    url = reverse("commitments:commitment", args=[row.pk])
    title = _("Commitment %(number)d") % {"number": row.number}
    due_at = day_ends(row.due_on, row.track.time_zone) if row.due_on else None
    if row.agreed_at is None:
        return Step(title, url, _("Please read it and agree"), minutes=2, order=90 + row.number)
    if due_at and due_at < now + SOON:
        late = state(row, now) is State.OVERDUE
        detail = _("Its date was %(day)s. You can still send what shows it.") if late else ""
        words = detail % {"day": local_date(row.due_on, row.track.time_zone)} if detail else ""
        return Step(title, url, words, None if late else due_at, urgent=late, order=200 + row.number)
    return None


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """What was sent and waits, what a provider denied, what is past its date."""
    cases = referrals.order_by()
    return [*_evidence(cases), *_denied(cases), *_overdue(cases, now)]


def waits(referrals: QuerySet[Referral], now: datetime) -> Sequence[Wait]:
    """What was sent and has no answer within the days in which a check-in is read. The case leads to it: nobody but
    whoever looks after it sees what was sent."""
    found = []
    for row in _sent(referrals.order_by()).select_related("commitment__track__policy"):
        track = row.commitment.track
        late = after_business_days(row.sent_at, track.policy.review_business_days, track.time_zone)
        url = reverse("referrals:case", args=[track.referral_id])
        found.append(Wait(track.referral_id, "evidence", url, row.sent_at, late))
    return found


def _sent(cases: QuerySet[Referral]) -> QuerySet[Evidence]:
    return Evidence.objects.filter(
        commitment__track__referral__in=cases, decided_at=None, commitment__verified_at=None, commitment__ended_at=None
    ).defer("words", "note")


def _evidence(cases: QuerySet[Referral]) -> Iterator[Need]:
    for row in _sent(cases).select_related("commitment__track"):
        words = _("sent something for commitment %(number)d") % {"number": row.commitment.number}
        yield _need(row.commitment, words, row.sent_at, Weight.PLAN, _("Look at it and answer"))


def _denied(cases: QuerySet[Referral]) -> Iterator[Need]:
    """Until somebody asks again, or it is settled."""
    later = ProviderLink.objects.filter(
        provider__commitment=OuterRef("link__provider__commitment"), made_at__gt=OuterRef("at")
    )
    said = ProviderAnswer.objects.filter(
        ~Exists(later), confirmed=False, link__provider__commitment__track__referral__in=cases,
        link__provider__commitment__verified_at=None, link__provider__commitment__ended_at=None,
    )  # fmt: skip
    for row in said.select_related("link__provider__commitment__track").defer("name", "role"):
        commitment = row.link.provider.commitment
        words = _("a provider did not confirm commitment %(number)d") % {"number": commitment.number}
        yield _need(commitment, words, row.at, Weight.PLAN, _("Ask again, or find another way"))


def _overdue(cases: QuerySet[Referral], now: datetime) -> Iterator[Need]:
    rows = Commitment.objects.filter(
        track__referral__in=cases, track__closed_at=None, verified_at=None, ended_at=None, due_on__lte=now.date()
    )
    for row in rows.select_related("track"):
        if row.due_on and state(row, now) is State.OVERDUE:
            words = _("commitment %(number)d is past its date") % {"number": row.number}
            since = day_ends(row.due_on, row.track.time_zone)
            yield _need(row, words, since, Weight.OVERDUE, _("Talk about a new date, or end it"))


def _need(row: Commitment, why: str, since: datetime, weight: Weight, step: str) -> Need:
    return Need(row.track.referral_id, why, reverse("track_staff:commitment", args=[row.pk]), since, weight, step)


def holds(program: Program, holder: User) -> Sequence[Held]:
    """Running circles that somebody leads, for whoever gives their work to others."""
    found = []
    for row in Circle.objects.filter(program=program, leader=holder, ended_at=None).order_by("made_at"):
        count = row.people.filter(left_at=None).count()
        words = ngettext("A circle with %(n)d person", "A circle with %(n)d people", count) % {"n": count}
        found.append(Held(words, reverse("circles:hand_over", args=[row.pk])))
    return found


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """Commitments on the case page, and on the person's home. A court sees what reports say, and no more."""
    if audience == "court" or referral.track_opened_at is None:
        return []
    track = Track.objects.filter(referral=referral).first()
    if track is None:
        return []
    rows = track.commitments.select_related("track").prefetch_related("progress").order_by("number")
    yours = audience == "person"
    lines = [shaped(row, now, yours=yours) for row in rows]
    if yours and not lines:
        return []
    template = "commitments/panel.html" if yours else "facilitate/commitments/panel.html"
    title = _("What you undertook") if yours else _("Commitments")
    return [Section(title, template, {"track": track, "lines": lines}, order=25)]
