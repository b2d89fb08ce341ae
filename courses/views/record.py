"""A learning record to take along: the person's own, and for staff that of a case of theirs."""

import json
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from courses.access import enrollments_for
from courses.actions import interchange
from courses.interchange import table
from courses.interchange.record import learning_record
from courses.interchange.transcript import Heading, transcript
from courses.models import Enrollment
from courses.rules.learning_record import LearningRecord
from courses.rules.xapi import statements
from lms.exports import csv_rows
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
def mine(request: Request) -> HttpResponseBase:
    """What can be taken, and in which form. Whoever it is shows it here, so that each file comes at one press."""
    if (enrollment := _own(request)) is None:
        return render(request, "learn/record.html")
    return _offer(request, "learn/record.html", enrollment)


@only(Kind.RESPONSIBLE_PARTY)
@require_POST
def take_mine(request: Request) -> HttpResponseBase:
    """The file. Where there is no course yet, nobody is asked who they are."""
    enrollment = _own(request)
    if enrollment is None:
        raise Http404
    return _take(request, enrollment, _form(request))


@only(Kind.STAFF)
@require_GET
def of_case(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The same for staff of the case."""
    enrollment = get_object_or_404(enrollments_for(request.user), pk=pk)
    return _offer(request, "facilitate/roster_record.html", enrollment)


@only(Kind.STAFF)
@require_POST
def take_of_case(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Somebody else's is missing before anyone is asked who they are."""
    enrollment = get_object_or_404(enrollments_for(request.user), pk=pk)
    return _take(request, enrollment, _form(request))


def _form(request: Request) -> str:
    """What the button says; where none was pressed, what can be read without more ado. Raises Http404."""
    form = request.POST.get("form", "pdf")
    if form not in FORMS:
        raise Http404
    return form


@proved_again
def _offer(request: Request, template: str, enrollment: Enrollment) -> HttpResponse:
    return render(request, template, {"enrollment": enrollment, "referral": enrollment.referral})


@proved_again
def _take(request: Request, enrollment: Enrollment, form: str) -> HttpResponseBase:
    media_type, written = FORMS[form]
    answer = HttpResponse(written(request, enrollment, learning_record(enrollment)), content_type=media_type)
    interchange.take_record(enrollment=enrollment, form=form, by=request.user, now=request.now)
    # A name in a file name is read by whoever stands beside the telephone.
    answer["Content-Disposition"] = f'attachment; filename="{enrollment.pk}.{"json" if form == "xapi" else form}"'
    return answer


def _own(request: Request) -> Enrollment | None:
    return enrollments_for(request.user).order_by("-enrolled_at").first()


def _xapi(request: Request, enrollment: Enrollment, record: LearningRecord) -> bytes:
    found = statements(record, home=settings.PUBLIC_URL)
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _csv(request: Request, enrollment: Enrollment, record: LearningRecord) -> bytes:
    return "".join(csv_rows(table.rows(record))).encode()


def _pdf(request: Request, enrollment: Enrollment, record: LearningRecord) -> bytes:
    referral = enrollment.referral
    heading = Heading(referral.name, str(referral.program), referral.time_zone, request.now)
    return transcript(record, heading, language=(get_language() or "en")[:2], fonts=settings.FONTS_DIR)


FORMS: dict[str, tuple[str, Callable[[Request, Enrollment, LearningRecord], bytes]]] = {
    "pdf": ("application/pdf", _pdf),
    "csv": ("text/csv; charset=utf-8", _csv),
    "xapi": ("application/json; charset=utf-8", _xapi),
}
