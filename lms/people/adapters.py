"""How allauth behaves here: no sign-up but by invitation, secrets never in clear, neutral words."""

import base64
import logging
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse

from lms import crypto
from lms.people.models import Kind, User

log = logging.getLogger("amends.people")
TOTP_CONTEXT = "authenticator-secret"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; an invitation opens an account (``lms.referrals.views.invitations``)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth does; but a mail server that is down undoes nothing of what the person has just done.

        Every page that promises a message says how to ask for it again.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as problem:  # SMTP's own errors are of this kind too; their words may hold an address
            log.error("an account message was not sent: %s, %s", template_prefix, type(problem).__name__)

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        message = super().render_mail(*args, **kwargs)
        # Django would put this machine's name there.
        domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
        message.extra_headers["Message-ID"] = f"<{uuid4()}@{domain}>"
        return message


class MFAAdapter(DefaultMFAAdapter):
    """allauth keeps TOTP secrets and the recovery seed in clear unless told how to wrap them."""

    def encrypt(self, text: str) -> str:
        version, wrapped = crypto.wrap(text.encode(), context=TOTP_CONTEXT)
        return f"{version}:{base64.b64encode(wrapped).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        version, wrapped = encrypted_text.split(":", 1)
        return crypto.unwrap(base64.b64decode(wrapped), version=int(version), context=TOTP_CONTEXT).decode()

    def get_totp_label(self, user: User) -> str:
        # An authenticator app shows this on a screen others may see.
        return user.username if user.kind == Kind.AUTHOR else (user.email or user.username)

    def can_delete_authenticator(self, authenticator: object) -> bool:
        """Whoever must use a second factor keeps at least one."""
        user = authenticator.user  # type: ignore[attr-defined]
        if not user.must_use_second_factor:
            return True
        from allauth.mfa.models import Authenticator

        real = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return real.exclude(pk=authenticator.pk).exists()  # type: ignore[attr-defined]
