"""A request as our views get it: from somebody signed in, at one moment."""

from datetime import datetime

from django.http import HttpRequest

from lms.people.models import User


class Request(HttpRequest):
    """For annotations only. The middleware sets ``now``; a view that lets strangers in takes an HttpRequest."""

    now: datetime
    user: User  # type: ignore[assignment]  deny by default: nobody else reaches these views


# A form that its page sends by itself, to stay until it has the answer (lms.middleware.in_place).
IN_PLACE = "X-In-Place"
