"""Is it alive, and is it keeping up? For machines; no secrets, no names."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.utils import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.urls import path

# The sweep rings each minute; five silent minutes is a dead worker or beat.
LATE = timedelta(minutes=5)


@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, the keys can be read, and the background work is not behind."""
    problems = [problem for problem in (_database(), _keys()) if problem] + _work(request)
    return JsonResponse({"status": "late" if problems else "ok", "problems": problems}, status=503 if problems else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "database"
    return ""


def _keys() -> str:
    from lms.people import keyring

    try:
        return "keys" if keyring.problems() else ""
    except DatabaseError:
        return ""  # said already, by its own name


def _work(request: HttpRequest) -> list[str]:
    """What the background work owes: its sign of life, and each task that is late by its own cadence."""
    from lms.referrals.actions import pulse
    from lms.service import runs
    from lms.service.rules.lateness import State

    try:
        newest = pulse.newest()
        seen = runs.all_seen(now=request.now, beats=pulse.beats_since)
    except DatabaseError:
        return []  # said already, by its own name
    if newest is None:
        return [] if settings.DEVELOPMENT else ["background work has not begun"]
    behind = ["background work is behind"] if request.now - newest > LATE else []
    return behind + [f"late: {task.name}" for task in seen if task.state is State.LATE]


urlpatterns = [path("live/", live, name="health_live"), path("ready/", ready, name="health_ready")]
