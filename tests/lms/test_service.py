"""Signs of life: the last run of every task, what is late, and a web server that does not answer."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread

import pytest
from celery.schedules import crontab
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse

import accountability.tasks
import lms.outbox.tasks
from accountability.models import CheckIn, Outage
from lms import clock, health
from lms.celery import CADENCES, app, cadence_of
from lms.outbox.models import Line
from lms.referrals.actions import pulse
from lms.referrals.models import Pulse
from lms.service import runs
from lms.service.models import Run
from lms.service.rules.lateness import GRACE, Signs, State, allowed, state_of
from tests.builders import JANUARY, a_facilitator, a_program, an_administrator, an_auditor
from tests.court_reports.cases import a_case_in_track

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOURLY = "courses.tasks.check_completions"
SWEEP = "accountability.tasks.sweep"


def test_every_line_of_the_table_has_a_cadence_and_a_name_on_the_page():
    from lms.referrals.views.service import NAMES

    assert {line["task"] for line in app.conf.beat_schedule.values()} == set(CADENCES)
    assert set(NAMES) >= set(CADENCES)


@pytest.mark.parametrize(
    "schedule, expected",
    [
        (60.0, MINUTE), (crontab(minute=17), HOUR), (crontab(hour=3, minute=0), DAY),
        (crontab(hour=3, minute=0, day_of_week="mon"), 7 * DAY), (crontab(hour=3, minute=0, day_of_month=1), 31 * DAY),
    ],
)  # fmt: skip
def test_how_often_a_line_of_the_table_comes(schedule, expected):
    assert cadence_of(schedule) == expected


def signs(**fields) -> Signs:
    plain = {"since": JANUARY, "done_at": None, "finished_at": None, "failed": False, "up_since": JANUARY}
    return Signs(**plain | fields)


@pytest.mark.parametrize(
    "known, after, expected",
    [
        ({}, 5 * MINUTE, State.WAITING),
        ({}, 5 * MINUTE + timedelta(seconds=1), State.LATE),
        ({"done_at": JANUARY + 8 * MINUTE}, 10 * MINUTE, State.ON_TIME),
        ({"done_at": JANUARY + 8 * MINUTE, "failed": True}, 10 * MINUTE, State.FAILED),
        ({"done_at": JANUARY + 8 * MINUTE, "failed": True}, 14 * MINUTE, State.LATE),
        ({"done_at": JANUARY, "up_since": JANUARY + DAY}, DAY + MINUTE, State.ON_TIME),  # just back
        ({"done_at": JANUARY, "up_since": JANUARY + DAY}, DAY + 6 * MINUTE, State.LATE),
        ({"done_at": JANUARY, "up_since": None}, DAY, State.ON_TIME),  # nothing at all runs: said by another name
    ],
)
def test_late_is_what_could_have_been_done_and_was_not(known, after, expected):
    assert state_of(signs(**known), MINUTE, JANUARY + after) is expected


def test_a_slow_task_may_miss_one_turn():
    assert allowed(HOUR) == 2 * HOUR + GRACE


def test_a_task_that_runs_records_that_it_began_ended_and_how_many():
    before = clock.now()
    lms.outbox.tasks.deliver.apply()
    run = Run.objects.get(task="lms.outbox.tasks.deliver")
    assert before <= run.started_at <= run.finished_at == run.done_at
    assert (run.outcome, run.count, run.problem) == ("done", 0, "")
    # And from now on the others are waited for.
    assert Run.objects.count() == len(CADENCES)


def test_a_task_that_raises_is_failed_by_its_kind_alone(settings):
    settings.SMS_PROVIDER = "no such thing, with a secret in it"
    lms.outbox.tasks.deliver.apply()
    run = Run.objects.get(task="lms.outbox.tasks.deliver")
    assert (run.outcome, run.problem, run.done_at) == ("failed", "ImproperlyConfigured", None)


def ready(now) -> tuple[int, list[str]]:
    request = RequestFactory().get("/health/ready/")
    request.now = now
    answer = health.ready(request)
    return answer.status_code, json.loads(answer.content)["problems"]


def up(since, until) -> None:
    """The background work was up, each minute; and everything but the hourly task was done."""
    moment = since
    while moment <= until:
        Pulse.objects.get_or_create(at=moment)
        moment += MINUTE
    Run.objects.exclude(task=HOURLY).update(done_at=until, finished_at=until, outcome="done")


def test_ready_names_the_task_that_is_late_by_its_own_cadence_and_no_sooner():
    runs.expect(now=JANUARY)
    up(JANUARY, JANUARY + 2 * HOUR)
    assert ready(JANUARY + 2 * HOUR) == (200, [])
    up(JANUARY + 2 * HOUR, JANUARY + 2 * HOUR + 6 * MINUTE)
    assert ready(JANUARY + 2 * HOUR + 6 * MINUTE) == (503, ["late: complete what is complete"])
    Run.objects.filter(task=HOURLY).update(done_at=JANUARY + 2 * HOUR, finished_at=JANUARY + 2 * HOUR)
    assert ready(JANUARY + 2 * HOUR + 6 * MINUTE) == (200, [])


def test_after_a_stop_of_days_nothing_is_late_until_it_could_have_run():
    runs.expect(now=JANUARY)
    up(JANUARY, JANUARY + HOUR)
    back = JANUARY + 3 * DAY
    up(back, back + 10 * MINUTE)
    assert ready(back + 10 * MINUTE) == (200, [])


def test_a_fresh_install_is_ready_in_development_and_says_what_it_waits_for_elsewhere(settings):
    assert ready(JANUARY) == (200, [])
    settings.DEVELOPMENT = False
    assert ready(JANUARY) == (503, ["background work has not begun"])
    runs.expect(now=JANUARY)
    pulse.beat(now=JANUARY)
    assert ready(JANUARY + MINUTE) == (200, [])
    assert "background work is behind" in ready(JANUARY + 6 * MINUTE)[1]


# --- the web server's own sign of life ---------------------------------------------------------


class Web:
    """Answers as the health address does, until it is told not to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.status, self.words = 200, b'{"status": "ok"}'
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.hosts.append(self.headers["Host"])
                self.send_response(web.status)
                self.send_header("Content-Length", str(len(web.words)))
                self.end_headers()
                self.wfile.write(web.words)

            def log_message(self, *_: object) -> None:
                """It says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/health/live/"
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def web(settings) -> Iterator[Web]:
    running = Web()
    settings.WEB_PULSE_URL = running.url
    yield running
    running.stop()


def test_a_web_server_that_answers_is_asked_under_its_own_name(web, settings):
    settings.PUBLIC_URL = "https://amends.example"
    accountability.tasks.sweep()
    assert web.hosts == ["amends.example"]
    assert Pulse.objects.count() == 1


@pytest.mark.parametrize("status, words", [(500, b'{"status": "ok"}'), (200, b"<html>"), (302, b""), (200, b"[]")])
def test_what_is_no_answer_leaves_no_sign_of_life(status, words, web):
    web.status, web.words = status, words
    accountability.tasks.sweep()
    assert not Pulse.objects.exists()


def test_without_an_address_nobody_is_asked(settings):
    settings.WEB_PULSE_URL = ""
    accountability.tasks.sweep()
    assert Pulse.objects.count() == 1


def test_the_real_web_server_is_heard(live_server, settings):
    settings.WEB_PULSE_URL = f"{live_server.url}/health/live/"
    settings.PUBLIC_URL = live_server.url
    accountability.tasks.sweep()
    assert Pulse.objects.count() == 1


def a_check_in_that_closes_now() -> CheckIn:
    """Its grace ends this minute; the service was up until an hour ago."""
    check_in = a_case_in_track().track.check_ins.first()
    now = clock.now()
    moved = {
        "opens_at": now - 2 * DAY, "due_at": now - DAY, "closes_at": now, "cure_until": now + DAY,
        "leeway_until": now + HOUR, "wakes_at": now,
    }  # fmt: skip
    CheckIn.objects.filter(track=check_in.track).exclude(pk=check_in.pk).update(wakes_at=None)
    CheckIn.objects.filter(pk=check_in.pk).update(**moved)
    type(check_in.track).objects.filter(pk=check_in.track_id).update(wakes_at=now)
    pulse.beat(now=now - HOUR)
    return check_in


def test_while_the_web_server_is_dead_nobody_is_marked_and_then_the_window_is_given_back(web):
    check_in = a_check_in_that_closes_now()
    web.status = 503
    assert accountability.tasks.sweep() is None
    check_in.refresh_from_db()
    assert check_in.missed_at is None
    assert not Outage.objects.exists()
    before = check_in.closes_at
    web.status = 200
    accountability.tasks.sweep()
    check_in.refresh_from_db()
    assert check_in.missed_at is None
    assert check_in.closes_at - before >= 59 * MINUTE
    assert Outage.objects.count() == 1
    accountability.tasks.sweep()
    assert Outage.objects.count() == 1


def test_with_the_web_server_alive_the_same_check_in_is_missed(web):
    check_in = a_check_in_that_closes_now()
    pulse.beat(now=clock.now() - MINUTE)
    accountability.tasks.sweep()
    check_in.refresh_from_db()
    assert check_in.missed_at == check_in.closes_at


# --- the page and the command ------------------------------------------------------------------


def test_the_page_says_in_words_what_is_late_and_what_failed(signed_in):
    now = clock.now()
    runs.expect(now=now - 3 * HOUR)
    up((now - 3 * HOUR).replace(second=0, microsecond=0), now)
    Run.objects.filter(task=SWEEP).update(outcome="failed", problem="OperationalError")
    Line.objects.create(channel="email", down_since=now, times=1, not_before=now, word="x")
    page = signed_in(an_administrator(a_program())).get(reverse("referrals:service")).content.decode()
    assert "Late" in page
    assert "Failed; it tries again" in page
    assert "On time" in page
    assert "Something is not as it should be" in page
    assert "The mail server has not answered since" in page
    assert page.count('aria-hidden="true">■') == 1


def test_a_new_copy_says_that_there_was_no_sign_of_life_yet(signed_in):
    page = signed_in(an_administrator(a_program())).get(reverse("referrals:service")).content.decode()
    assert "no sign of life yet" in page


def test_the_page_is_the_administrators(signed_in):
    program = a_program()
    for user in (a_facilitator(program), an_auditor(program)):
        assert signed_in(user).get(reverse("referrals:service")).status_code == 404


def test_the_command_says_the_same_and_fails_when_one_is_late():
    out = StringIO()
    now = clock.now()
    runs.expect(now=now)
    call_command("service_status", stdout=out)
    assert "waiting" in out.getvalue()
    Run.objects.update(since=now - 3 * HOUR)
    up((now - 3 * HOUR).replace(second=0, microsecond=0), now)
    with pytest.raises(SystemExit):
        call_command("service_status", stdout=out)
    assert "late      complete what is complete" in out.getvalue()
