"""The court portal: refer people, one or many; follow one's own court's cases."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.limits import limited
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import court_list, desk
from lms.referrals.access import courts_of, referrals_for
from lms.referrals.court_list_forms import CourtListFilter
from lms.referrals.forms import ReferralFileForm, ReferralForm
from lms.referrals.intake import COLUMNS, Intake, read_file, take_in


@only(Kind.COURT)
def referrals(request: Request) -> HttpResponse:
    """One's own court's cases, a page at a time. What is looked for is posted: a name stands in no address."""
    courts = list(courts_of(request.user))
    form = CourtListFilter(request.POST or None)
    asked = form.asked()
    page = court_list.page(referrals_for(request.user), courts, asked)
    columns = desk.rows(page.cases, request.now)  # type: ignore[arg-type]
    return render(
        request,
        "court/referrals.html",
        {
            "rows": [{"referral": referral, "columns": columns.get(referral.pk, {})} for referral in page.cases],
            "form": form,
            "page": page,
            "again": form.again(),
            "count": court_list.count(courts, asked),
            "narrowed": bool(asked.text or asked.status or asked.beyond),
            "courts": courts,
        },
    )


@only(Kind.COURT)
def referral(request: Request, pk: str) -> HttpResponse:
    """One case as the court may see it."""
    shown = get_object_or_404(referrals_for(request.user), pk=pk)
    return render(
        request,
        "court/referral.html",
        {
            "referral": shown,
            "zone": shown.court.zone,
            "sections": desk.sections(shown, "court", request.now),
            "hearings": shown.hearings.filter(cancelled_at=None),
        },
    )


@only(Kind.COURT)
@limited("refer", "30/m/user")
def refer(request: Request) -> HttpResponse:
    """Refer one person."""
    form = ReferralForm(request.POST or None, courts=courts_of(request.user), now=request.now)
    if request.method == "POST" and form.is_valid():
        try:
            received = form.receive(by=request.user, now=request.now)
        except IntegrityError:
            form.add_error("case_number", _("Your court has already referred this case number to this program."))
        else:
            messages.success(request, _("The referral was received. The program will invite the person."))
            return redirect("referrals:court_referral", pk=received.pk)
    return render(request, "court/refer.html", {"form": form})


@only(Kind.COURT)
@limited("refer_by_file", "10/m/user")
def refer_by_file(request: Request) -> HttpResponse:
    """Refer many people: a dry run first, which imports nothing and names every bad row."""
    form = ReferralFileForm(request.POST or None, request.FILES or None, courts=courts_of(request.user))
    intake: Intake | None = None
    if request.method == "POST" and form.is_valid():
        intake = read_file(
            form.cleaned_data["text"],
            court=form.cleaned_data["court"],
            program=form.cleaned_data["program"],
            now=request.now,
        )
        if "confirm" in request.POST and intake.may_be_taken(good_rows_only="good_rows_only" in request.POST):
            taken = take_in(intake, by=request.user, now=request.now)
            messages.success(
                request,
                ngettext("%(n)d person was referred.", "%(n)d people were referred.", taken) % {"n": taken},
            )
            return redirect("referrals:court_home")
    return render(request, "court/refer_by_file.html", {"form": form, "intake": intake, "columns": COLUMNS})


@only(Kind.COURT)
def file_template(request: Request) -> HttpResponse:
    """An empty file with the right columns."""
    response = HttpResponse(
        ",".join(column.name for column in COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="referrals.csv"'
    return response
