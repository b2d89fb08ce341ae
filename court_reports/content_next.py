"""What a court may want to do or know next: the last thing that page one says, kind by kind. Pure.

Facts alone: what still runs, what can still be made good, what this program did not verify, what comes after this paper.
"""

from datetime import timedelta

from court_reports import words
from court_reports.sections import Section
from court_reports.snapshot import Issue, Kind, ReportFacts
from court_reports.tongue import Tongue

NOTHING = "Nothing is asked of the court now."


def comes_next(facts: ReportFacts, issue: Issue) -> Section:
    """Every kind has something to say here."""
    t = words.of(facts)
    lines = {
        Kind.ENROLLMENT: _enrollment,
        Kind.NON_COMPLIANCE: _notice,
        Kind.COMPLETION: _completion,
        Kind.FINAL: _final,
        Kind.REFERRAL_BACK: _referral_back,
    }.get(Kind(facts.subject_kind), _progress)(facts, issue, t)
    if facts.kind == Kind.CORRECTION and facts.supersedes:
        number = facts.supersedes.number
        said = t.say("Where this report and {number} differ, this one holds.", number=number)
        # A correction may say worse than what it replaces: then the person was shown it, whatever its kind.
        shown = [line for line in _shown(facts, issue, t) if line not in lines]
        lines = [said, *shown, *(line for line in lines if line != t.say(NOTHING))]
    return Section(t.say("What comes next"), items=tuple(lines), role="next")


def _enrollment(facts: ReportFacts, _issue: Issue, t: Tongue) -> list[str]:
    return [t.say(NOTHING), t.say("The course comes first; there are no check-ins before it is complete.")]


def _progress(facts: ReportFacts, _issue: Issue, t: Tongue) -> list[str]:
    return [t.say(NOTHING), *_still_to_come(facts, t), *_may_be_made_good(facts, t)]


def _notice(facts: ReportFacts, issue: Issue, t: Tongue) -> list[str]:
    lines = [t.say("This notice states facts and recommends no outcome.")]
    return [*lines, *_shown(facts, issue, t), *_may_be_made_good(facts, t), *_still_to_come(facts, t)]


def _completion(facts: ReportFacts, _issue: Issue, t: Tongue) -> list[str]:
    return [t.say(NOTHING), t.say("The final report is made when the check-ins have ended.")]


def _final(facts: ReportFacts, _issue: Issue, t: Tongue) -> list[str]:
    return [t.say("The program\u2019s work on this case ends with this report."), *_unverified(facts, t)]


def _referral_back(facts: ReportFacts, issue: Issue, t: Tongue) -> list[str]:
    lines = [t.say("The program\u2019s work on this case ends here.")]
    return [*lines, *_shown(facts, issue, t), *_unverified(facts, t)]


def _shown(facts: ReportFacts, issue: Issue, t: Tongue) -> list[str]:
    """Whether the person could answer, and did."""
    if issue.shown_at is None or issue.answer_by is None:
        return [t.say("The person\u2019s answer is printed below.")] if issue.answer else []
    answered = "the answer is printed below." if issue.answer else "no answer was given."
    if issue.answered_before:
        answered = "no new answer was given; an earlier one is printed below."
    # The end of their last day is the first moment of the next.
    return [
        t.say(
            "The person was shown this on {day} and could answer through {last}; {answered}",
            day=t.local_day(issue.shown_at, facts.person.zone), answered=t.say(answered),
            last=t.local_day(issue.answer_by - timedelta(microseconds=1), facts.person.zone),
        )
    ]  # fmt: skip


def _still_to_come(facts: ReportFacts, t: Tongue) -> list[str]:
    track = facts.track
    if track is None:
        return [t.say("When the course is complete, the check-ins begin.")]
    ahead = sum(c.status in ("scheduled", "open", "in_grace") for c in track.check_ins)
    if not ahead:
        return []
    told = t.count(ahead, "check-in is still to come", "check-ins are still to come")
    return [t.say("{told}; the last day is {day}.", told=told, day=t.day(track.ends_on))]


def _may_be_made_good(facts: ReportFacts, t: Tongue) -> list[str]:
    track, lines = facts.track, []
    if track is None:
        return []
    if track.missed:
        days = t.count(facts.program.terms.cure_days, "day", "days")
        lines.append(t.say("A missed check-in can be made up until {days} after its due date.", days=days))  # fmt: skip
    waiting = [str(r.check_in_number) for r in track.requests if r.standing in ("open", "on_appeal")]
    if waiting:
        numbers = ", ".join(waiting)
        lines.append(t.say("Asked to be excused, not decided yet: check-in {numbers}.", numbers=numbers))
    return lines


def _unverified(facts: ReportFacts, t: Tongue) -> list[str]:
    numbers = ", ".join(str(c.number) for c in facts.conditions if c.status == "not_verified_here")
    return [t.say("Conditions that this program did not verify: {numbers}.", numbers=numbers)] if numbers else []
