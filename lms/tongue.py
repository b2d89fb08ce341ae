"""The language switch on a page with a form: the button sends the form along, so that nothing typed is lost."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

WISH = "language"


def wished(request: HttpRequest) -> str:
    """The language whose button sent this form; "" where another button did."""
    asked = request.POST.get(WISH, "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def remember(response: HttpResponse, language: str) -> HttpResponse:
    """As Django's own switch does; without a language nothing changes."""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            # One of the words that browsers know.
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
        )
    return response
