"""Development only: the mailbox, so that one person can play everyone."""

import email
import json
from email import policy
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from lms import clock

app_name = "dev"
NEWEST = 50


@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages that left this copy, as a person would read them."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    letters = [letter for file in files[:NEWEST] for letter in _letters(file)]
    return render(request, "dev/mailbox.html", {"letters": letters, "texts": _texts()})


def _texts() -> list[dict[str, str]]:
    """The newest text messages, as a telephone would show them."""
    folder = Path(settings.DATA_DIR) / "sms"
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [json.loads(file.read_text()) for file in files[:NEWEST]]


def _letters(file: Path) -> list[dict[str, str]]:
    parts = file.read_text().split("\n" + "-" * 79 + "\n")
    return [_shaped(part) for part in parts if part.strip()]


def _shaped(text: str) -> dict[str, str]:
    message = email.message_from_string(text.lstrip(), policy=policy.default)
    body = message.get_body(("plain",))
    return {
        "to": str(message["to"]),
        "subject": str(message["subject"]),
        "date": str(message["date"]),
        "body": body.get_content() if body else "",
    }


class Everything(forms.Form):
    """One field of each kind, to look at."""

    name = forms.CharField(label=_("Name"), help_text=_("As on the referral."))
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    words = forms.CharField(label=_("Words"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    way = forms.ChoiceField(label=_("Kind"), choices=[("a", _("Yes")), ("b", _("No"))], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label=_("Several"),
        required=False,
        choices=[("a", _("Yes")), ("b", _("No"))],
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(label=_("File"), required=False)
    agree = forms.BooleanField(label=_("I have read this"))


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, beside one another."""
    wrong = Everything({"name": "", "day": "soon", "language": "xx"}, prefix="wrong")
    wrong.is_valid()
    return render(request, "dev/components.html", {"form": Everything(), "wrong": wrong, "now": clock.now()})


urlpatterns = [path("mail/", mailbox, name="mailbox"), path("components/", components, name="components")]
