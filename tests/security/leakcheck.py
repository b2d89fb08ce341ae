"""``python -m tests.security.leakcheck FOLDER``: a world of marked words, lived through real parts, read back by everyone.

It writes FOLDER/found.json: every needle that stood where it must not, and which needles were seen where they must be
(a search that finds nothing at all proves nothing).
"""

import base64
import contextlib
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.security.needles import ANSWER, AUTHOR, DEMAND, LEARNER, NARRATIVE, NUMBER, STORY, Needles, needles, seen_in

START = datetime.fromisoformat("2026-03-02T15:00:00+00:00")
DAY = timedelta(days=1)
PASSWORD = "a long and quiet passphrase"
PAGES_PER_ROLE = 50
NOT_FOLLOWED = re.compile(r"/logout/|/setlang/|jsi18n|/sprite|/static/|/delete/|/copy/|ordering=|[?&]p=")
WRITTEN_BY = ("amends", "django", "celery", "allauth", "wagtail", "kombu")


EVERY = (
    needles(STORY, kind="secret")
    | needles(DEMAND, kind="secret")
    | needles(LEARNER, kind="learner")
    | needles(NARRATIVE, kind="words")
    | needles(AUTHOR, kind="author")
)


@dataclass
class Findings:
    """What was seen, by whom, where."""

    leaks: list[str] = field(default_factory=list)
    sightings: dict[str, set[str]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)

    def look(self, who: str, where: str, data: bytes, forbidden: Needles) -> None:
        self.leaks += [f"{who} · {where} · {name}" for name in seen_in(data, forbidden)]

    def sight(self, who: str, data: bytes) -> None:
        self.sightings.setdefault(who, set()).update(seen_in(data, EVERY))
        self.read[who] = self.read.get(who, 0) + 1


class Links(HTMLParser):
    """Where a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if name in ("href", "src", "action", "data-url", "formaction") and value
        ]


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.security.settings")
    set_clock(START)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("make_signing_key", stdout=sys.stderr)
    log = keep_a_log(folder)
    found = Findings()
    world = live(folder)
    for reader in readers(world):
        crawl(reader, found)
    break_everything(world, found)
    live_on(folder, world, found)
    log.close()
    read_what_was_written(folder, world, found)
    said = {"leaks": sorted(set(found.leaks)), "read": found.read, "sightings": {who: sorted(seen) for who, seen in found.sightings.items()}}  # fmt: skip
    (folder / "found.json").write_text(json.dumps(said, indent=1))


def set_clock(now: datetime) -> None:
    Path(os.environ["CRASH_CLOCK"]).write_text(now.isoformat())


def keep_a_log(folder: Path) -> logging.FileHandler:
    """Everything the product and its libraries say, down to DEBUG, as production would write it."""
    from lms.logs import WithoutWords

    handler = logging.FileHandler(folder / "log.txt", encoding="utf-8")
    handler.setFormatter(WithoutWords("{levelname} {name} {message}", style="{"))
    for name in WRITTEN_BY:
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    # Django tells at DEBUG of every word that a page asks for and does not get: names of words, a million of them.
    logging.getLogger("django.template").setLevel(logging.INFO)
    return handler


# --- the life that is lived -----------------------------------------------------------------------


@dataclass
class World:
    now: datetime
    people: dict[str, Any]
    referral: Any
    addresses: dict[str, list[str]]
    paths: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)  # printed on paper


def client_of(user: Any, **more: Any) -> Any:
    from django.test import Client

    from tests.conftest import sign_in_session

    client = Client(**more)
    client.raise_request_exception = False
    if user is not None:
        sign_in_session(client, user)
    return client


def ring(folder: Path) -> None:
    """The doorbell rings: a real message in a real queue; and what it asks for is done here."""
    from accountability.tasks import sweep
    from court_reports.tasks import draft_due
    from lms.journal.tasks import seal
    from lms.outbox.tasks import deliver

    for task in (sweep, deliver, draft_due, seal):
        task.delay()
        task()


def live(folder: Path) -> World:
    """Referral, account, course, track and reports of one marked person; beside her a whole second case, unmarked."""
    from wagtail.models import Page

    from accountability.sample import sample_check_in_form
    from lms.referrals.models import ProgramRole
    from tests.browser.world import a_course
    from tests.builders import (
        a_court,
        a_court_user,
        a_facilitator,
        a_program,
        an_administrator,
        an_auditor,
        an_author,
        an_enrolled_referral,
    )

    now = START
    program = a_program(name="Lantern Program")
    administrator, auditor = an_administrator(program), an_auditor(program)
    facilitator = a_facilitator(program)
    court, elsewhere = a_court(), a_court("Another Court")
    clerk = a_court_user(court)
    a_course(program, now - 9 * DAY)
    sample_check_in_form(program=program, now=now - 9 * DAY)
    author = an_invited_author(administrator, program, ProgramRole.AUTHOR)
    for page in Page.objects.filter(depth__gt=2):
        page.owner = author
        page.save()
        page.specific.save_revision(user=author, log_action=True)
    referral = a_marked_person(clerk, facilitator, court, program, now, folder)
    a_marked_course(referral, facilitator, now + 2 * DAY)
    ring(folder)
    now = a_marked_track(referral, facilitator, now + 40 * DAY, folder)
    other = an_enrolled_referral(program=program, court=elsewhere, now=now - DAY)
    people = {
        "nobody": None,
        "the person": referral.person,
        "another person": other.person,
        "the facilitator": facilitator,
        "another facilitator": a_facilitator(program),
        "an administrator": administrator,
        "an auditor": auditor,
        "the clerk": clerk,
        "another clerk": a_court_user(elsewhere),
        "the author": author,
        "another author": an_author(program),
    }
    ring(folder)
    return World(now, people, referral, addresses_of(referral))


def an_invited_author(administrator: Any, program: Any, role: str) -> Any:
    """Her legal name is typed by somebody who should not have; her account is opened by the link."""
    from django.urls import reverse

    from lms.referrals.models import Invitation
    from tests.keeping.test_copies import prove

    desk = client_of(administrator)
    prove(desk, reverse("invitation:add"))
    desk.post(reverse("invitation:add"), {
        "what": role, "program": str(program.pk), "email": AUTHOR["email"], "first_name": AUTHOR["first name"],
        "last_name": AUTHOR["last name"], "language": "en",
    })  # fmt: skip
    said = desk.get(reverse("invitation:index")).content.decode()
    link = re.search(r"/invitations/([\w-]+)/", said)
    assert link, "the link is shown once"
    client_of(None).post(link.group(), {"email": AUTHOR["email"], "password": PASSWORD, "again": PASSWORD, "password2": PASSWORD})  # fmt: skip
    return Invitation.objects.exclude(user=None).latest("made_at").user


def a_marked_person(clerk: Any, facilitator: Any, court: Any, program: Any, now: datetime, folder: Path) -> Any:
    from lms.demonstration import steps
    from lms.referrals.models import Referral, Stage

    client_of(clerk).post("/court/refer/", {
        "court": str(court.pk), "program": str(program.pk), "first_name": LEARNER["first name"],
        "last_name": LEARNER["last name"], "birth_year": "1984", "email": LEARNER["email"], "phone": LEARNER["phone"],
        "language": "en", "case_number": LEARNER["case number"], "stage": Stage.PRE_PLEA_DIVERSION,
        "ordered_on": (now - DAY).date().isoformat(), "conditions_text": "Complete the course",
    })  # fmt: skip
    referral = Referral.objects.get(case_number=LEARNER["case number"])
    client_of(facilitator).post(f"/facilitate/cases/{referral.pk}/invite/")
    ring(folder)
    steps.open_account(referral, now=now, password=PASSWORD)
    steps.accept_agreements(referral, now=now)
    person = referral.person
    client_of(None).post("/accounts/login/", {"login": person.email, "password": "not the right passphrase"})
    client_of(None).post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client_of(None).post("/accounts/password/reset/", {"email": person.email})
    client_of(facilitator).post("/facilitate/", {"q": LEARNER["last name"]})
    return referral


def a_marked_course(referral: Any, facilitator: Any, now: datetime) -> None:
    from courses.actions import reflections
    from courses.models import Enrollment
    from lms.demonstration import steps

    enrollment = Enrollment.objects.select_related("referral__person", "policy").get(referral=referral)
    for module in enrollment.edition.modules.all():
        for ask in module.asked("reflection"):
            what = {"enrollment": enrollment, "module": module, "block_id": ask["id"], "language": "en"}
            words = f"{NARRATIVE['reflection']} " * 60
            row = reflections.submit(**what, text=words, by=referral.person, now=now)
            reflections.review(reflection=row, outcome="returned", note=NARRATIVE["note on a reflection"], by=facilitator, now=now)  # fmt: skip
            reflections.save_draft(**what, text=NARRATIVE["reflection draft"], now=now)
    for module in enrollment.edition.modules.all():
        now = with_marked_words(lambda when, m=module: steps.take_module(enrollment, m, now=when), now)
        steps.accept_reflections(enrollment, by=facilitator, now=now)
    enrollment.refresh_from_db()
    assert enrollment.completed_at
    leave_marked_words(enrollment, now)


def leave_marked_words(enrollment: Any, now: datetime) -> None:
    """Read first and passed on, and alone: no author is shown them, and who read them sees them no more."""
    from courses.actions import words_to_authors

    words, by = NARRATIVE["words for the authors"], enrollment.referral.person
    words_to_authors.save_draft(enrollment=enrollment, text=words, language="en", now=now)
    row = words_to_authors.leave(enrollment=enrollment, text=words, language="en", by=by, now=now)
    words_to_authors.pass_on(words=row, version=row.version, by=by, now=now)


def with_marked_words(work: Any, now: datetime) -> datetime:
    from lms.demonstration import steps

    kept, steps.WORDS = steps.WORDS, f"{NARRATIVE['reflection']} and more words of it " * 8
    try:
        return work(now)
    finally:
        steps.WORDS = kept


def marked_decisions(referral: Any, missed: Any, now: datetime) -> None:
    """Asked to be excused, refused, asked again; called, warned in writing, answered; handed over and back."""
    from accountability.actions import excusal_requests, responses
    from lms.referrals.actions import referrals
    from tests.builders import a_facilitator

    person, facilitator = referral.person, referral.facilitator
    words = NARRATIVE["request to be excused"]
    asked = excusal_requests.ask(check_in=missed, reason="care", words=words, evidence=[], by=person, now=now)
    excusal_requests.refuse(
        request=asked, reason="other", attended="no", said=NARRATIVE["words of a refusal"], by=facilitator, now=now
    )
    excusal_requests.appeal(request=asked, words=words, shows_files=False, by=person, now=now)
    responses.contact(referral=referral, outcome="spoke", words="We spoke.", by=facilitator, now=now)
    warned = responses.warn(referral=referral, words="A warning.", by=facilitator, now=now)
    responses.reply(step=warned, words=NARRATIVE["answer to a warning"], by=person, now=now)
    note = NARRATIVE["note to the next facilitator"]
    for to in (a_facilitator(referral.program), facilitator):
        referrals.assign_facilitator(referral=referral, facilitator=to, by=facilitator, note=note, now=now)
    referral.refresh_from_db()


def a_marked_track(referral: Any, facilitator: Any, until: datetime, folder: Path) -> datetime:
    """Check-ins, one returned, one missed; a commitment; two released reports and a notice that was answered."""
    from accountability.actions import check_ins, commitments, decisions
    from accountability.models.forms import form_in_force
    from court_reports.actions import draft, release
    from court_reports.models import Kind, Report
    from tests.court_reports.cases import skip_steps

    referral.refresh_from_db()
    track = referral.track
    form = form_in_force(referral.program, until)
    rows = list(track.check_ins.all()[:5])
    for row in rows[:2]:
        answers = {question.key: {"scale": "4", "choice": "0", "attendance": "there", "changed": "none"}.get(question.kind, NARRATIVE["check-in"]) for question in form.in_language("en")}  # fmt: skip
        check_ins.submit(check_in=row, answers=answers | {"help": "call"}, form=form, language="en", by=referral.person, now=row.opens_at + DAY)  # fmt: skip
    decisions.review(check_in=rows[0], outcome="accepted", note="", by=facilitator, now=rows[0].opens_at + 2 * DAY)
    decisions.review(check_in=rows[1], outcome="returned", note=NARRATIVE["note on a check-in"], by=facilitator, now=rows[1].opens_at + 2 * DAY)  # fmt: skip
    commitments.add(track=track, words=NARRATIVE["commitment"], named_by_order="", required=True, by=facilitator, now=until)  # fmt: skip
    now = rows[3].opens_at + DAY
    marked_decisions(referral, rows[2], now)
    check_ins.save_draft(check_in=rows[3], answers={"help": "no", "moment": NARRATIVE["check-in draft"]}, now=now)
    set_clock(now)
    ring(folder)
    for kind in (Kind.ENROLLMENT, Kind.COMPLETION, Kind.PROGRESS):
        report = draft.draft(referral=referral, kind=kind, by=facilitator, now=now)
        if not release.preflight(report=report, now=now):
            release.release(report=report, by=facilitator, now=now)
    # The service stood still for weeks here, so nothing is missed any more, and what was taken for it has lapsed.
    skip_steps(referral, now=now)
    notice = draft.draft(referral=referral, kind=Kind.NON_COMPLIANCE, by=facilitator, now=now)
    draft.answer(report=notice, words=ANSWER["answer to the court"], by=referral.person, now=now)
    assert Report.objects.filter(referral=referral, release__isnull=False).exists()
    ring(folder)
    return now


def addresses_of(referral: Any) -> dict[str, list[str]]:
    """Every address of ours that takes an id, with each id of this case that fits it."""
    from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

    track, enrollment = referral.track, referral.enrollment
    check_ins = list(track.check_ins.values_list("pk", flat=True)[:4])
    reports = [*referral.reports.values_list("pk", flat=True), *referral.reports.exclude(release=None).values_list("release", flat=True)]  # fmt: skip
    modules = list(enrollment.edition.modules.values_list("pk", flat=True))
    reflections = list(enrollment.reflections.values_list("pk", flat=True)[:2])
    everything = [referral.pk, track.pk, check_ins[0], reports[0], modules[0], reflections[0]]
    of = {"check_ins": check_ins, "my_reports": reports, "reports_staff": reports, "reports_court": reports, "learn": modules,
          "courses_staff": reflections, "track_staff": [track.pk, *check_ins[:2]], "referrals": [referral.pk]}  # fmt: skip
    found: list[str] = []
    for include in get_resolver().url_patterns:
        if not isinstance(include, URLResolver) or not include.namespace or include.namespace.startswith("wagtail"):
            continue
        for pattern in include.url_patterns:
            if isinstance(pattern, URLPattern) and pattern.name and str(pattern.pattern).count("<uuid") == 1:
                with contextlib.suppress(NoReverseMatch):
                    ids = of.get(include.namespace, everything)
                    found += [reverse(f"{include.namespace}:{pattern.name}", args=[pk]) for pk in ids]
    module = enrollment.edition.modules.first()
    found += [f"/learn/modules/{module.pk}/reflections/{ask['id']}/" for ask in module.asked("reflection")]
    found += [f"/learn/modules/{module.pk}/checks/{ask['id']}/" for ask in module.asked("knowledge_check")]
    found += [f"/check-ins/feed/{track.feed_key}.ics"]
    return {"theirs": found, "anybody's": [
        "/", "/learn/", "/check-ins/", "/my-reports/", "/agreements/", "/facilitate/", "/facilitate/course/",
        "/facilitate/track/", "/facilitate/reports/", "/court/", "/court/reports/", "/court/hearings/", "/court/tokens/", "/court/refer/", "/authoring/",
        "/authoring/pages/", "/authoring/reports/site-history/", "/authoring/reports/site-history/?export=csv",
        "/authoring/reports/locked/", "/authoring/invitation/", "/authoring/account/", "/authoring/users/", "/verify/",
        "/accounts/email/", "/accounts/sessions/", "/accounts/2fa/", "/pages/help/", "/robots.txt", "/sitemap.xml",
        "/learn/words/", "/facilitate/course/words/", "/authoring/courses/work/?words=1", "/authoring/courses/work/?show=1",
        "/api/v2/pages/", "/authoring/api/main/pages/", "/authoring/reports/aging-pages/?export=csv",
    ]}  # fmt: skip


# --- who reads, and what they must not find ------------------------------------------------------


@dataclass
class Reader:
    who: str
    user: Any
    forbidden: dict[str, bytes]
    start: list[str]
    world: World


def readers(world: World) -> Iterator[Reader]:
    """One of each, with the classes of security.md section 5 that are a dash in their column."""
    author = world.people["the author"]
    who_she_is = needles(AUTHOR, kind="author")
    her_account = {"author: handle": author.username.encode(), "author: number": author.pk.hex.encode(), "author: dashed number": str(author.pk).encode()}  # fmt: skip
    learner, words, answer = needles(LEARNER, kind="learner"), needles(NARRATIVE, kind="words"), needles(ANSWER, kind="words")  # fmt: skip
    everything = who_she_is | her_account | learner | words | answer
    unsent = {name: word for name, word in words.items() if "draft" in name or "for the authors" in name}
    # What the person asked an administrator to look at, who reads why it was refused.
    appealed = {
        name for name in words if name.startswith(("words: request to be excused", "words: words of a refusal"))
    }
    forbidden = {
        "nobody": everything,
        "the person": who_she_is | her_account,
        "another person": everything,
        "the facilitator": who_she_is | her_account | unsent,
        "another facilitator": everything,
        "an administrator": who_she_is | {name: word for name, word in words.items() if name not in appealed},
        "an auditor": everything,
        "the clerk": who_she_is | her_account | words | answer,
        "another clerk": everything,
        "the author": learner | words | answer,
        "another author": who_she_is | {"author: handle": her_account["author: handle"]} | learner | words | answer,
    }
    for who, user in world.people.items():
        start = world.addresses["anybody's"] + world.addresses["theirs"]
        yield Reader(who, user, forbidden[who], start, world)


def crawl(reader: Reader, found: Findings) -> None:
    """Every address of the start, and whatever the pages found there lead to."""
    client = client_of(reader.user)
    waiting, known, followed = list(reader.start), set(reader.start), 0
    if reader.who == "the person":
        attest(client, reader)
    while waiting:
        address = waiting.pop(0)
        response = client.get(address)
        data = whole(response)
        look(reader, found, "GET", address, response, data)
        for link in links(address, response, data):
            if link not in known and followed < PAGES_PER_ROLE:
                known.add(link)
                waiting.append(link)
                followed += 1
    reader.world.paths += sorted(known)


def attest(client: Any, reader: Reader) -> None:
    for module in reader.world.referral.enrollment.edition.modules.all():
        client.post(f"/learn/modules/{module.pk}/attest/", {"mine": "on"})


def look(reader: Reader, found: Findings, method: str, address: str, response: Any, data: bytes) -> None:
    headers = str(response.headers).encode() + str(response.cookies).encode()
    read = data + headers + readable(response.get("Content-Type", ""), data)
    found.look(reader.who, f"{method} {response.status_code} {address}", read, reader.forbidden)
    found.sight(reader.who, read)
    if location := response.get("Location"):
        reader.world.paths.append(location)


def whole(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def links(address: str, response: Any, data: bytes) -> Iterator[str]:
    if response.get("Location"):
        yield from _own(urljoin(address, response["Location"]))
    if "html" in response.get("Content-Type", ""):
        page = Links()
        page.feed(data.decode(errors="replace"))
        for link in page.found:
            yield from _own(urljoin(address, link))


def _own(link: str) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.netloc in ("", "testserver") and parts.scheme in ("", "http") and not NOT_FOLLOWED.search(parts.path):
        yield parts.path + (f"?{parts.query}" if parts.query else "")


@cache
def readable(kind: str, data: bytes) -> bytes:
    """What a PDF says to whoever looks closer: its text, its metadata, its attachments, its streams unpacked."""
    if "pdf" not in kind:
        return b""
    import io

    import pikepdf

    text = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = [text, str(pdf.docinfo).encode(), str(pdf.open_metadata()).encode()]
        parts += [name.encode() + file.get_file().read_bytes() for name, file in pdf.attachments.items()]
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream):
                with contextlib.suppress(pikepdf.PdfError):
                    parts.append(each.read_bytes())
    return b"\n".join(parts)


def break_everything(world: World, found: Findings) -> None:
    """400, 403, 404, 405, 413, 429 and 500."""
    for reader in readers(world):
        if reader.who not in ("nobody", "the person", "an auditor", "the clerk", "the author"):
            continue
        client = client_of(reader.user)
        strict = client_of(reader.user, enforce_csrf_checks=True)
        theirs = world.addresses["theirs"][0]
        forced = [
            ("400", client.get("/", headers={"host": "evil.example"})),
            ("400", client.get("/?x=%00")),
            ("403", strict.post(theirs, {"q": "x"})),
            ("403", client.get(theirs, headers={"sec-fetch-site": "cross-site"})),
            ("404", client.get("/nothing/")),
            ("405", client.put("/learn/beat/")),
            ("413", client.generic("POST", "/verify/", b"x", CONTENT_LENGTH="99999999")),
            ("500", client.get("/breaks/template/")),
            ("500", client.get("/breaks/database/")),
            *[("429", client.get(f"/invitations/none{n}/")) for n in range(21 if reader.user is None else 1)],
        ]
        for what, response in forced:
            if response.status_code >= 400 and what in ("400", "413", "500"):
                assert str(response.status_code) == what, (reader.who, what, response.status_code)
            look(reader, found, what, "forced", response, whole(response))


# --- what else happens in a life ------------------------------------------------------------------


def live_on(folder: Path, world: World, found: Findings) -> None:
    """A text message, a code on paper, words not saved, a legal demand, an own copy, the journal taken out, a backup;
    at last the case is sealed."""
    from django.core.management import call_command

    text_her(folder, world)
    print_a_code(world)
    type_and_leave(world, found)
    demand_her_records(world)
    give_her_a_copy(world, found)
    take_the_journal(world, found)
    ring(folder)
    call_command("backup", to=folder / "backup", stdout=sys.stderr)
    seal_her_case(world, found)
    ring(folder)


def text_her(folder: Path, world: World) -> None:
    from django.test import override_settings

    from lms.outbox import numbers
    from lms.outbox.models import Wish

    person = world.people["the person"]
    with override_settings(SMS_PROVIDER="file"):
        number = numbers.ask(user=person, typed=NUMBER, wish=Wish.BOTH, zone="", now=world.now)
        numbers.confirm(user=person, code=numbers.code_of(number), now=world.now)
        ring(folder)


def print_a_code(world: World) -> None:
    from lms.referrals import actions
    from lms.referrals.actions import codes
    from lms.referrals.rules.codes import plain
    from tests.builders import a_referral

    referral = a_referral(program=world.referral.program)
    actions.invite(referral=referral, by=world.people["the facilitator"], now=world.now)
    printed = codes.make(referral=referral, by=world.people["the facilitator"], now=world.now)
    world.codes = {"as printed": printed.code, "as typed": plain(printed.code)}


def type_and_leave(world: World, found: Findings) -> None:
    """Wagtail keeps what stands in a page's form each time it shows how the page will look."""
    from wagtail.admin.models import FormState

    from courses.models import ModulePage

    page = ModulePage.objects.filter(owner=world.people["the author"]).first()
    typed = {
        "title": page.title, "summary": " ".join(STORY.values()), "goals": "[]", "minimum_minutes": "5",
        "body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    client_of(world.people["the author"]).post(f"/authoring/pages/{page.pk}/edit/preview/", typed)
    kept = FormState.objects.filter(user=world.people["the author"])
    found.sight("an author’s unsaved text", b"\n".join(str(row.data).encode() for row in kept))


def demand_her_records(world: World) -> None:
    from lms.keeping.actions import demands, holds
    from lms.keeping.models import DemandKind

    administrator = world.people["an administrator"]
    demands.record(
        referral=world.referral, kind=DemandKind.SUBPOENA, who=DEMAND["who demanded"],
        what=DEMAND["what was demanded"], may_tell=True, by=administrator, now=world.now,
    )  # fmt: skip
    holds.lift(hold=world.referral.holds.get(lifted_at=None), by=administrator, now=world.now)


def give_her_a_copy(world: World, found: Findings) -> None:
    import io
    import zipfile

    from lms.keeping.actions import copies

    person, facilitator = world.people["the person"], world.people["the facilitator"]
    copy = copies.ask(referral=world.referral, language="en", by=person, now=world.now)
    copies.release(copy=copy, by=facilitator, now=world.now)
    assert copies.make_due(now=world.now, limit=1) == 1
    copy.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(copies.fetch(copy=copy, by=person, now=world.now))) as archive:
        found.look("the person", "the names in their own copy", "\n".join(archive.namelist()).encode(), EVERY)
        for name in archive.namelist():
            found.look("the person", "their own copy", archive.read(name), needles(AUTHOR, kind="author"))
            found.sight("an own copy", archive.read(name))


def take_the_journal(world: World, found: Findings) -> None:
    from tests.keeping.test_copies import prove

    desk, address = client_of(world.people["an auditor"]), "/audit/export/"
    prove(desk, address)
    for form in ("csv", "jsonl"):
        taken = whole(desk.post(address, {"format": form}))
        assert b"copy.fetched" in taken
        found.look("an auditor", f"the journal as {form}", taken, written_nowhere(world))


def seal_her_case(world: World, found: Findings) -> None:
    from lms.keeping.actions import forgetting
    from lms.keeping.models import Act, Ground

    facilitator, administrator = world.people["the facilitator"], world.people["an administrator"]
    proposal = forgetting.propose(
        referral=world.referral, act=Act.SEAL, ground=Ground.REQUEST, by=facilitator, now=world.now
    )
    forgetting.confirm(forgetting=proposal, by=administrator, now=world.now)
    for who in ("the facilitator", "an administrator", "the clerk", "an auditor"):
        client = client_of(world.people[who])
        for address in ("/facilitate/", "/facilitate/track/", "/facilitate/reports/", "/facilitate/keeping/", "/court/",
                        "/court/reports/", "/audit/"):  # fmt: skip
            page = whole(client.get(address))
            found.look(who, f"{address} of a sealed case", page, needles(LEARNER, kind="learner"))


def written_nowhere(world: World) -> dict[str, bytes]:
    """Every needle there is: what the journal, the log, addresses, the cache and sessions must not hold."""
    more = DEMAND | STORY | {"number": NUMBER} | {f"a printed code {how}": code for how, code in world.codes.items()}
    return EVERY | needles(ANSWER, kind="words") | needles(more, kind="secret")


# --- what was written anywhere ---------------------------------------------------------------------


def read_what_was_written(folder: Path, world: World, found: Findings) -> None:
    from django.conf import settings
    from django.db import connection

    who_she_is, learner = needles(AUTHOR, kind="author"), needles(LEARNER, kind="learner")
    sealed = DEMAND | {"number": NUMBER} | {f"a printed code {how}": code for how, code in world.codes.items()}
    words = needles(NARRATIVE, kind="words") | needles(ANSWER, kind="words") | needles(sealed, kind="secret")
    everything = written_nowhere(world)
    put_away = {name: word for name, word in learner.items() if "case number" in name or "phone" in name}
    found.look("written", "the log", (folder / "log.txt").read_bytes(), everything)
    found.look("written", "an address", "\n".join(world.paths).encode(), everything)
    for path in Path(settings.DATA_DIR).rglob("*"):
        found.look("written", "the name of a file", str(path.relative_to(settings.DATA_DIR)).encode(), everything)
        if path.is_file() and "queue" in path.parts:
            found.look("written", "the queue", unwrapped(path.read_bytes()), everything)
            found.read["queue"] = found.read.get("queue", 0) + 1
        elif path.is_file() and "sms" not in path.parts and not path.name.startswith(("amends.sqlite3", "found")):
            found.look("written", f"a file {path.suffix}", unpacked(path), words)
            found.read["backup"] = found.read.get("backup", 0) + ("backup" in path.parts)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = b"\n".join(_bytes(value) for row in cursor.fetchall() for value in row)
            if table == "django_session":
                rows = b"\n".join(sessions())
            strict = everything if table in ("cache", "django_session") or table.startswith("journal_") else words | put_away | _names(who_she_is)  # fmt: skip
            found.look("written", f"table {table}", unwrapped(rows), strict)
            found.read[f"table {table}"] = len(rows)
    for number, message in enumerate(sorted((folder / "post").glob("*.eml"))):
        read_mail(number, message.read_bytes(), found, everything)


def sessions() -> Iterator[bytes]:
    """What each session holds, as Django reads it: signed and compressed it says nothing to a search."""
    from django.contrib.sessions.models import Session

    for session in Session.objects.all():
        yield json.dumps(session.get_decoded(), ensure_ascii=False).encode()


def unpacked(path: Path) -> bytes:
    """The bytes of a file; of a dump of PostgreSQL what is packed in it."""
    data = path.read_bytes()
    if data.startswith(b"PGDMP"):
        return subprocess.run(["pg_restore", "-f", "-", path], capture_output=True, check=True).stdout
    return data


def _names(of_author: dict[str, bytes]) -> dict[str, bytes]:
    """Her account may bear an address, if she wants one; a name stands nowhere."""
    return {name: word for name, word in of_author.items() if "name" in name}


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def unwrapped(data: bytes) -> bytes:
    """These bytes, and whatever in them was base64."""
    parts = [data]
    for piece in re.findall(rb"[A-Za-z0-9+/_-]{24,}={0,2}", data):
        with contextlib.suppress(ValueError):
            parts.append(base64.b64decode(piece + b"=" * (-len(piece) % 4), altchars=b"-_" if b"-" in piece or b"_" in piece else None))  # fmt: skip
    return b"\n".join(parts)


def read_mail(number: int, data: bytes, found: Findings, everything: Needles) -> None:
    """Headers but for whom it is to, and every part as its reader sees it."""
    import email
    from email import policy

    message = email.message_from_bytes(data, policy=policy.default)
    found.read["mail"] = found.read.get("mail", 0) + 1
    kept = [f"{name}: {value}" for name, value in message.items() if name not in ("To", "X-RcptTo")]
    found.look("written", f"mail {number} headers", "\n".join(kept).encode(), everything)
    for part in message.walk():
        if part.get_content_maintype() == "text":
            found.look("written", f"mail {number} text", part.get_content().encode(), everything)


if __name__ == "__main__":
    main()
