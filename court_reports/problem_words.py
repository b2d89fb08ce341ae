"""What stands in the way of a release, in the reader's language. The rules name it in English, for tests and machines."""

from django.utils.translation import gettext_lazy as _

from court_reports.rules.preflight import Problem

PROBLEMS = {
    "blank": _("Missing: %(what)s."),
    "unreviewed": _("Check-in %(what)s in this period has not been reviewed."),
    "overlap": _("The period repeats that of report %(what)s."),
    "forbidden": _("A report must not hold %(what)s."),
    "glyph": _("The report cannot print every character of “%(what)s”."),
    "request": _("A request about check-in %(what)s waits for a decision. Decide on it first."),
    "decided": _("The request about check-in %(what)s was decided since. Read the facts again."),
    "hearing": _("The hearing that it names was moved or cancelled. Read the facts again."),
}
FORBIDDEN_IN = _("%(what)s, in %(where)s")
NAMES = {
    "the court": _("the court"),
    "the case number or reference": _("the case number or reference"),
    "the person’s name": _("the person’s name"),
    "the stage of the process": _("the stage of the process"),
    "the program": _("the program"),
    "the enrollment": _("the enrollment"),
    "the course": _("the course"),
    "the course’s completion": _("the course’s completion"),
    "the accountability track": _("the accountability track"),
    "a final determination": _("a final determination"),
    "a determination": _("a determination"),
    "a determination other than in compliance": _("a determination other than in compliance"),
    "the steps that were taken, or skipped, before it": _("the steps that were taken, or skipped, before it"),
    "the day of the order": _("the day of the order"),
    "the length of the track": _("the length of the track"),
    "what was corrected": _("what was corrected"),
    "a social security number": _("a social security number"),
    "an FBI or state identification number": _("an FBI or state identification number"),
    "an e-mail address": _("an e-mail address"),
    "the conditions": _("the conditions"),
    "the referring officer": _("the referring officer"),
    "the defense counsel": _("the defense counsel"),
    "who moved the court’s date": _("who moved the court’s date"),
    "who changed the schedule": _("who changed the schedule"),
    "who ordered an extension": _("who ordered an extension"),
    "the commitments": _("the commitments"),
    "the program that the case came from": _("the program that the case came from"),
    "the correction": _("the correction"),
    "the caption": _("the caption"),
    "the hearing": _("the hearing"),
    "the order": _("the order"),
    "who stopped the clock": _("who stopped the clock"),
    "the person’s answer": _("the person’s answer"),
}


def say(problem: Problem) -> str:
    """One sentence."""
    what, _in, where = problem.what.partition(" in ") if problem.code == "forbidden" else (problem.what, "", "")
    said = named(what)
    if where:
        said = str(FORBIDDEN_IN) % {"what": said, "where": named(where)}
    return str(PROBLEMS[problem.code]) % {"what": said}


def named(what: str) -> str:
    """What is missing or must not stand, in the reader's language."""
    return str(NAMES.get(what, what))
