"""Why a course is complete, or not: line by line, in plain words, for whoever is asked. Ids and moments alone."""

from collections.abc import Iterator
from datetime import datetime

from courses.actions.completion import answer_for
from courses.models import Enrollment
from courses.rules.completion import CourseAnswer, ModuleAnswer
from courses.rules.progress import Unmet
from courses.rules.recomputing import differs

MET = {
    "pages": "every page was read",
    "scenario": "a choice was made in the scenario {}",
    "check": "the knowledge check {} was passed",
    "reflection": "the reflection {} was taken",
    "video": "the recording {} was watched, or read",
    "time": "enough active time was spent",
}
UNMET = {
    "pages": "pages are still to be read: {short}",
    "scenario": "the scenario {} waits for a choice",
    "check": "the knowledge check {} is not passed",
    "reflection": "the reflection {} is not sent",
    "reflection_returned": "the reflection {} came back, and was not sent again",
    "reflection_review": "the reflection {} is sent, and nobody has accepted it yet",
    "video": "the recording {} is still to be watched, or read",
    "time": "seconds of active time are short: {short}",
}


def explain(enrollment: Enrollment) -> Iterator[str]:
    """One line for each thing that was asked. Needs ``edition`` and ``policy``."""
    modules = list(enrollment.edition.modules.all())
    answered = answer_for(enrollment, modules)
    yield f"referral {enrollment.referral_id}, edition {enrollment.edition.number}, {len(modules)} modules"
    yield f"begun: {_said(answered.started_at)}"
    for module in answered.modules:
        yield from _module(module)
    yield from _course(answered, enrollment.completed_at)


def _module(module: ModuleAnswer) -> Iterator[str]:
    yield f"module {module.position}: {_standing(module)}"
    if module.withdrawn_at:
        yield f"  it was taken back at {_said(module.withdrawn_at)}: nobody owes it since"
    for met in module.met:
        since = f"since {_said(met.at)}" if met.at else "without anybody doing anything"
        yield f"  met: {MET.get(met.kind, met.kind + ' {}').format(met.block_id)}, {since}"
    for missing in () if module.withdrawn_at else module.unmet:
        yield f"  not met: {_missing(missing)}"


def _standing(module: ModuleAnswer) -> str:
    if module.completed_at:
        return (
            f"complete; the ledger says so at {_said(module.completed_at)}, and it was met since {_said(module.met_at)}"
        )
    if module.met_at:
        return f"met since {_said(module.met_at)}, and not stated yet: the next look completes it"
    if module.opened_at is None:
        return "not opened"
    return f"not complete; opened at {_said(module.opened_at)}"


def _missing(missing: Unmet) -> str:
    said = UNMET.get(missing.kind, missing.kind + " {} {short}").format(missing.block_id, short=missing.short)
    return f"{said} (waits for the {missing.waits_for})"


def _course(answered: CourseAnswer, stored: datetime | None) -> Iterator[str]:
    if stored:
        yield f"course: complete at {_said(stored)}; everything was met since {_said(answered.met_at)}"
    elif answered.met_at:
        yield f"course: met since {_said(answered.met_at)}, and not stated yet: the next look completes it"
    else:
        open_ones = [
            str(m.position)
            for m in answered.modules
            if m.owes_nothing_since is None and not m.withdrawn_at and not m.completed_at
        ]
        yield f"course: not complete; open: {', '.join(open_ones) or 'it was not begun'}"
    if why := differs(stored, answered.completed_at, answered.stated, answered.met_at):
        yield f"  this is not what the ledger gives: {why}"


def _said(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "never"
