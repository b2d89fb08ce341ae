"""When a person is shown a report before it goes, and when they are shown it again. Pure."""

from dataclasses import replace

from court_reports.snapshot import Kind, ReportFacts, canonical

# Kinds that can cost a person something (domain.md, invariant 12).
NOTICES = (Kind.NON_COMPLIANCE, Kind.REFERRAL_BACK)
# From the best to the worst. A report that determines nothing says nothing against anybody.
RANKS = {"": 0, "in_compliance": 0, "completed": 0, "at_risk": 1, "not_in_compliance": 2, "not_completed": 2}
WORST = 2


def must_be_shown(facts: ReportFacts, old: ReportFacts | None) -> bool:
    """A notice; a correction of one; and a correction that says worse than ``old``, which it replaces."""
    return facts.subject_kind in NOTICES or (old is not None and _rank(facts) > _rank(old))


def says_otherwise(old: ReportFacts, new: ReportFacts) -> bool:
    """Whether anything differs of what is said about the person: not the moment, the last day or the head alone."""
    return canonical(_plain(old, new)) != canonical(new)


def _plain(old: ReportFacts, new: ReportFacts) -> ReportFacts:
    return replace(old, as_of=new.as_of, period_to=new.period_to, caption=new.caption)


def _rank(facts: ReportFacts) -> int:
    code = facts.determination.code if facts.determination else ""
    return RANKS.get(code, WORST)
