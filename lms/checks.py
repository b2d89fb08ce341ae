"""Start-up checks: what must be true before anybody is served."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.utils import DatabaseError

PLACEHOLDER = "change-me"
"""What deploy/example.env says where a secret belongs."""

LONGEST_URL_IN_A_TEXT = 60

SECRET_SETTINGS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "KEY_RING",
    "KEY_RING_FILE",
    "SIGNING_KEY_FILE",
    "SIGNING_CERTIFICATE_FILE",
    "SIGNING_AUTHORITY_FILE",
    "CELERY_BROKER_URL",
    "EMAIL_HOST_PASSWORD",
    "SMS_TOKEN",
)


@register()
def someone_opens_tracks(**_: object) -> list[CheckMessage]:
    """Completing a course must open a track (invariant 1): somebody has to be listening."""
    from courses.signals import course_completed

    if course_completed.has_listeners():
        return []
    return [Error("course_completed has no listener.", hint="Is accountability installed?", id="lms.E001")]


@register()
def time_is_utc(**_: object) -> list[CheckMessage]:
    """Instants are stored in UTC; dates are decided in the track's own zone."""
    if settings.USE_TZ and settings.CELERY_TIMEZONE == "UTC":
        return []
    return [Error("USE_TZ must be on and Celery must count in UTC.", id="lms.E002")]


@register(deploy=True)
def keys_can_be_read(**_: object) -> list[CheckMessage]:
    """Without the key ring nothing a person wrote can be read, and nothing may be written."""
    from lms import crypto

    try:
        crypto.ring()
    except crypto.KeyMissing as problem:
        return [Error(str(problem), hint="Set KEY_RING or KEY_RING_FILE.", id="lms.E003")]
    return []


@register(Tags.database)
def keys_in_use_are_on_the_ring(**options: Any) -> list[CheckMessage]:
    """A ring that lost a key, or got another in its place, is noticed before anybody meets a closed page.

    Run by ``migrate`` and by ``check --database default``.
    """
    if "default" not in (options.get("databases") or ()):
        return []
    from lms.people import keyring

    try:
        found = keyring.problems()
    except DatabaseError:
        return []  # before the first migration there are no keys
    hint = "Put back what is missing; “manage.py keys status” says what lies under which key of KEY_RING."
    return [Error(problem, hint=hint, id="lms.E010") for problem in found]


# Not of --deploy alone: `migrate` runs it too, so that an unfinished copy of the example gets no database.
@register()
def no_placeholder_is_left(**_: object) -> list[CheckMessage]:
    """The words of deploy/example.env are public: whoever left them in has no secret."""
    if settings.DEVELOPMENT:
        return []
    hint = "Fill in every value of your copy of deploy/example.env."
    return [
        Error(f"{name} still says “{PLACEHOLDER}”.", hint=hint, id="lms.E004")
        for name, value in _secrets().items()
        if PLACEHOLDER in str(value)
    ]


@register()
def texts_can_be_sent(**_: object) -> list[CheckMessage]:
    """A provider that is asked needs an account, and a text of one part needs a short address."""
    if settings.SMS_PROVIDER not in {"", "file", "http"}:
        return [Error("SMS_PROVIDER is “file”, “http” or empty.", id="lms.E005")]
    if settings.SMS_PROVIDER != "http":
        return []
    names = ("SMS_ACCOUNT", "SMS_TOKEN", "SMS_FROM")
    problems: list[CheckMessage] = [
        Error(f"SMS_PROVIDER=http needs {name}.", id="lms.E006") for name in names if not getattr(settings, name)
    ]
    if len(settings.PUBLIC_URL) > LONGEST_URL_IN_A_TEXT:
        problems.append(Error("PUBLIC_URL is too long for a text message of one part.", id="lms.E007"))
    return problems


def _secrets() -> dict[str, object]:
    """Each variable that is or holds a secret, by its name, and what it was set to."""
    database, cache = settings.DATABASES["default"], settings.CACHES["default"]
    return {name: getattr(settings, name) for name in SECRET_SETTINGS} | {
        "DATABASE_URL": database.get("PASSWORD", ""),
        "CACHE_URL": cache.get("LOCATION", ""),
    }


# Asks the database, so only where somebody asked for deploy checks; one that is not there yet has no superuser.
@register(deploy=True)
def nobody_may_do_everything(**_: object) -> list[CheckMessage]:
    """No superuser in production: the first administrator comes by a command and an invitation."""
    if settings.DEVELOPMENT:
        return []
    from django.contrib.auth import get_user_model
    from django.db import DatabaseError

    try:
        count = get_user_model().objects.filter(is_superuser=True).count()
    except DatabaseError:
        return []
    hint = "Take the mark away; the first administrator is made by manage.py create_administrator."
    return [Error(f"{count} account(s) may do everything.", hint=hint, id="lms.E008")] if count else []
