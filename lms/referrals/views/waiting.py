"""What waits too long in a program: who has it, since when, and the way to give it to somebody else."""

from collections import Counter
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import desk
from lms.referrals.access import administered, facilitators_of, transfers_for
from lms.referrals.covers import Cover
from lms.referrals.models import Program, Referral
from lms.referrals.waiting_words import KINDS

# A page to act on, not an archive: what is longest past its limit stands first.
AT_MOST = 200


@only(Kind.STAFF)
@require_GET
def waiting(request: Request) -> HttpResponse:
    """For administrators, each program of theirs."""
    programs = list(administered(request.user))
    if not programs:
        raise Http404
    sections = [_section(program, request) for program in programs]
    return render(request, "facilitate/waiting/waiting.html", {"sections": sections})


def _section(program: Program, request: Request) -> dict[str, Any]:
    cases = Referral.objects.open().filter(program=program)
    found = desk.waits(cases, request.now)
    shown = found[:AT_MOST]
    by_pk = cases.select_related("facilitator", "court").in_bulk({wait.referral_id for wait in shown})
    away = {
        row.absent_id: row.cover
        for row in Cover.objects.running(request.now).filter(program=program).select_related("cover")
    }
    late = [wait for wait in found if wait.late_at <= request.now]
    return {
        "program": program,
        "tally": [(KINDS[kind], count) for kind, count in Counter(wait.kind for wait in late).most_common()],
        "lines": [_line(wait, by_pk[wait.referral_id], away, request) for wait in shown if wait.referral_id in by_pk],
        "late": len(late),
        "more": len(found) - len(shown),
        "facilitators": list(facilitators_of(program)),
        "transfers": [
            row
            for row in transfers_for(request.user).filter(to_program=program)
            if row.waits(request.now) and row.proposed_by_id != request.user.pk
        ],
    }


def _line(wait: desk.Wait, referral: Referral, away: dict[Any, Any], request: Request) -> dict[str, Any]:
    return {
        "wait": wait,
        "what": KINDS[wait.kind],
        "referral": referral,
        "zone": referral.time_zone,
        "late": wait.late_at <= request.now,
        "cover": away.get(referral.facilitator_id),
    }
