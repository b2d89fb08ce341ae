"""Start-up checks: what must be true before anybody is served."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

PLACEHOLDER = "change-me"
"""What deploy/example.env says where a secret belongs."""

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


def _secrets() -> dict[str, object]:
    """Each variable that is or holds a secret, by its name, and what it was set to."""
    database, cache = settings.DATABASES["default"], settings.CACHES["default"]
    return {name: getattr(settings, name) for name in SECRET_SETTINGS} | {
        "DATABASE_URL": database.get("PASSWORD", ""),
        "CACHE_URL": cache.get("LOCATION", ""),
    }
