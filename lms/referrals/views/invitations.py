"""Opening an account with an invitation."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lms.referrals.actions import invitations
from lms.referrals.forms import AccountForm
from lms.referrals.models import Invitation

FAILURES = "20/m/ip"


@login_not_required
@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the invitation is for and let its holder choose a password.

    A spent, expired or invented token gets one and the same page (security.md, enumeration).
    """
    try:
        invitation = invitations.find(token=token, now=request.now)
    except invitations.InvitationUnusable:
        # Only what fails is counted: a whole waiting room may share one address.
        if limited := ratelimit.consume_or_429(
            request, action="invitation", config={"invitation": FAILURES}, limit_get=True
        ):
            return limited
        return render(request, "account/invitation_unusable.html", status=410)
    with translation.override(_language(request, invitation)):
        return _answer(request, invitation, token)


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
            return render(request, "account/invitation_unusable.html", status=410)
        else:
            _sign_in(request, user)
            return redirect("home")
    return render(request, "account/invitation.html", {"form": form, "invitation": invitation})


def _sign_in(request: HttpRequest, user: AbstractBaseUser) -> None:
    """The holder of the token has just chosen the password: that is a sign-in by password, and as fresh as can be,
    so that setting up the second factor does not ask for it once more."""
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user, method="password", username=user.get_username(), reauthenticated=True)


def _language(request: HttpRequest, invitation: Invitation) -> str:
    """What the visitor chose, else the language the court named."""
    from django.conf import settings

    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or invitation.language
