"""The program view: pictures that a director would look at. Counts alone, for whoever administers the program."""

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.exports import csv_rows
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import administered
from lms.referrals.models import Program
from lms.referrals.program_figures import board, counted, month_words
from lms.referrals.program_forms import PeriodForm, ProgramChoice
from lms.referrals.program_pictures import Picture, pictures


@only(Kind.STAFF)
@require_safe
def program(request: Request) -> HttpResponse:
    """Every picture, for the months chosen."""
    choice, chosen, period, shown = _read(request)
    links = [(picture, period.query(chosen, picture=picture.name)) for picture in shown]
    months = period.months
    context = {
        "choice": choice,
        "program": chosen,
        "several": choice.programs.count() > 1,
        "period": period,
        "pictures": links,
        "until": month_words(months.begins(months.count - 1)) if months.count else "",
    }
    return render(request, "facilitate/program/program.html", context)


@only(Kind.STAFF)
@require_safe
def take(request: Request) -> HttpResponseBase:
    """The table of one picture, as a file that is safe to open: what the page says, and nothing finer."""
    _choice, _chosen, _period, shown = _read(request)
    picture = next((one for one in shown if one.name == request.GET.get("picture", shown[0].name)), None)
    if picture is None:
        raise Http404
    answer = StreamingHttpResponse(csv_rows([picture.head, *picture.rows]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{picture.name}.csv"'
    return answer


def _read(request: Request) -> tuple[ProgramChoice, Program, PeriodForm, list[Picture]]:
    choice = ProgramChoice(request.GET, programs=administered(request.user).order_by("name"))
    chosen = choice.chosen()
    if chosen is None:
        raise Http404
    read = counted(chosen, request.now)
    period = PeriodForm(request.GET, months=read.months)
    return choice, chosen, period, pictures(board(read, period.asked()))
