"""A page of the course as a browser holds it: with the ticket it was given last, and those it used."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.actions import clocks, evidence
from courses.actions.clocks import Beat
from courses.models import EditionModule, Enrollment
from lms.people.models import User


@dataclass
class Page:
    enrollment: Enrollment
    module: EditionModule
    pk: UUID
    step: int
    ticket: str
    used: list[str] = field(default_factory=list)

    def send(self, what: str, now: datetime, *, by: User | None = None) -> Beat | None:
        """``beat`` or ``begin``, the last one ``again`` (its answer was lost), the first as a ``replay``, one that was
        made up (``forge``), that somebody goes on ``here``, or that the page was turned."""
        who: dict[str, Any] = {
            "viewing_id": self.pk, "by": by or self.enrollment.referral.person, "attested": {str(self.module.pk)},
            "now": now,
        }  # fmt: skip
        if what == "turn":
            evidence.turn_page(
                enrollment=self.enrollment, module=self.module, viewing_id=self.pk, step=self.step, now=now
            )
            return None
        if what == "here":
            return self._heard(clocks.go_on_here(**who))
        shown = {"again": (self.used or [self.ticket])[-1], "replay": (self.used or [""])[0], "forge": "f" * 64}
        ticket = shown.get(what, self.ticket)
        answer = clocks.beat(**who, ticket=ticket, begins=what == "begin")
        if answer.ticket and ticket == self.ticket:
            self.used.append(ticket)
        return self._heard(answer)

    def _heard(self, answer: Beat) -> Beat:
        self.ticket = answer.ticket or self.ticket
        return answer


def open_page(enrollment: Enrollment, *, now: datetime, step: int = 1, position: int = 1) -> Page:
    module = enrollment.edition.modules.get(position=position)
    person = enrollment.referral.person
    viewing = evidence.open_step(enrollment=enrollment, module=module, step=step, by=person, now=now)
    return Page(enrollment, module, viewing.pk, step, viewing.ticket)
