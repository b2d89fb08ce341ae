"""A person's own plan."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses import shown
from courses.access import enrollments_for
from courses.actions import plan
from courses.forms import PlanForm
from courses.models import PlanLine
from courses.views.learn import PERSON, address_of, fetch
from lms import tongue
from lms.people.access import only
from lms.people.http import Request


@only(PERSON)
@require_GET
def home(request: Request) -> HttpResponse:
    """Everything that they undertook, newest course first, with a way to change each."""
    lines = PlanLine.objects.filter(enrollment__in=enrollments_for(request.user)).select_related(
        "enrollment__edition", "module"
    )
    return render(
        request,
        "learn/plan.html",
        {
            "lines": [
                {"line": line, "title": line.module.title(shown.language_for(line.enrollment)), "url": _place(line)}
                for line in lines.order_by("-enrollment__enrolled_at", "module__position", "written_at")
            ]
        },
    )


@only(PERSON)
@require_POST
def write(request: Request, pk: uuid.UUID, block: uuid.UUID) -> HttpResponse:
    """A line of the plan, from the block that asks for it."""
    enrollment, module = fetch(request, pk)
    asks = shown.block(module, block, shown.language_for(enrollment))
    if module.withdrawn_at or asks is None or asks.block_type != "commitment":
        raise Http404
    form = PlanForm(request.POST)
    if form.is_valid():
        written = plan.write(
            enrollment=enrollment, module=module, block_id=str(block), words=form.cleaned_data["words"],
            by=request.user, now=request.now,
        )  # fmt: skip
        messages.success(request, _("It stands in your plan.") if written else _("Nothing stands in your plan for it."))
    else:
        # Only from a page that was made by hand: the box takes no more than this.
        messages.error(request, form.errors["words"][0])
    return tongue.remember(redirect(address_of(module, str(block))), tongue.wished(request))


def _place(line: PlanLine) -> str:
    """Where it can be changed; a module that is gone asks for nothing any more."""
    return "" if line.module.withdrawn_at else address_of(line.module, line.block_id)
