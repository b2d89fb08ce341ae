"""How allauth behaves here: no sign-up but by invitation, secrets never in clear, neutral words."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, override

from lms import clock, crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Channel
from lms.people.models import Kind, User

log = logging.getLogger("amends.people")
TOTP_CONTEXT = "authenticator-secret"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; an invitation opens an account (``lms.referrals.views.invitations``)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "lms.people.stages.ProveAddressIfAny"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted for an account *from an address*: else whoever knows a person's e-mail could
        keep them out, hours before a deadline (security.md T25)."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What was changed about how somebody signs in, as a message like any other: an outage delays it, no more.

        allauth's own says the address and the browser of whoever did it; of an author neither is written down.
        """
        address = email or user.email
        if address:
            what = template_prefix.rsplit("/", 1)[-1]
            outbox.post(
                key=f"account:{uuid4()}", kind="account.changed", to=user, at=clock.now(), address=address,
                channel=Channel.EMAIL, context={"what": what, "path": reverse("account_login")},
            )  # fmt: skip

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code or a link that somebody waits for: at once, in the language of the account. A mail server that is
        down undoes nothing of what the person has just done; every page that promises a message says how to ask for
        it again.
        """
        user = context.get("user")
        try:
            with override(user.language if user else get_language()):
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
        return crypto.wrap_text(text, context=TOTP_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unwrap_text(encrypted_text, context=TOTP_CONTEXT)

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


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    """Ending a session from the list of sessions is an event."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        ended = list(sessions)
        super().end_sessions(ended)
        now = clock.now()
        for session in ended:
            journal.record("account.session_ended", about=None, on=session.user, by=session.user, at=now)
