"""What reports have to say on pages that belong to no single app (lms.referrals.desk)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from court_reports import facts as door
from court_reports import owed, register
from court_reports.actions.sending import NOBODY
from court_reports.forms import DraftForm
from court_reports.models import Delivery, Kind, Release, Report, Revocation, Told, WebhookCall
from court_reports.models import Step as Delivered
from court_reports.owed import is_ahead
from court_reports.rules.owed import Near
from lms.referrals.desk import Audience, Need, Proof, Section, Step, Wait, Weight
from lms.referrals.models import Referral
from lms.referrals.templatetags.amends import local_date

RELEASED_WITHIN = timedelta(days=7)
# The step of the graduated response that a drafted notice is (accountability.rules.responses).
NOTICE = "notice"


def steps(referral: Referral, now: datetime) -> Sequence[Step]:
    """A draft that the person may answer."""
    waiting = Report.objects.waiting().filter(referral=referral, shown_at__isnull=False, answer_by__gt=now)
    return [
        Step(
            title=_("Read a notice before it goes to the court"),
            url=reverse("my_reports:answer", args=[report.pk]),
            detail=_("You may answer in your own words. Your answer is printed in it."),
            due_at=report.answer_by,
            urgent=True,
            order=5,
        )
        for report in waiting
        if not report.is_answered
    ]


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Drafts that wait for a human's release, and what a court's own system did not take."""
    waiting = _waiting(referrals)
    ahead = _ahead(waiting)
    found = [
        _to_release(report, now)
        if report.pk not in ahead
        else Need(
            referral_id=report.referral_id,
            why=_("the final report is drafted ahead of the end"),
            url=reverse("reports_staff:report", args=[report.pk]),
            since=report.drafted_at,
            weight=Weight.NOTE,
            step=_("Look it over; it can go when the term is over"),
        )
        for report in waiting
    ]
    return [*found, *_not_taken(referrals), *_fallen(referrals), *_proposed(referrals, now)]


def _to_release(report: Report, now: datetime) -> Need:
    """Heavier on the last court day on which it is still in time, and after it."""
    near = owed.near_of(report.referral, report.owed_on, now)
    kind = report.get_kind_display()
    if near in (Near.NOW, Near.LATE) and report.owed_on:
        day = local_date(report.owed_on, "UTC")
        said = (
            _("Report late: %(kind)s; the court was to have it by %(day)s")
            if near is Near.LATE
            else _("Report to release: %(kind)s; the court is to have it by %(day)s")
        )
        why, weight = said % {"kind": kind, "day": day}, Weight.PAST_PROMISE
    else:
        why, weight = _("Report to release: %(kind)s") % {"kind": kind}, Weight.RELEASE
    url = reverse("reports_staff:report", args=[report.pk])
    return Need(report.referral_id, why, url, report.drafted_at, weight, _("Read the draft, and release it or not"))


def settled(referrals: QuerySet[Referral], now: datetime) -> Iterable[tuple[UUID, str, datetime]]:
    """Where a notice is drafted or went, nobody needs to be told that one can be, for what was missed until then."""
    notices = Report.objects.filter(kind=Kind.NON_COMPLIANCE, referral__in=referrals.order_by(), discarded_at=None)
    return ((pk, NOTICE, as_of) for pk, as_of in notices.order_by("as_of").values_list("referral", "as_of"))


def waits(referrals: QuerySet[Referral], now: datetime) -> Sequence[Wait]:
    """Drafts that nobody released: a notice waits for its person's answer first."""
    waiting = _waiting(referrals)
    ahead = _ahead(waiting)
    return [
        Wait(row.referral_id, "draft", reverse("reports_staff:report", args=[row.pk]), row.drafted_at,
             max(row.drafted_at, row.answer_by or row.drafted_at) + RELEASED_WITHIN)
        for row in waiting if row.pk not in ahead
    ]  # fmt: skip


def _waiting(referrals: QuerySet[Referral]) -> list[Report]:
    found = Report.objects.waiting().filter(referral__in=referrals.order_by())
    found = found.select_related("referral__court__profile")
    return list(found.defer("sealed_facts", "sealed_salt", "sealed_answer"))


def _ahead(waiting: Sequence[Report]) -> set[UUID]:
    """Those made before the end of the term that they are about: nobody can release them yet."""
    finals = [report for report in waiting if report.kind == Kind.FINAL]
    ends = door.term_ends([report.referral_id for report in finals]) if finals else {}
    return {report.pk for report in finals if is_ahead(report, ends.get(report.referral_id))}


def _not_taken(referrals: QuerySet[Referral]) -> list[Need]:
    """The court's system was called for days: somebody hands the report over."""
    by_hand = Delivery.objects.filter(
        release=OuterRef("release"), step__in=(Delivered.ACKNOWLEDGED, Delivered.HANDED_OVER)
    )
    calls = WebhookCall.objects.filter(
        event=Told.RELEASED, gave_up_at__isnull=False, release__report__referral__in=referrals.order_by()
    )
    return [
        Need(
            call.release.report.referral_id,
            _("the court’s system did not take report %(number)s") % {"number": call.release.number},
            reverse("reports_staff:report", args=[call.release.report_id]),
            call.gave_up_at or call.made_at,
            Weight.RELEASE,
            _("Hand it over"),
        )
        for call in calls.filter(~Exists(by_hand)).select_related("release__report")
    ]


def _fallen(referrals: QuerySet[Referral]) -> list[Need]:
    """Released where nobody could be told, or fallen since and in somebody's hand who does not know it."""
    laid = Delivery.objects.filter(release=OuterRef("pk"), how=NOBODY)
    rows = Release.objects.filter(Exists(laid), report__referral__in=referrals.order_by())
    unheard = [row for row in rows.select_related("report").prefetch_related("deliveries") if owed.is_unheard(row)]
    said = [
        *((row, _("nobody at the court could be told of report %(number)s"), _("Hand it over")) for row in unheard),
        *(
            (row, _("report %(number)s no longer stands, and who was given it by hand was not told"), _("Tell them"))
            for row in owed.to_tell(referrals.order_by())
        ),
    ]
    return [
        Need(
            row.report.referral_id, why % {"number": row.number},
            reverse("reports_staff:report", args=[row.report_id]), row.released_at, Weight.RELEASE, step,
        )
        for row, why, step in said
    ]  # fmt: skip


def _proposed(referrals: QuerySet[Referral], now: datetime) -> list[Need]:
    """Proposals to revoke a report that wait for their second person."""
    rows = Revocation.objects.waiting(now).filter(release__report__referral__in=referrals.order_by())
    return [
        Need(
            row.release.report.referral_id, _("a proposal waits for a second person"),
            reverse("reports_staff:revocation", args=[row.pk]), row.proposed_at, Weight.SECOND,
            _("Read it, and confirm it or not"),
        )
        for row in rows.select_related("release__report")
    ]  # fmt: skip


def proofs() -> Sequence[Proof]:
    """The register's chain, line by line; files and signatures are register verify's work."""
    holds, lines, head = register.chain_state()
    return [Proof(_("The register of reports"), lines, head, holds)]


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The reports of one case, as far as this audience may see them."""
    released = list(Release.objects.filter(report__referral=referral).select_related("report"))
    if audience == "facilitator":
        drafts = list(Report.objects.waiting().filter(referral=referral))
        context = {"drafts": drafts, "releases": released, "referral": referral, "form": DraftForm()}
        return [Section(_("Reports"), "facilitate/reports/panel.html", context, order=40)]
    if not released:
        return []
    template = "court/reports/panel.html" if audience == "court" else "my_reports/panel.html"
    return [Section(_("Reports"), template, {"releases": released}, order=40)]
