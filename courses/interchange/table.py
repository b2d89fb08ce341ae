"""A learning record as lines of a table, in the language of whoever takes it."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from courses.rules.learning_record import Happening, Kind, LearningRecord
from courses.rules.xapi import moment

WHAT: dict[Kind, str | Promise] = {
    Kind.ENROLLED: gettext_lazy("Was given the course"),
    Kind.STARTED: gettext_lazy("Began the course"),
    Kind.MODULE_OPENED: gettext_lazy("Opened a module"),
    Kind.PAGE_READ: gettext_lazy("Read a page"),
    Kind.SCENARIO_CHOSEN: gettext_lazy("Chose in a scenario"),
    Kind.CHECK_STARTED: gettext_lazy("Began a knowledge check"),
    Kind.CHECK_GRADED: gettext_lazy("Handed in a knowledge check"),
    Kind.REFLECTION_SENT: gettext_lazy("Sent a reflection"),
    Kind.REFLECTION_ACCEPTED: gettext_lazy("A reflection was accepted"),
    Kind.MODULE_COMPLETED: gettext_lazy("Completed a module"),
    Kind.COURSE_COMPLETED: gettext_lazy("Completed the course"),
}


def rows(record: LearningRecord) -> Iterator[list[object]]:
    """A line of headings, then one for each thing that was done. Moments in UTC, times in seconds, scores from 0 to 1."""
    yield [
        _("When (UTC)"), _("What"), _("Module"), _("Title"), _("Activity"), _("Score"), _("Passed"),
        _("Seconds"), _("Edition"), _("Digest of what was shown"),
    ]  # fmt: skip
    for happening in record.happenings:
        yield _row(record, happening)


def _row(record: LearningRecord, happening: Happening) -> list[object]:
    module = record.module(happening.module)
    return [
        moment(happening.at),
        str(WHAT[happening.kind]),
        module.position if module else None,
        in_language(module.titles if module else record.titles),
        happening.block_id,
        happening.score,
        None if happening.passed is None else str(_("yes") if happening.passed else _("no")),
        None if happening.seconds is None else round(happening.seconds),
        record.edition,
        happening.revision,
    ]


def in_language(titles: dict[str, str]) -> str:
    """The title in the language of the page, or in the one there is."""
    return titles.get((get_language() or "en")[:2]) or next(iter(titles.values()), "")
