"""Closing an account, and blanking what it says of its owner."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from lms import crypto
from lms.people.models import Colors, KeptWords, Letters, QuestionsShown, SignIn, TypeSize, User, random_handle


@transaction.atomic
def close_and_blank(*, user: User, now: datetime) -> None:
    """Nothing is left of an account but its id, which events and records point to. Again is harmless."""
    end_sessions(user=user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    KeptWords.objects.filter(user=user).delete()
    SignIn.objects.filter(user=user).delete()
    user.groups.clear()
    user.username, user.email, user.first_name, user.last_name = random_handle(), None, "", ""
    user.zone, user.language, user.byline = "", "en", ""
    user.last_login, user.is_active = None, False
    user.type_size, user.letters, user.colors = TypeSize.USUAL, Letters.USUAL, Colors.DEVICE
    user.questions_shown = QuestionsShown.ALL
    user.set_unusable_password()
    user.save()
    crypto.destroy_subject(user.pk, now=now)


def choose_look(*, user: User, type_size: str, letters: str, colors: str) -> None:
    """How pages look for this person. Not an event: how somebody reads is nobody else's business."""
    user.type_size, user.letters, user.colors = type_size, letters, colors
    user.save(update_fields=["type_size", "letters", "colors"])


def choose_questions(*, user: User, questions_shown: str) -> None:
    """Whether a check-in comes question by question. Not an event, as above."""
    user.questions_shown = questions_shown
    user.save(update_fields=["questions_shown"])


def end_sessions(*, user: User) -> None:
    """Sign out everywhere, at once."""
    UserSession.objects.filter(user=user).delete()
    # Which session is whose stands nowhere but in it.
    everyones = Session.objects.iterator(chunk_size=500)
    own = [s.session_key for s in everyones if s.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(session_key__in=own).delete()
