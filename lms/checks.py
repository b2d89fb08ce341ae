"""Start-up checks: what must be true before anybody is served."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


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
