"""What decisions have to say at the desk: requests, appeals, the step that a miss asks for, what the person reads."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accountability.labels import REQUEST
from accountability.ladder import ladder
from accountability.models import ExcusalRequest, ResponseStep, Track
from accountability.rules import responses as rules
from accountability.waiting import steps_due, within
from lms.referrals.desk import Audience, Need, Section, Step, Weight
from lms.referrals.models import Referral

UPCOMING = {
    rules.Step.CONTACT: gettext_lazy("a contact is next"),
    rules.Step.WARNING: gettext_lazy("a written warning is next"),
    rules.Step.NOTICE: gettext_lazy("a notice can be drafted"),
}

NEXT = {
    rules.Step.CONTACT: gettext_lazy("Call or write to them"),
    rules.Step.WARNING: gettext_lazy("Write the warning, or see why not yet"),
    rules.Step.NOTICE: gettext_lazy("See what was done, and draft it or wait"),
}


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """At the desk of whoever looks after the case: requests, appeals, and the step that a miss asks for."""
    cases = referrals.order_by()
    found = []
    for row in ExcusalRequest.objects.open().filter(within(cases)).select_related("check_in__track").defer("words"):
        words = _("asked to be excused from check-in %(number)d") % {"number": row.check_in.number}
        url = reverse("track_staff:excusal", args=[row.pk])
        found.append(
            Need(row.check_in.track.referral_id, words, url, row.asked_at, Weight.REQUEST, _("Read it and decide"))
        )
    for row in ExcusalRequest.objects.on_appeal().filter(within(cases)).select_related("check_in__track", "appeal"):
        url = reverse("track_staff:excusal", args=[row.pk])
        found.append(
            Need(
                row.check_in.track.referral_id,
                _("an appeal waits for an administrator"),
                url,
                row.appeal.at,
                Weight.PAST_PROMISE,
                _("Read it and decide"),
            )
        )
    tracks = list(Track.objects.filter(referral__in=cases, closed_at=None).select_related("policy"))
    of = {track.pk: track.referral_id for track in tracks}
    for pk, (step, since) in steps_due(tracks, now).items():
        if step is rules.Step.CONTACT:
            continue  # the miss itself asks for it, and how somebody tried is the contact (accountability.needs)
        referral_id = of[pk]
        found.append(
            Need(
                referral_id,
                str(UPCOMING[step]),
                reverse("track_staff:responses", args=[referral_id]),
                since,
                Weight.STEP,
                str(NEXT[step]),
                topic=str(step),
            )
        )
    return found


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """What was written to the person and they have not said that they read it."""
    unread = ResponseStep.objects.filter(referral=referral, replies=None).defer("words")
    if not referral.is_open:
        return []
    return [
        Step(
            _("Read a message from your facilitator"), reverse("check_ins:response", args=[row.pk]),
            _("You may answer it."), row.answer_by, urgent=row.kind == "warning", order=8,
        )
        for row in unread
    ]  # fmt: skip


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """Staff: the steps and the requests of the case. The person: their requests. A court: nothing."""
    if audience == "court":
        return []
    if audience == "person" and referral.track_opened_at is None:
        return []
    requests = ExcusalRequest.objects.filter(check_in__track__referral=referral, withdrawn_at=None).defer("words")
    rows = list(requests.select_related("check_in__track__policy", "appeal").prefetch_related("decisions__appeal"))
    if audience == "person":
        lines = [{"row": row, "label": REQUEST[row.standing]} for row in rows]
        return (
            [Section(_("Your requests"), "check_ins/excusals_panel.html", {"lines": lines}, order=22)] if rows else []
        )
    stands = ladder(referral, now)
    context = {
        "referral": referral,
        "stands": stands,
        "lines": [{"row": row, "label": REQUEST[row.standing]} for row in rows],
        "upcoming": UPCOMING[stands.upcoming] if stands.misses or stands.taken else "",
    }
    return [Section(_("Requests and steps"), "facilitate/responses/panel.html", context, order=24)]
