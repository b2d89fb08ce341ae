"""A learning record as xAPI 2.0 statements (IEEE 9274.1.1-2023). Pure.

Verbs and kinds of activities are those of the ADL vocabulary. The actor is an account whose name is an opaque id: never a
name or an e-mail address. An activity is told by the stable id of its block or module, under the service's own address;
a statement keeps its id however often it is exported, so that a store that has it already takes no second one.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from courses.rules.learning_record import Happening, Kind, LearningRecord, ModuleTaken

VERSION = "2.0.0"
PLATFORM = "Amends"
VERBS = "http://adlnet.gov/expapi/verbs/"
ACTIVITIES = "http://adlnet.gov/expapi/activities/"

Statement = dict[str, Any]

# What happened → the verb, and in which words it is said.
SAID: dict[Kind, tuple[str, dict[str, str]]] = {
    Kind.ENROLLED: ("registered", {"en": "registered", "es": "se inscribió"}),
    Kind.STARTED: ("initialized", {"en": "began", "es": "comenzó"}),
    Kind.MODULE_OPENED: ("initialized", {"en": "opened", "es": "abrió"}),
    Kind.PAGE_READ: ("experienced", {"en": "read", "es": "leyó"}),
    Kind.SCENARIO_CHOSEN: ("interacted", {"en": "chose", "es": "eligió"}),
    Kind.CHECK_STARTED: ("attempted", {"en": "attempted", "es": "intentó"}),
    Kind.REFLECTION_SENT: ("responded", {"en": "sent", "es": "envió"}),
    Kind.REFLECTION_ACCEPTED: ("completed", {"en": "completed", "es": "completó"}),
    Kind.MODULE_COMPLETED: ("completed", {"en": "completed", "es": "completó"}),
    Kind.COURSE_COMPLETED: ("completed", {"en": "completed", "es": "completó"}),
}
PASSED = ("passed", {"en": "passed", "es": "aprobó"})
FAILED = ("failed", {"en": "did not pass", "es": "no aprobó"})
# What was done it to: the kind of activity, and what it is called. The words of a block are not handed on.
BLOCKS: dict[Kind, tuple[str, dict[str, str]]] = {
    Kind.PAGE_READ: ("lesson", {"en": "A page", "es": "Una página"}),
    Kind.SCENARIO_CHOSEN: ("simulation", {"en": "A scenario", "es": "Una situación con opciones"}),
    Kind.CHECK_STARTED: ("assessment", {"en": "A knowledge check", "es": "Una prueba de conocimientos"}),
    Kind.CHECK_GRADED: ("assessment", {"en": "A knowledge check", "es": "Una prueba de conocimientos"}),
    Kind.REFLECTION_SENT: ("performance", {"en": "A reflection", "es": "Una reflexión"}),
    Kind.REFLECTION_ACCEPTED: ("performance", {"en": "A reflection", "es": "Una reflexión"}),
}


def statements(record: LearningRecord, *, home: str) -> list[Statement]:
    """Everything that was done, in the order in which it was. ``home``: the service's own address, no slash at its end."""
    return [_statement(record, happening, home) for happening in record.happenings]


def _statement(record: LearningRecord, happening: Happening, home: str) -> Statement:
    verb, display = _verb(happening)
    found: Statement = {
        "id": str(uuid5(record.registration, f"{happening.kind}:{happening.key}")),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": f"{home}/", "name": str(record.learner)},
        },
        "verb": {"id": f"{VERBS}{verb}", "display": display},
        "object": _object(record, happening, home),
        "context": _context(record, happening, home),
        "timestamp": moment(happening.at),
        "version": VERSION,
    }
    if result := _result(record, happening):
        found["result"] = result
    return found


def _verb(happening: Happening) -> tuple[str, dict[str, str]]:
    if happening.kind == Kind.CHECK_GRADED:
        return PASSED if happening.passed else FAILED
    return SAID[happening.kind]


def _object(record: LearningRecord, happening: Happening, home: str) -> Statement:
    module = record.module(happening.module)
    if module is None:
        return _course(record, home)
    if happening.kind not in BLOCKS or not happening.block_id:
        return _module(module, home)
    kind, name = BLOCKS[happening.kind]
    # A page is told by its first block, which may be an activity with statements of its own.
    place = "pages" if happening.kind == Kind.PAGE_READ else "blocks"
    return _activity(f"{home}/xapi/{place}/{happening.block_id}", kind, name)


def _context(record: LearningRecord, happening: Happening, home: str) -> Statement:
    module, course = record.module(happening.module), _course(record, home)
    around: Statement = {"grouping": [course]}
    if module is not None:
        around["parent"] = [_module(module, home) if happening.kind in BLOCKS else course]
    return {
        "registration": str(record.registration),
        "platform": PLATFORM,
        "language": happening.language,
        "revision": happening.revision,
        "contextActivities": around,
        "extensions": {f"{home}/xapi/extensions/edition": record.edition},
    }


def _result(record: LearningRecord, happening: Happening) -> Statement:
    result: Statement = {}
    if happening.kind == Kind.CHECK_GRADED:
        result = {"score": {"scaled": happening.score}, "success": happening.passed, "completion": True}
    if happening.kind in (Kind.REFLECTION_ACCEPTED, Kind.MODULE_COMPLETED, Kind.COURSE_COMPLETED):
        result = {"completion": True}
    if happening.seconds is not None:
        result["duration"] = duration(happening.seconds)
    return result


def _course(record: LearningRecord, home: str) -> Statement:
    return _activity(f"{home}/xapi/courses/{record.course}", "course", record.titles)


def _module(module: ModuleTaken, home: str) -> Statement:
    return _activity(f"{home}/xapi/modules/{module.key}", "module", module.titles)


def _activity(iri: str, kind: str, name: dict[str, str]) -> Statement:
    titled = {language: words for language, words in name.items() if words}
    return {"objectType": "Activity", "id": iri, "definition": {"type": f"{ACTIVITIES}{kind}", "name": titled}}


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """ISO 8601, to a hundredth of a second (IEEE 9274.1.1, 4.2.2.5: what is more exact need not be kept)."""
    return f"PT{round(max(0.0, seconds), 2):g}S" if seconds < 10_000 else f"PT{round(seconds)}S"


def learner_of(registration: UUID) -> UUID:
    """Whose statements these are, where nothing else of ours can be found by it."""
    return uuid5(registration, "learner")
