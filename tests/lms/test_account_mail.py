"""What allauth sends by itself: named by us, and never in the way of what the person does."""

import socket

import pytest
from django.core import mail
from django.urls import reverse

from tests.builders import a_user

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
