"""``make load``: two hundred people take the course at once, on PostgreSQL, through the web server as it is deployed.

Each reads pages, beats, answers checks, chooses in scenarios and writes a reflection that is saved as it is typed, at the
pace of people: a request every few seconds. It fails when any answer was an error, and when anything that the server
acknowledged is not in the database afterward.

LOAD_DATABASE_URL names an empty PostgreSQL database; LOAD_PEOPLE (200), LOAD_SECONDS (300), LOAD_WORKERS (2) and
LOAD_THREADS (2) change the rest. Traffic goes to 127.0.0.1 alone, and everything that it starts it ends.
"""

import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import lxml.html

PEOPLE = int(os.environ.get("LOAD_PEOPLE", "200"))
SECONDS = int(os.environ.get("LOAD_SECONDS", "300"))
WORKERS = os.environ.get("LOAD_WORKERS", "2")
THREADS = os.environ.get("LOAD_THREADS", "2")
RAMP = 15.0  # seconds in which they arrive
BEAT_EVERY = 20.0  # as learn-beat.js
PAUSE = (3.0, 7.0)  # between two things that somebody does
TIMEOUT = 30.0
WORDS = "I notice how much I did not want to know, and what I will do about it. "


@dataclass(frozen=True, slots=True)
class Course:
    """What the people take: the addresses of one module, and on which of its pages what is asked."""

    module: str
    steps: int
    checks: tuple[str, ...]
    reflections: tuple[str, ...]
    scenarios: tuple[str, ...]

    def path(self, *parts: object) -> str:
        return "/".join(["/learn/modules", self.module, *map(str, parts)]) + "/"


@dataclass(slots=True)
class Person:
    """One of them, and everything that the server said it had."""

    enrollment: str
    cookie: str
    pages: set[int] = field(default_factory=set)
    graded: Counter[str] = field(default_factory=Counter)
    chosen: Counter[str] = field(default_factory=Counter)
    saved: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    beats: int = 0


@dataclass(slots=True)
class Heard:
    """How long each kind of request took, in milliseconds, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Pulse:
    """The heartbeat of one page as learn-beat.js sends it. How that goes is known here and nowhere else."""

    def __init__(self, page: lxml.html.HtmlElement) -> None:
        found = page.xpath("//*[@data-beat]")
        self.there = bool(found)
        self.viewing = found[0].get("data-viewing") if found else ""
        self.ticket = found[0].get("data-ticket") if found else None
        self.sequence = 0

    def fields(self) -> dict[str, str]:
        if self.ticket:
            return {"viewing": self.viewing, "ticket": self.ticket}
        self.sequence += 1
        return {"viewing": self.viewing, "sequence": str(self.sequence)}

    def heard(self, answer: dict[str, Any]) -> bool:
        self.ticket = answer.get("ticket", self.ticket)
        return bool(answer.get("accepted"))


class Learner:
    """Somebody with a telephone."""

    def __init__(
        self, person: Person, course: Course, web: aiohttp.ClientSession, heard: Heard, until: float, seed: int
    ) -> None:
        self.person, self.course, self.web, self.heard, self.until = person, course, web, heard, until
        self.random = random.Random(seed)
        self.token = ""
        self.pulse: Pulse | None = None
        self.beat_at = 0.0

    async def live(self) -> None:
        await asyncio.sleep(self.random.uniform(0, RAMP))
        await self.get("home", "/")
        await self.get("course", "/learn/")
        await self.get("module", self.course.path("attest"))
        await self.post("attest", self.course.path("attest"), {"mine": "on"})
        doings: list[Callable[[], Awaitable[None]]] = [
            *(lambda s=step: self.read(s) for step in range(1, self.course.steps + 1)),
            *(lambda b=block: self.choose(b) for block in self.course.scenarios),
            *(lambda b=block: self.answer(b) for block in self.course.checks),
            *(lambda b=block: self.write(b) for block in self.course.reflections),
        ]
        # They do not all do the same at once.
        turn = self.random.randrange(len(doings))
        while time.monotonic() < self.until:
            await doings[turn % len(doings)]()
            turn += 1

    # --- what they do ---

    async def read(self, step: int) -> None:
        """A page, for as long as a short one takes; then on."""
        page = await self.get("module page", f"{self.course.path()}?step={step}")
        viewing = page.xpath("//input[@name='viewing']/@value") if page is not None else []
        await self.think(self.random.randint(2, 5))
        if viewing and await self.post("next page", self.course.path("next"), {"viewing": viewing[0], "step": step}):
            self.person.pages.add(step)
            self.pulse = None  # the page that was turned is gone, and beats no more

    async def choose(self, block: str) -> None:
        await self.think(1)
        # Another than before: the same choice once more is the same line of the ledger.
        choice = str(self.person.chosen[block] % 2)
        if await self.post("scenario", self.course.path("scenarios", block), {"choice": choice}):
            self.person.chosen[block] += 1

    async def answer(self, block: str) -> None:
        """Begin an attempt if one may be begun, and hand it in, right or wrong."""
        path = self.course.path("checks", block)
        page = await self.get("check page", path)
        if page is not None and page.xpath("//button[@name='start']"):
            await self.think(1)
            await self.post("begin a check", path, {"start": "1"})
            page = await self.get("check page", path)
        form = _form_with_questions(page)
        if form is None:
            await self.think(1)
            return
        await self.think(self.random.randint(2, 4))
        if await self.post("hand in a check", path, self._answers(form)):
            self.person.graded[block] += 1

    async def write(self, block: str) -> None:
        """A reflection, saved every few seconds as it is typed. What stands at its end tells which version it is."""
        await self.get("reflection page", self.course.path("reflections", block))
        for _ in range(self.random.randint(3, 6)):
            await self.think(1)
            number = self.person.sent.get(block, 0) + 1
            self.person.sent[block] = number
            text = f"{WORDS * 8} ~{number}"
            answer = await self.ask("save a draft", self.course.path("reflections", block, "draft"), {"text": text})
            if answer.get("saved"):
                self.person.saved[block] = number

    async def think(self, times: int) -> None:
        """Some seconds each time; the page beats meanwhile."""
        for _ in range(times):
            await asyncio.sleep(self.random.uniform(*PAUSE))
            if self.pulse and self.pulse.there and time.monotonic() - self.beat_at >= BEAT_EVERY:
                self.beat_at = time.monotonic()
                answer = await self.ask("beat", "/learn/beat/", self.pulse.fields())
                if answer and self.pulse.heard(answer):
                    self.person.beats += 1
                elif answer:
                    self.heard.refused["beat"] += 1

    def _answers(self, form: lxml.html.FormElement) -> dict[str, Any]:
        """Something for every question: a place for each item of an order, no two alike."""
        given: dict[str, Any] = {}
        places: dict[str, list[str]] = {}
        for select in form.xpath(".//select"):
            question = select.name.partition("_")[0]
            options = [option for option in select.value_options if option]
            left = places.setdefault(question, self.random.sample(options, len(options)))
            given[select.name] = left.pop() if left else options[0]
        for control in form.xpath(".//input[@type='radio' or @type='checkbox']"):
            given.setdefault(control.name, self.random.choice(form.xpath(f".//input[@name='{control.name}']/@value")))
        for control in form.xpath(".//input[@type='text' or @type='number']"):
            given[control.name] = "1"
        return given

    # --- how they ask ---

    async def get(self, kind: str, path: str) -> lxml.html.HtmlElement | None:
        text = await self._asked(kind, "GET", path, None, (200,))
        if not text:
            return None
        page = lxml.html.fromstring(text)
        self.token = next(iter(page.xpath("//input[@name='csrfmiddlewaretoken']/@value")), self.token)
        self.pulse, self.beat_at = Pulse(page), time.monotonic()
        return page

    async def post(self, kind: str, path: str, fields: dict[str, Any]) -> bool:
        """A form, which is answered by being sent on."""
        return await self._asked(kind, "POST", path, fields, (302,)) is not None

    async def ask(self, kind: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        """What the page asks by itself, which is answered by a few words."""
        text = await self._asked(kind, "POST", path, fields, (200,))
        return json.loads(text) if text else {}

    async def _asked(
        self, kind: str, method: str, path: str, fields: dict[str, Any] | None, expected: tuple[int, ...]
    ) -> str | None:
        data = {name: str(value) for name, value in fields.items()} if fields is not None else None
        if data is not None:
            data["csrfmiddlewaretoken"] = self.token
        began = time.monotonic()
        try:
            async with self.web.request(method, path, data=data, allow_redirects=False) as answer:
                text = await answer.text()
        except (TimeoutError, aiohttp.ClientError) as problem:
            self.heard.errors[f"{kind}: {type(problem).__name__}"] += 1
            return None
        self.heard.took[kind].append((time.monotonic() - began) * 1000)
        sent_away = answer.status == 302 and "/accounts/" in answer.headers.get("Location", "")
        if answer.status not in expected or sent_away:
            self.heard.errors[f"{kind}: {answer.status}"] += 1
            return None
        return text


def _form_with_questions(page: lxml.html.HtmlElement | None) -> lxml.html.FormElement | None:
    forms = page.xpath("//main//form[.//fieldset or .//select or .//input[@type='radio']]") if page is not None else []
    return forms[0] if forms else None


async def all_of_them(people: list[Person], course: Course, base: str) -> Heard:
    heard, until = Heard(), time.monotonic() + SECONDS
    async with asyncio.TaskGroup() as together:
        for number, person in enumerate(people):
            together.create_task(_one(person, course, base, heard, until, number))
    return heard


async def _one(person: Person, course: Course, base: str, heard: Heard, until: float, seed: int) -> None:
    jar = aiohttp.CookieJar(unsafe=True)  # an address of numbers has cookies too
    patience = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(base, cookie_jar=jar, timeout=patience) as web:
        name, _equals, value = person.cookie.partition("=")
        jar.update_cookies({name: value}, response_url=web._base_url)  # type: ignore[arg-type]
        await Learner(person, course, web, heard, until, seed).live()


def build(now: datetime) -> tuple[Course, list[Person]]:
    """The people, each signed in, and the first module of their course."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    from courses.models import Enrollment
    from tests.builders import a_court, a_facilitator, a_program, a_published_course, an_enrolled_referral
    from tests.conftest import sign_in_session

    settings.ALLOWED_HOSTS = ["*"]
    program, court = a_program(name="Load"), a_court("Load")
    a_facilitator(program)
    a_published_course(program, modules=2)
    people = []
    for number in range(PEOPLE):
        referral = an_enrolled_referral(program=program, court=court, now=now, case_number=f"LOAD-{number}")
        client = Client()
        sign_in_session(client, referral.person)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        people.append(Person(str(referral.enrollment.pk), cookie))
    module = Enrollment.objects.get(pk=people[0].enrollment).edition.modules.get(position=1)
    blocks = {kind: tuple(ask["id"] for ask in module.asked(kind)) for kind in KINDS}
    return Course(str(module.pk), len(module.steps), *(blocks[kind] for kind in KINDS)), people


KINDS = ("knowledge_check", "reflection", "scenario")


def lost(people: list[Person], course: Course) -> list[str]:
    """What was acknowledged and is not there, and what is there twice."""
    from courses.models import Attempt, Enrollment, Evidence, ModuleProgress, Reflection
    from lms import crypto

    found: list[str] = []
    everyone = Enrollment.objects.select_related("referral").in_bulk([p.enrollment for p in people])
    by_pk = {str(pk): enrollment for pk, enrollment in everyone.items()}
    with crypto.at_hand():
        for person in people:
            mine = {"enrollment": by_pk[person.enrollment]}
            progress = ModuleProgress.objects.filter(**mine, module=course.module).first()
            there = set(progress.seen) if progress else set()
            found += [f"page {page}" for page in person.pages - there]
            for block, times in person.graded.items():
                rows = Attempt.objects.filter(**mine, block_id=block, graded_at__isnull=False).count()
                found += [f"check: {times} handed in, {rows} there"] * (rows < times)
            for block, times in person.chosen.items():
                rows = Evidence.objects.filter(**mine, block_id=block, kind="scenario_chosen").count()
                found += [f"scenario: {times} chosen, {rows} there"] * (rows < times)
            for block, number in person.saved.items():
                row = Reflection.objects.filter(**mine, block_id=block).first()
                kept = int(row.read_draft().rpartition("~")[2] or 0) if row else 0
                found += [f"draft: {number} saved, {kept} there"] * (kept < number)
    return found


def serve(folder: str, port: int) -> "subprocess.Popen[bytes]":
    """The web server, as deploy/supervisord.conf starts it."""
    command = [
        sys.executable, "-m", "gunicorn", "lms.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", WORKERS,
        "--threads", THREADS, "--access-logfile", "/dev/null", "--worker-tmp-dir", folder, "--no-control-socket",
    ]  # fmt: skip
    return subprocess.Popen(command, start_new_session=True)


def tell(heard: Heard, people: list[Person], gone: list[str]) -> None:
    print(f"\n{'what':<20}{'times':>8}{'median ms':>12}{'95 % ms':>10}{'longest':>10}")
    everything = [ms for took in heard.took.values() for ms in took]
    for kind, took in [*sorted(heard.took.items()), ("everything", everything)]:
        middle, most = statistics.median(took), statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
        print(f"{kind:<20}{len(took):>8}{middle:>12.0f}{most:>10.0f}{max(took):>10.0f}")
    acknowledged = sum(
        len(p.pages) + sum(p.graded.values()) + sum(p.chosen.values()) + sum(p.saved.values()) for p in people
    )
    told = {
        "people": PEOPLE, "seconds": SECONDS, "workers": int(WORKERS), "threads": int(THREADS),
        "requests": len(everything), "per_second": round(len(everything) / SECONDS, 1),
        "p95_ms": round(statistics.quantiles(everything, n=20)[-1]), "errors": dict(heard.errors),
        "beats": sum(p.beats for p in people), "beats_refused": heard.refused["beat"],
        "acknowledged": acknowledged, "lost": len(gone),
    }  # fmt: skip
    print(json.dumps(told))
    for line in gone[:20]:
        print(f"lost: {line}")


def main() -> int:
    if not os.environ.get("LOAD_DATABASE_URL", "").startswith("postgres"):
        print("LOAD_DATABASE_URL names no PostgreSQL database: createdb one, and name it.")
        return 2
    with tempfile.TemporaryDirectory(prefix="amends-load-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": folder,
            "CRASH_DATABASE_URL": os.environ["LOAD_DATABASE_URL"],
        }
        import django

        django.setup()
        from django.db import connections

        from tests.crash.servers import free_port, wait_for

        course, people = build(datetime.now(UTC))
        connections.close_all()
        port = free_port()
        server = serve(folder, port)
        try:
            wait_for(port, server)
            heard = asyncio.run(all_of_them(people, course, f"http://127.0.0.1:{port}"))
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=60)
        gone = lost(people, course)
        tell(heard, people, gone)
        return 1 if heard.errors or gone else 0


if __name__ == "__main__":
    sys.exit(main())
