"""What reports have to say on pages that belong to no single app (lms.referrals.desk)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from court_reports import register
from court_reports.forms import DraftForm
from court_reports.models import Release, Report
from lms.referrals.desk import Audience, Need, Proof, Section, Step
from lms.referrals.models import Referral

WEIGHT = 40


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
        if report.answered_at is None
    ]


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Drafts that wait for a human's release."""
    waiting = Report.objects.waiting().filter(referral__in=referrals)
    return [
        Need(
            referral_id=report.referral_id,
            why=_("Report to release: %(kind)s") % {"kind": report.get_kind_display()},
            url=reverse("reports_staff:report", args=[report.pk]),
            since=report.drafted_at,
            weight=WEIGHT,
        )
        for report in waiting
    ]


def proofs() -> Sequence[Proof]:
    """The register's chain, line by line; files and signatures are register_verify's work."""
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
