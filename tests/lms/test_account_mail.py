"""What allauth sends by itself: named by us, and never in the way of what the person does."""

import re
import socket
from datetime import timedelta
from pathlib import Path

import allauth
import pytest
from django.core import mail
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext, override

from lms import clock
from lms.outbox.delivery import deliver
from lms.outbox.models import Message
from lms.people.adapters import AccountAdapter
from lms.people.models import Kind
from tests.builders import PASSWORD, a_user
from tests.conftest import sign_in_session

pytestmark = pytest.mark.django_db


def test_its_number_names_our_domain_and_not_the_machine(client):
    client.post(reverse("account_reset_password"), {"email": a_user().email})
    assert mail.outbox[0].message()["Message-ID"].endswith("@amends.example>")


def test_a_mail_server_that_is_down_is_no_error_page(client, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    response = client.post(reverse("account_reset_password"), {"email": a_user().email})
    assert response.status_code == 302


# Off here, and by which setting: nobody is ever sent one.
NEVER = {
    "account/email/login_code": "ACCOUNT_LOGIN_BY_CODE_ENABLED",
    "account/email/password_reset_code": "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED",
    "account/email/unknown_account": "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS",
}
SOURCES = [
    path.read_text()
    for part in ("account", "mfa")
    for path in (Path(allauth.__file__).parent / part).rglob("*.py")
    if "tests" not in path.parts
]


def found(pattern):
    return {prefix for source in SOURCES for prefix in re.findall(pattern, source)}


NOTICES = sorted(found(r'send_notification_mail\(\s*"([^"]+)"'))
MAILS = sorted(found(r'send_mail\("([^"]+)"') | found(r'email_template = "([^"]+)"'))
TELLS_TOO_MUCH = re.compile(r"203\.0\.113|Marked Browser|a-marked-handle|example\.com", re.I)


def browser_of(account, client):
    client.defaults |= {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Marked Browser 5.0"}
    sign_in_session(client, account)
    return client


def send_all():
    deliver(now=clock.now(), limit=50)


def test_every_mail_of_the_library_is_ours_or_never_sent(settings):
    assert len(NOTICES) > 8 and len(MAILS) > 4
    for prefix in set(MAILS) - NEVER.keys() - {"account/email/email_confirmation_signup"}:  # nobody signs up
        for part in ("subject", "message"):
            origin = get_template(f"{prefix}_{part}.txt").origin.name
            assert origin.startswith(str(settings.BASE_DIR / "templates")), origin
    assert [name for name in NEVER.values() if getattr(settings, name, False)] == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("prefix", NOTICES)
def test_what_was_changed_is_told_in_the_language_of_the_account_and_nothing_of_who_and_where(prefix, language):
    author = a_user(kind=Kind.AUTHOR, language=language, username="a-marked-handle", email="a@mail.test")
    AccountAdapter().send_notification_mail(prefix, author, {"ip": "203.0.113.77", "user_agent": "Marked Browser"})
    send_all()
    (letter,) = mail.outbox
    assert letter.to == [author.email]
    assert TELLS_TOO_MUCH.search(str(letter.message())) is None
    with override(language):
        general = gettext("Something about how you sign in was changed.")
    assert general not in letter.body  # each has words of its own


def test_changing_a_password_tells_its_owner_also_after_an_outage(client, settings):
    author = a_user(kind=Kind.AUTHOR, username="a-marked-handle", email="a@mail.test")
    browser_of(author, client)
    new = {"oldpassword": PASSWORD, "password1": "another long passphrase 8", "password2": "another long passphrase 8"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    ours, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "lms.outbox.smtp.Backend"
    assert client.post(reverse("account_change_password"), new).status_code == 302
    deliver(now=clock.now(), limit=5)
    assert Message.objects.get(kind="account.changed").sent_at is None
    settings.EMAIL_BACKEND = ours
    deliver(now=clock.now() + timedelta(hours=1), limit=5)
    (letter,) = mail.outbox
    assert TELLS_TOO_MUCH.search(str(letter.message())) is None
    assert Message.objects.get(kind="account.changed").sent_at


def test_a_link_to_a_new_password_does_not_name_the_account(client):
    author = a_user(kind=Kind.AUTHOR, language="es", username="a-marked-handle", email="a@mail.test")
    client.defaults["HTTP_USER_AGENT"] = "Marked Browser 5.0"
    client.post(reverse("account_reset_password"), {"email": author.email})
    (letter,) = mail.outbox
    assert TELLS_TOO_MUCH.search(str(letter.message())) is None
    assert "/accounts/password/reset/key/" in letter.body
    assert letter.subject == "Una contraseña nueva"
