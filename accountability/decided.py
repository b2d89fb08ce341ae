"""What was decided beside the check-ins, as of a moment: excusals on two axes, requests that were not granted, steps.

Codes and moments alone: never what the person wrote, nor what was written to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accountability.models import ExcusalDecision, ExcusalRequest, ResponseStep, Track
from accountability.rules import responses
from accountability.rules.check_in_state import Moments, State
from accountability.rules.excusal_requests import Request, Standing, standing_of
from lms.casework.models import ContactAttempt

# A withdrawn one was never asked; one that lapsed, or was granted, is told by its check-in.
TOLD = (Standing.OPEN, Standing.REFUSED, Standing.ON_APPEAL, Standing.APPEAL_REFUSED)


@dataclass(frozen=True, slots=True)
class RequestFact:
    """A request to be excused that was not granted: its standing, and the program's code where it refused."""

    check_in_number: int
    asked_at: datetime
    standing: str
    reason: str
    attended: str
    decided_at: datetime | None
    appealed_at: datetime | None
    appeal_decided_at: datetime | None

    @property
    def newest(self) -> datetime:
        """When something was last said of it."""
        return self.appeal_decided_at or self.appealed_at or self.decided_at or self.asked_at


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step of the graduated response. ``by_role``: facilitator; administrator, who alone lets one be skipped; or
    program, where an attempt to reach the person was written down elsewhere."""

    step: str
    at: datetime
    by_role: str
    skipped: bool
    outcome: str
    reason: str
    check_ins: tuple[int, ...]


def axes(track: Track, as_of: datetime) -> dict[UUID, tuple[str, str]]:
    """Of each excused check-in: attended, complied."""
    rows = ExcusalDecision.objects.filter(check_in__track=track, granted=True, at__lte=as_of).order_by("at")
    return {pk: (attended, complied) for pk, attended, complied in rows.values_list("check_in", "attended", "complied")}


def requests(track: Track, known: Mapping[UUID, Moments], as_of: datetime) -> tuple[RequestFact, ...]:
    """``known``: each check-in's moments as they were known."""
    asked = ExcusalRequest.objects.filter(check_in__track=track, asked_at__lte=as_of).select_related("check_in")
    rows = asked.defer("words").select_related("appeal").prefetch_related("decisions").order_by("asked_at")
    facts = (_request(row, known[row.check_in_id], as_of) for row in rows if row.check_in_id in known)
    return tuple(fact for fact in facts if fact.standing in TOLD)


def _request(row: ExcusalRequest, moments: Moments, as_of: datetime) -> RequestFact:
    decisions = [one for one in row.decisions.all() if one.at <= as_of]
    first = next((one for one in decisions if not one.on_appeal), None)
    second = next((one for one in decisions if one.on_appeal), None)
    appeal = getattr(row, "appeal", None)
    appealed_at = appeal.at if appeal and appeal.at <= as_of else None
    stands = standing_of(
        Request(
            asked_at=row.asked_at,
            withdrawn_at=row.withdrawn_at if row.withdrawn_at and row.withdrawn_at <= as_of else None,
            decided_at=first.at if first else None,
            granted=first.granted if first else None,
            appealed_at=appealed_at,
            appeal_decided_at=second.at if second else None,
            appeal_granted=second.granted if second else None,
            settled=bool(moments.submitted_at or moments.excused_at or moments.cancelled_at),
        )
    )
    last = second or first
    refused = last if last and not last.granted else None
    return RequestFact(
        row.check_in.number, row.asked_at, stands.value, refused.reason if refused else "",
        refused.attended if refused else "", first.at if first else None, appealed_at, second.at if second else None,
    )  # fmt: skip


def steps(referral_id: UUID, lines: Sequence[tuple[int, datetime, str]], as_of: datetime) -> tuple[StepFact, ...]:
    """Steps that were taken or let be skipped by then, in order. ``lines``: number, end of grace and state of each
    check-in as they were known; an attempt to reach the person is the contact for what was missed before it."""
    rows = ResponseStep.objects.filter(referral=referral_id, at__lte=as_of).defer("words")
    found = [_step(row) for row in rows]
    written = {one.at for one in found if one.step == responses.Step.CONTACT}
    tried = ContactAttempt.objects.filter(referral=referral_id, recorded_at__lte=as_of).defer("note")
    known = [responses.Line(number, closes_at, State(state)) for number, closes_at, state in lines]
    for one in tried:
        taken = responses.contact_of(one.made_at, one.recorded_at, known)
        if taken and one.recorded_at not in written:  # a contact among the steps is an attempt as well
            misses = tuple(sorted(taken.misses))
            found.append(StepFact(taken.step.value, one.made_at, "program", False, one.outcome, "", misses))
    return tuple(sorted(found, key=lambda one: (one.at, one.step)))


def _step(row: ResponseStep) -> StepFact:
    role = "administrator" if row.skipped else "facilitator"
    return StepFact(row.kind, row.at, role, row.skipped, row.outcome, row.reason, tuple(sorted(row.misses)))
