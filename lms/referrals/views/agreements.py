"""Reading and accepting the agreements."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import actions, desk
from lms.referrals.access import acting_referral
from lms.referrals.actions.agreements import AgreementsChanged, accept_after_transfer, owed_after_transfer
from lms.referrals.actions.referrals import CaseClosed
from lms.referrals.forms import AcceptForm


@only(Kind.RESPONSIBLE_PARTY)
def read_and_accept(request: Request) -> HttpResponse:
    """Every text in full, a deliberate mark on each, one press."""
    referral = acting_referral(request.user)
    if referral is None:
        raise Http404
    language = get_language() or "en"
    owed = owed_after_transfer(referral=referral, language=language)
    agreements = owed or actions.current_agreements(program=referral.program, language=language)
    stop = desk.stop(referral.program_id, language) if not referral.enrolled_at else None
    form = AcceptForm(request.POST or None, agreements=agreements, stop=stop)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = {"agreements": form.accepted, "language": language, "by": request.user, "now": request.now}
            if owed:
                accept_after_transfer(referral=referral, **accepted)
            else:
                instead = form.cleaned_data.get("instead", "")
                actions.accept_agreements(referral=referral, instead=instead, **accepted)
        except AgreementsChanged:
            messages.warning(
                request, _("The agreements have changed since you opened this page. Please read them again.")
            )
            return redirect("referrals:agreements")
        except desk.LanguageStopped:
            return redirect("referrals:agreements")
        except CaseClosed:
            messages.info(request, _("This case has ended, so there is nothing to accept."))
            return redirect("home")
        messages.success(request, _("Thank you. You can read these agreements again at any time."))
        return redirect("home")
    return render(
        request,
        "learn/agreements.html",
        {
            "referral": referral,
            "owed": owed,
            "zone": referral.time_zone,
            "texts": form.texts(),
            "form": form,
            "stopped": stop.name if stop else "",
            "acceptances": referral.acceptances.select_related("agreement"),
        },
    )
