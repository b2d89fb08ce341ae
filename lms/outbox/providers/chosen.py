"""Which provider of text messages this copy asks: it stands in the settings."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lms.outbox.providers.base import Provider
from lms.outbox.providers.file import FileProvider
from lms.outbox.providers.twilio import TwilioProvider


def provider() -> Provider:
    """The provider of this copy."""
    if settings.SMS_PROVIDER == "file":
        return FileProvider(settings.DATA_DIR / "sms")
    if settings.SMS_PROVIDER == "http":
        return TwilioProvider(
            base_url=settings.SMS_BASE_URL, account=settings.SMS_ACCOUNT, token=settings.SMS_TOKEN,
            sender=settings.SMS_FROM, callback_url=f"{settings.PUBLIC_URL}/callbacks/sms/",
            answer_seconds=settings.SMS_ANSWER_SECONDS,
        )  # fmt: skip
    raise ImproperlyConfigured("SMS_PROVIDER is “file”, “http” or empty.")
