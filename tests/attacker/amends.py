"""Ours, attacked through its real views by a client that knows the source."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.test import Client
from django.urls import reverse

from courses.actions import evidence, withdrawal
from courses.actions.editions import publish_edition
from courses.models import (
    Attempt,
    CoursePage,
    EditionModule,
    Enrollment,
    Evidence,
    ModulePage,
    ModuleProgress,
)
from courses.records import module_records
from lms.demonstration import steps
from lms.journal.models import Event
from lms.people.models import User
from lms.referrals.models import Program
from tests.access.world import a_shown_picture
from tests.builders import JANUARY, a_facilitator, a_program, a_published_course, an_administrator, an_enrolled_referral
from tests.conftest import sign_in_session

DAY = timedelta(days=1)
# What somebody posts who has read our models.
SAYS_DONE = {
    "status": "completed", "completed": "1", "completed_at": "2026-01-01T00:00:00Z", "passed": "1", "score": "1",
    "grade": "100", "seconds": "99999", "credited_seconds": "99999", "credited_until": "2030-01-01T00:00:00Z",
    "sequence": "999999", "step": "1", "seen": "[1,2,3,4,5,6,7,8,9]",
}  # fmt: skip


class Amends:
    """One person in a published course of three modules, on two devices; another one beside them."""

    name = "Amends"

    def __init__(self, program: Program) -> None:
        self.program = program
        self.enrollment, self.other = self.somebody(), self.somebody()
        person: Any = self.enrollment.referral.person
        self.me: User = person
        self.module: EditionModule = self.enrollment.edition.modules.first()  # type: ignore[assignment]
        self.client, self.second_device = self.device(self.me), self.device(self.me)

    def somebody(self, program: Program | None = None) -> Enrollment:
        found = Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy")
        return found.get(referral=an_enrolled_referral(program=program or self.program))

    def device(self, user: User) -> Client:
        """A browser of theirs, on which they have said who is here."""
        client = Client()
        sign_in_session(client, user)
        client.post(reverse("learn:attest", args=[self.module.pk]), {"mine": "on"})
        return client

    # --- what a cheater does, each in one place ------------------------------------------------------

    def open(self, client: Client | None = None, *, step: int = 1, module: EditionModule | None = None) -> Any:
        module = module or self.module
        return (client or self.client).get(reverse("learn:module", args=[module.pk]), {"step": step})

    def beat(self, page: Any, client: Client | None = None, **claims: Any) -> Any:
        """One heartbeat of a page that was opened, with whatever else it claims; what the server says.

        Each accepted answer brings what the next beat needs. This is the one place that knows how.
        """
        viewing = page.context["viewing"]
        told = {"viewing": viewing.pk, "ticket": viewing.ticket} | claims
        answer = (client or self.client).post(reverse("learn:beat"), told)
        said = json.loads(answer.content) if answer.status_code == 200 else {"accepted": False}
        viewing.ticket = said.get("ticket") or viewing.ticket
        return said

    def turn(self, page: Any, step: int, client: Client | None = None, **claims: Any) -> Any:
        viewing = page.context["viewing"]
        told = {"viewing": viewing.pk, "step": step} | claims
        return (client or self.client).post(reverse("learn:turn_page", args=[self.module.pk]), told)

    def addresses(self, module: UUID | None = None, blocks: EditionModule | None = None) -> Iterator[str]:
        """Every address of the course that takes something from a person."""
        key, asked = module or self.module.pk, (blocks or self.module).asks
        for name in ("home", "beat", "plan", "words", "words_draft"):
            yield reverse(f"learn:{name}")
        for name in ("module", "attest", "turn_page"):
            yield reverse(f"learn:{name}", args=[key])
        names = {"knowledge_check": ("check", "check_draft"), "reflection": ("reflection", "reflection_draft")}
        for ask in asked:
            for name in names.get(ask["kind"], (ask["kind"],)):
                with suppress(Exception):
                    yield reverse(f"learn:{name}", args=[key, ask["id"]])

    def post_everywhere(self, told: dict[str, str], **where: Any) -> None:
        for address in self.addresses(**where):
            self.client.post(address, told)

    def a_check(self) -> tuple[str, Attempt]:
        """A knowledge check that was begun."""
        block = self.module.asked("knowledge_check")[0]["id"]
        address = reverse("learn:check", args=[self.module.pk, block])
        self.client.post(address, {"start": "1"})
        return address, Attempt.objects.get(enrollment=self.enrollment, graded_at=None)

    def time_credited(self) -> float:
        return sum(record.credited_seconds for record in module_records(self.enrollment, "en"))

    def is_complete(self, enrollment: Enrollment | None = None) -> bool:
        mine = enrollment or self.enrollment
        mine.refresh_from_db()
        return bool(mine.completed_at) or mine.progress.filter(completed_at__isnull=False).exists()

    # --- the fourteen --------------------------------------------------------------------------------

    def finish(self) -> bool:
        self.open()
        self.post_everywhere(SAYS_DONE)
        return self.is_complete()

    def state(self, word: str) -> bool:
        self.open()
        self.post_everywhere({"status": word, "state": word, "kind": word, "completion_status": word, "verb": word})
        lines = [*Evidence.objects.values("kind", "data"), *Event.objects.values("kind", "data")]
        rows = [*lines, *Enrollment.objects.values(), *ModuleProgress.objects.values(), *Attempt.objects.values()]
        return any(word in str(row) for row in rows)

    def enroll(self, *, by_get: bool, published: bool) -> bool:
        program = a_program()
        a_facilitator(program)
        if published:
            a_published_course(program, modules=1)
        target = EditionModule.objects.filter(edition__program=program).first()
        send: Callable[..., Any] = self.client.get if by_get else self.client.post
        for address in self.addresses(module=target.pk if target else uuid4(), blocks=target):
            send(address, {"mine": "on", "start": "1", "enroll": "1", "program": str(program.pk)})
        for guess in ("learn/enroll", "learn/courses", "course", "enroll", "lms/course"):
            for key in (program.pk, target.edition_id if target else uuid4()):
                send(f"/{guess}/{key}/")
                send(f"/{guess}/{key}/enroll/")
        return Enrollment.objects.filter(edition__program=program).exists() or self.me.referrals.count() > 1

    def read_unenrolled(self) -> bool:
        program = a_program()
        a_published_course(program, modules=1)
        picture = a_shown_picture(program)
        self.somebody(program)
        return self.client.get(reverse("learn:media", args=[picture.key])).status_code == 200

    def speak_for_another(self) -> bool:
        them = self.other
        about = {
            "actor": str(them.referral.person_id), "user": str(them.referral.person_id), "enrollment": str(them.pk),
            "referral": str(them.referral_id), "choice": "0", "mine": "on", "start": "1", "text": "word " * 300,
        }  # fmt: skip
        self.open()
        self.post_everywhere(about)
        return any(rows.exists() for rows in (them.evidence, them.attempts, them.reflections, them.progress))

    def fail(self) -> bool:
        address, attempt = self.a_check()
        self.client.post(address, {f"q{n}": "x" for n, _ in enumerate(attempt.questions, start=1)})
        self.client.post(address, dict.fromkeys(self._names(attempt), "1"))
        attempt.refresh_from_db()
        # Whatever was right by chance: three wrong ones in five do not pass, and a check is not a module.
        return self.is_complete()

    def grade(self) -> bool:
        address, attempt = self.a_check()
        self.client.post(address, SAYS_DONE | {"questions": "[]", "answers": "{}", "correct": "1", "q1": "nothing"})
        attempt.refresh_from_db()
        return attempt.passed or attempt.score == 1

    def time_of_two_sittings(self, *, seconds: int) -> float:
        for day in range(2):
            now = JANUARY + day * DAY
            ends = now + timedelta(seconds=seconds)
            while now < ends:
                now = self._read_a_page(now, min(now + timedelta(seconds=150), ends))
        return self.time_credited()

    def comes_back_to_the_place(self) -> bool:
        self.open()
        self.open(step=3)
        address = reverse("learn:module", args=[self.module.pk])
        return bool(self.second_device.get(address).context["step"] == 3)

    def is_stranded_by_unpublishing(self) -> bool:
        *most, last = self.enrollment.edition.modules.all()
        now = JANUARY
        for module in most:
            now = self._take(module, now)
        page = ModulePage.objects.get(translation_key=last.page_key, locale__language_code="en")
        withdrawal.withdraw_module(page=page, by=an_administrator(self.program), now=now + DAY)
        self.enrollment.refresh_from_db()
        return self.enrollment.completed_at is None

    def evidence_after_deleting_the_page(self) -> int:
        self._take(self.module, JANUARY)
        with suppress(Exception), transaction.atomic():
            ModulePage.objects.get(translation_key=self.module.page_key, locale__language_code="en").delete()
        return self.enrollment.evidence.count()

    def evidence_after_deleting_the_person(self) -> int:
        self._take(self.module, JANUARY)
        with suppress(Exception), transaction.atomic():
            self.me.delete()
        return Evidence.objects.filter(enrollment=self.enrollment.pk).count()

    def tells_what_was_completed_after_an_edit(self) -> bool:
        now = self._take(self.module, JANUARY)
        page = ModulePage.objects.get(translation_key=self.module.page_key, locale__language_code="en")
        before = self.module.revision_en.content["body"]
        page.title = "Other words"
        page.body.pop()
        page.save_revision().publish()
        publish_edition(
            course=CoursePage.objects.child_of(page.get_parent().get_parent()).get(pk=page.get_parent().pk),
            by=None,
            now=now,
        )
        module = EditionModule.objects.get(pk=self.module.pk)
        line = Evidence.objects.get(enrollment=self.enrollment, kind="module_completed")
        return line.digest == module.digest_en and module.revision_en.content["body"] == before

    # --- an honest person, for what comes after -------------------------------------------------------

    def _read_a_page(self, now: datetime, until: datetime) -> datetime:
        page = evidence.open_step(enrollment=self.enrollment, module=self.module, step=1, by=self.me, now=now)
        evidence.turn_page(
            enrollment=self.enrollment, module=self.module, viewing_id=page.pk, step=1, now=until
        )  # fmt: skip
        return until

    def _take(self, module: EditionModule, now: datetime) -> datetime:
        now = steps.take_module(self.enrollment, module, now=now + DAY)
        steps.accept_reflections(self.enrollment, by=self.enrollment.referral.facilitator, now=now)  # type: ignore[arg-type]
        return now

    def _names(self, attempt: Attempt) -> Iterator[str]:
        for number, question in enumerate(attempt.questions, start=1):
            yield f"q{number}"
            for part, _key in enumerate(question["order"]):
                yield f"q{number}_{part}"
