"""Opening an account with an invitation."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.referrals.actions import invitations
from lms.referrals.forms import AccountForm
from lms.referrals.models import Invitation

FAILURES = "20/m/ip"
ASKED = "5/10m/ip,30/d/ip"


@login_not_required
@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the invitation is for and let its holder choose a password.

    A spent, expired or invented token gets one and the same page (security.md, enumeration), and on it the same offer.
    """
    try:
        invitation = invitations.find(token=token, now=request.now)
    except invitations.InvitationUnusable:
        # Only what fails is counted: a whole waiting room may share one address.
        if limited := ratelimit.consume_or_429(
            request, action="invitation", config={"invitation": FAILURES}, limit_get=True
        ):
            return limited
        return unusable(request, token)
    with translation.override(_language(request, invitation)):
        return _answer(request, invitation, token)


@login_not_required
@never_cache
@require_POST
def ask_again(request: HttpRequest, token: str) -> HttpResponse:
    """The holder of an invitation that does not work would like a new one.

    It goes to the address the invitation was made for, by the sweep a minute later: here every token, a made-up one
    too, is the same row and the same answer.
    """
    if limited := ratelimit.consume_or_429(request, action="invitation_again", config={"invitation_again": ASKED}):
        return limited
    invitations.ask_for_new(token=token, now=request.now)
    return render(request, "account/invitation_asked.html")


def unusable(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "account/invitation_unusable.html", {"token": token}, status=410)


def _answer(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = AccountForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            user = invitations.accept(
                token=token,
                email=form.cleaned_data.get("email", ""),
                password=form.cleaned_data["password"],
                now=request.now,
            )
        except invitations.AddressTaken:
            form.add_error(
                None, _("We could not open an account with this address. If you already have one, sign in with it.")
            )
        except invitations.InvitationUnusable:
            return unusable(request, token)
        else:
            sign_in(request, user)
            say_that_we_wrote(request, invitation, form.cleaned_data.get("email", ""))
            return redirect("home")
    return render(request, "account/invitation.html", {"form": form, "invitation": invitation})


def sign_in(request: HttpRequest, user: AbstractBaseUser) -> None:
    """The holder of the token has just chosen the password: that is a sign-in by password, and as fresh as can be,
    so that setting up the second factor does not ask for it once more."""
    login(request, user, backend="lms.people.backends.OnceBackend")
    record_authentication(request, user, method="password", username=user.get_username(), reauthenticated=True)


def say_that_we_wrote(request: HttpRequest, invitation: Invitation, email: str) -> None:
    """The same words whether the address was free or not: the mailbox is told which."""
    if email and email.lower() != invitation.email:
        messages.info(request, _("We wrote to the address you gave. Please read that message before you sign out."))


def _language(request: HttpRequest, invitation: Invitation) -> str:
    """What the visitor chose, else the language the court named."""
    from django.conf import settings

    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or invitation.language
