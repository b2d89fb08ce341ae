"""What is held about an account, and how it is forgotten."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, Shredder, Word
from lms.keeping.telling import table, value
from lms.people.actions import kept_words
from lms.people.actions.accounts import close_and_blank
from lms.people.models import KeptWords, User
from lms.people.rules import origins
from lms.referrals.models import Referral

DATA = {
    "people.User": {
        "identity": "first_name last_name email zone language byline type_size letters colors questions_shown",
        "security": "password last_login username",
        "derived": "id is_superuser is_staff is_active date_joined kind groups user_permissions",
    },
    "people.User_groups": {"derived": "id user group"},
    "people.User_user_permissions": {"derived": "id user permission"},
    "people.SubjectKey": {
        "security": "wrapped version",
        "derived": "id subject zone created_at escrowed_at destroyed_at",
    },
    "people.SignIn": {"security": "at how device origin apart looked_at", "derived": "id user"},
    "people.KeptWords": {"narrative": "sealed", "derived": "id user path kept_at"},
}
WORDS = {
    "account": Word(gettext_lazy("the person’s account: name, address, sign-in")),
    "account_shared": Word(gettext_lazy("the person’s account"), gettext_lazy("another case of theirs needs it")),
    "sign_ins": Word(gettext_lazy("sign-ins")),
    "kept_words": Word(gettext_lazy("forms that were not sent")),
}


def preview(referral: Referral) -> dict[str, int]:
    person = referral.person
    if person is None:
        return {}
    if _has_other_cases(person, referral):
        return {"account_shared": 1}
    return {
        "account": 1,
        "sign_ins": UserSession.objects.filter(user=person).count() + person.sign_ins.count(),
        "kept_words": KeptWords.objects.filter(user=person).count(),
    }


def shred(referral: Referral, *, now: datetime) -> list[File]:
    if referral.person and not _has_other_cases(referral.person, referral):
        close_and_blank(user=referral.person, now=now)
    return []


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    person = referral.person
    if person is None:
        return
    addresses = EmailAddress.objects.filter(user=person).order_by("pk")
    factors = Authenticator.objects.filter(user=person)
    account = [
        (_("Name"), person.get_full_name()),
        *((_("E-mail address"), each) for each in dict.fromkeys((person.email, *(row.email for row in addresses)))),
        (_("Language"), person.get_language_display()),
        (_("Time zone"), person.zone),
        (_("Size of the letters"), person.get_type_size_display()),
        (_("Shape of the letters"), person.get_letters_display()),
        (_("Colors"), person.get_colors_display()),
        (_("Questions of a check-in"), person.get_questions_shown_display()),
        (_("Account opened"), value(person.date_joined)),
        *((_("Second step at sign-in"), str(factor.get_type_display())) for factor in factors),
    ]
    yield Document(
        "account", _("Your account"), [{_("What"): what, _("Value"): text} for what, text in account if text]
    )
    yield Document(
        "sign-ins",
        _("Where you are signed in"),
        table(
            UserSession.objects.filter(user=person).order_by("created_at"),
            {
                _("Since"): "created_at",
                _("Last seen"): "last_seen_at",
                _("Network"): lambda session: origins.network_of(str(session.ip)),
                _("Browser"): "user_agent",
            },
        ),
    )
    yield Document(
        "sign-in-history",
        _("Your sign-ins of the last half year"),
        table(
            person.sign_ins.all(),
            {
                _("When"): "at",
                _("How"): "how",
                _("Device"): "device",
                _("Network"): "origin",
            },
        ),
    )
    yield Document(
        "kept-forms",
        _("Forms that were not sent, because you had been signed out"),
        table(
            person.kept_words.order_by("kept_at"),
            {_("Page"): "path", _("Kept"): "kept_at", _("Your words"): _typed},
        ),
    )


def _typed(kept: KeptWords) -> str:
    return "\n".join(text for values in kept_words.read(kept).values() for text in values if text)


def _has_other_cases(person: User, referral: Referral) -> bool:
    """Whether another case of theirs, sealed ones too, is not forgotten."""
    return Referral.objects.filter(person=person, forgotten_at=None).exclude(pk=referral.pk).exists()


def register() -> None:
    classes.declare(DATA)
    shredders.register("people", Shredder(WORDS, preview, shred, copy=copy, order=80))
