"""What is owed to which court by when: the screen from which reports are chased."""

from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from court_reports import owed as reading
from court_reports.models import Kind as Report
from court_reports.rules.owed import Near, Next
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for

PAGE = 100
# Word, shape and color: each says it alone.
NEAR = {
    Near.LATE: (_("Late"), "■", "stopped"),
    Near.NOW: (_("Due now"), "▲", "stopped"),
    Near.SOON: (_("Soon"), "◆", "attention"),
    Near.LATER: (_("Later"), "○", "neutral"),
}
ACTS = {
    Next.SCHEDULE: _("Nobody yet: it is drafted by itself"),
    Next.ANSWER: _("The person may answer first"),
    Next.REVIEW: _("Facilitator: review check-ins first"),
    Next.END: _("Nobody yet: it can go when the term is over"),
    Next.FIRST: _("Facilitator: read the draft and release it"),
    Next.SECOND: _("A second person: release it too"),
    Next.COURT: _("The court: it has not confirmed receipt. Ask it"),
    Next.NOBODY: _("Facilitator: nobody at the court could be told. Hand it over"),
    Next.TELL: _("Facilitator: it no longer stands. Tell by hand whoever was given it by hand"),
    Next.BY_HAND: _("Facilitator: the court’s system did not take the notice. Hand it over"),
}
# What a moment beside it is.
WHEN = {
    Next.SCHEDULE: _("on"),
    Next.ANSWER: _("until"),
    Next.END: _("on"),
}


@only(Kind.STAFF)
@require_GET
def owed(request: Request) -> HttpResponse:
    """Sorted by the day on which it is owed."""
    lines = reading.owed(referrals_for(request.user), now=request.now)
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    count = Counter(line.near for line in lines)
    context = {
        "page": page,
        "rows": [_row(line) for line in page.object_list],
        "tally": [(*NEAR[near], count[near]) for near in NEAR],
    }
    return render(request, "facilitate/reports/owed.html", context)


def _row(line: reading.Owed) -> dict[str, object]:
    label, mark, tone = NEAR[line.near] if line.near else ("", "", "")
    return {
        "line": line,
        "kind": Report(line.kind).label,
        "label": label,
        "mark": mark,
        "tone": tone,
        "acts": ACTS[line.next],
        "when": WHEN.get(line.next, _("since")),
        "court": line.referral.court,
    }
