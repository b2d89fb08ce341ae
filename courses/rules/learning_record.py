"""What a learning record holds, whatever form it takes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What happened."""

    ENROLLED = "enrolled"
    STARTED = "started"
    MODULE_OPENED = "module_opened"
    PAGE_READ = "page_read"
    SCENARIO_CHOSEN = "scenario_chosen"
    CHECK_STARTED = "attempt_started"
    CHECK_GRADED = "attempt_graded"
    REFLECTION_SENT = "reflection_submitted"
    REFLECTION_ACCEPTED = "reflection_accepted"
    MODULE_COMPLETED = "module_completed"
    COURSE_COMPLETED = "course_completed"


@dataclass(frozen=True, slots=True)
class ModuleTaken:
    """One module of the edition that the person was given. Times in whole seconds; ``score`` from 0 to 1: the best."""

    key: UUID
    position: int
    titles: dict[str, str]
    required_seconds: int
    credited_seconds: int
    opened_at: datetime | None
    completed_at: datetime | None
    passed_at: datetime | None
    attempts: int
    score: float | None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that was done. ``key`` tells it from every other of the same person, and stays the same.

    ``revision``: the digest of what was shown. ``seconds``: how long it took, where that is known.
    """

    key: str
    kind: Kind
    at: datetime
    language: str
    revision: str
    module: UUID | None = None
    block_id: str = ""
    score: float | None = None
    passed: bool | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LearningRecord:
    """One person in one edition of one course. ``learner`` says nothing of who it is, nor of any address of ours."""

    registration: UUID
    learner: UUID
    course: UUID
    titles: dict[str, str]
    edition: int
    language: str
    enrolled_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    modules: Sequence[ModuleTaken]
    happenings: Sequence[Happening]

    @property
    def credited_seconds(self) -> int:
        return sum(module.credited_seconds for module in self.modules)

    def module(self, key: UUID | None) -> ModuleTaken | None:
        return next((module for module in self.modules if module.key == key), None)
