"""Beside Django's own: a password is not made of the words of this place."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lms.people.models import User
from lms.referrals.models import Court, Program
from lms.referrals.rules import passwords


class KnownWordsValidator:
    """For AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:
        if passwords.is_of_known_words(password, _names()):
            raise ValidationError(
                _("This password is little more than names of this product, its programs or courts. Add other words."),
                code="password_of_known_words",
            )

    def get_help_text(self) -> str:
        return _("Your password needs more than the names of this product, its programs and its courts.")


def _names() -> list[str]:
    """Asked anew each time: a password is set seldom, and a program may have been founded since."""
    rows = [
        *Program.objects.values_list("name", "organization", "slug"),
        *Court.objects.values_list("name", "county", "jurisdiction"),
    ]
    return [urlsplit(settings.PUBLIC_URL).hostname or "", *(name for row in rows for name in row)]
