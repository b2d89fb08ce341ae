"""What a report holds, section by section: read by the PDF, by the page that restates a report, and by the person's copy.

All say the same because all are made from this, in the language of the facts. Pure.
"""

import dataclasses

from court_reports import content_track, words
from court_reports.content_next import comes_next
from court_reports.rules.changed import MARK, changed, left_out, name_of
from court_reports.rules.conditions import OWN
from court_reports.sections import Grid, Pairs, Section
from court_reports.snapshot import WHOLE_MODULE, Course, Issue, Kind, Module, ReportFacts, Terms, spell_code

__all__ = ["CERTIFICATION", "REFERRED_BY", "Grid", "Pairs", "Section", "caption", "sections", "verification"]

CERTIFICATION, REFERRED_BY = "Certification", "Referred by"
BRIEF = "brief"
CHECK = "check"  # a requirement that can be waived (courses.rules.waivers)
CAPTION, CORRECTED = "Caption", "What was corrected"
# Number and title are another in every report, and only a correction begins with what it replaces.
ALWAYS_OTHER = frozenset({"The program: Report", "In brief: paragraph 1"})


def caption(facts: ReportFacts, issue: Issue | None = None) -> Pairs:
    """Who, which case, by what authority: the first table of page one. With ``issue``, corrected lines are marked."""
    t, c, a = words.of(facts), facts.caption, facts.authority
    born = t.say("{name}, born {year}", name=facts.person.name, year=facts.person.birth_year)
    rows = [("Person", born), ("Case number", words.case_number(facts))]
    if c.hearing_at:
        rows.append(("Next hearing", f"{t.local_moment(c.hearing_at, c.zone)} ({c.hearing_kind})"))
    stage = words.stage(facts)
    order = t.say("Order of {day}; {stage}", day=t.day(a.ordered_on), stage=stage[:1].lower() + stage[1:])
    rows.append(("Authority", order))
    if a.complete_by:
        rows.append(("To be completed by", t.day(a.complete_by) + (t.say(" (as moved)") if a.moves else "")))
    elif a.moves:
        rows.append(("To be completed by", t.say("no date any more (as moved)")))
    period = t.say("{first} to {last}", first=t.day(facts.period_from), last=t.day(facts.period_to))
    rows.append(("Period", period))
    said = tuple((t.say(name), value) for name, value in rows)
    return _marked(Section(CAPTION, pairs=said), issue).pairs if issue else said


def sections(facts: ReportFacts, issue: Issue) -> tuple[Section, ...]:
    """Every section after the caption: first what page one has to say, then the tables in the order of domain.md,
    "The report". Empty ones are left out."""
    t = words.of(facts)
    found = (
        Section(t.say("In brief"), paragraphs=words.bottom_line(facts), role=BRIEF),
        _corrected(facts, issue),
        comes_next(facts, issue),
        _program(facts, issue),
        _course(facts),
        _waivers(facts),
        *content_track.sections(facts),
        _ordered(facts),
        _conditions(facts),
        _commitments(facts),
        content_track.time_changes(facts),
        _answer(facts, issue),
        Section(t.say("What this report does not say"), items=words.limits(facts)),
        _certification(facts, issue),
    )
    return tuple(_marked(section, issue) for section in found if section is not None)


def _corrected(facts: ReportFacts, issue: Issue) -> Section | None:
    old = facts.supersedes
    if old is None:
        return None
    t, said = words.of(facts), [old.what_changed]
    # The marks are in the report that the court holds; a copy in another language has none.
    if t.is_english and issue.corrected:
        said.append(f"Lines marked “{MARK.strip()}” differ from report {old.number}, which this report replaces.")
    if t.is_english and issue.left_out:
        said.append(f"Lines of report {old.number} are left out here under: {', '.join(issue.left_out)}.")
    return Section(t.say(CORRECTED), paragraphs=tuple(said))


def differences(
    old: ReportFacts, old_issue: Issue, new: ReportFacts, issue: Issue
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a correction: the lines that differ from the report it replaces, and the sections that lost one."""
    before, after = _compared(old, old_issue), _compared(new, issue)
    return changed(before, after, apart_from=ALWAYS_OTHER), left_out(before, after)


def _compared(facts: ReportFacts, issue: Issue) -> list[Section]:
    plain = dataclasses.replace(issue, corrected=(), left_out=())
    return [
        Section(CAPTION, pairs=caption(facts)),
        # What comes next follows from what is said elsewhere: the line it follows from is marked.
        *(s for s in sections(facts, plain) if s.title not in (CORRECTED, CERTIFICATION) and s.role != "next"),
    ]


def _marked(section: Section, issue: Issue) -> Section:
    """The mark stands in the line itself: it is read aloud, searched and copied with it."""
    if not issue.corrected:
        return section

    def mark(first: str, says: str) -> str:
        return says + MARK if name_of(section.title, first) in issue.corrected else says

    grid = section.grid and dataclasses.replace(
        section.grid, rows=tuple((mark(row[0], row[0]), *row[1:]) for row in section.grid.rows)
    )
    return dataclasses.replace(
        section,
        paragraphs=tuple(mark(f"paragraph {n}", words) for n, words in enumerate(section.paragraphs, start=1)),
        pairs=tuple((name, mark(name, value)) for name, value in section.pairs),
        grid=grid,
        items=tuple(mark(f"item {n}", words) for n, words in enumerate(section.items, start=1)),
    )


def _program(facts: ReportFacts, issue: Issue) -> Section:
    t, p, terms = words.of(facts), facts.program, facts.program.terms
    contact = ", ".join(part for part in (p.contact_name, p.contact_phone, p.contact_email) if part)
    named = t.say("{title}, number {number}", title=words.title(facts), number=issue.number)
    rows = [("Report", named), ("Program", p.name)]
    if p.organization:
        rows.append(("Organization", p.organization))
    if facts.course:
        language = t.named(words.LANGUAGES, facts.course.language)
        taken = t.say(
            "{title}, edition {edition}, taken in {language}",
            title=facts.course.title, edition=facts.course.edition, language=language,
        )  # fmt: skip
        rows.append(("Course", taken))
    rows.append(("Policy", t.say("Version {number}: {terms}", number=terms.policy_number, terms=_policy(facts))))
    if facts.authority.officer_name:
        rows.append((REFERRED_BY, facts.authority.officer_name))
    if facts.authority.defense_counsel:
        rows.append(("Defense counsel", facts.authority.defense_counsel))
    if contact:
        rows.append(("Contact", contact))
    return Section(t.say("The program"), pairs=tuple((t.say(name), value) for name, value in rows))


def _policy(facts: ReportFacts) -> str:
    return (
        (_rules(facts) if facts.schema >= 5 else _rules_before(facts))
        + _most_of_a_day(facts, facts.program.terms)
        + _early(facts, facts.program.terms)
    )


def _rules(facts: ReportFacts) -> str:
    t, terms = words.of(facts), facts.program.terms
    return t.say(
        "{months} of check-ins, {every}; each can be sent from {window} days before its due date, is accepted until "
        "{grace} days after it, and made up until {cure} days after it; at risk from {at_risk} missed in a row; not in "
        "compliance from {in_row} missed in a row or {total} in all; {percent}% made or excused to complete; knowledge "
        "checks are passed at {mark}%",
        months=t.count(terms.track_months, "month", "months"), every=t.cadence(terms.cadence), window=terms.window_days,
        grace=terms.grace_days, cure=terms.cure_days, at_risk=terms.missed_in_row_at_risk,
        in_row=terms.missed_in_row_not_in_compliance, total=terms.missed_total_not_in_compliance,
        percent=terms.required_percent, mark=terms.pass_mark_percent,
    )  # fmt: skip


def _rules_before(facts: ReportFacts) -> str:
    """Up to schema 4: what the paper printed then."""
    t, terms = words.of(facts), facts.program.terms
    return t.say(
        "{months} of check-ins, {every}; accepted until {grace} days after the due date, and made up until {cure} days "
        "after it; {percent}% made or excused to complete",
        months=t.count(terms.track_months, "month", "months"), every=t.cadence(terms.cadence), grace=terms.grace_days,
        cure=terms.cure_days, percent=terms.required_percent,
    )  # fmt: skip


def _most_of_a_day(facts: ReportFacts, terms: Terms) -> str:
    """Schema 1 does not know it."""
    if not terms.most_hours_a_day:
        return ""
    t = words.of(facts)
    return t.say(
        "; at most {hours} of active time counted in one day", hours=t.count(terms.most_hours_a_day, "hour", "hours")
    )


def _early(facts: ReportFacts, terms: Terms) -> str:
    share = terms.early_after_percent
    return "" if share is None else words.of(facts).say("; may be completed early after {percent}% of the track", percent=share)  # fmt: skip


def _course(facts: ReportFacts) -> Section | None:
    course = facts.course
    if course is None or facts.subject_kind == Kind.ENROLLMENT:
        return None
    t, zone = words.of(facts), facts.person.zone
    intro = [t.say("Enrolled {day}.", day=t.local_day(course.enrolled_at, zone))]
    if course.started_at:
        intro.append(t.say("Started {day}.", day=t.local_day(course.started_at, zone)))
    intro.append(t.say("Identity was attested {times}.", times=t.count(course.attestations, "time", "times")))
    grid = _modules(facts, course) if facts.schema >= 5 else _modules_before(facts, course)
    return Section(t.say("Course"), paragraphs=(" ".join(intro),), grid=grid)


def _modules(facts: ReportFacts, course: Course) -> Grid:
    t = words.of(facts)
    rows = tuple(
        (
            _named(facts, m.position, m.title),
            _completed(facts, m),
            _passed(facts, m),
            t.hours(m.required_seconds),
            t.hours(m.credited_seconds),
        )
        for m in course.modules
    )
    last = (t.say("All modules"), *_of_all(facts, course), t.hours(course.seconds_required), t.hours(course.seconds_credited))  # fmt: skip
    head = tuple(map(t.say, ("Module", "Completed", "Check passed", "Required", "Recorded")))
    return Grid(head, (*rows, last), (28, 19, 19, 17, 17), right=(3, 4))


def _modules_before(facts: ReportFacts, course: Course) -> Grid:
    """Up to schema 4."""
    t = words.of(facts)
    rows = tuple(
        (f"{m.position}. {m.title}", _completed(facts, m), t.hours(m.required_seconds), t.hours(m.credited_seconds))
        for m in course.modules
    )
    spent = (t.hours(course.seconds_required), t.hours(course.seconds_credited))
    head = tuple(map(t.say, ("Module", "Completed", "Required", "Recorded")))
    return Grid(
        head, (*rows, (t.say("All modules"), _of_all(facts, course)[0], *spent)), (40, 26, 17, 17), right=(2, 3)
    )


def _of_all(facts: ReportFacts, course: Course) -> tuple[str, str]:
    """How many modules were completed, and in how many the checks were passed, of those that count."""
    t = words.of(facts)
    asked = [m for m in course.modules if m.checks and not _lets_go(course, m)]
    passed = sum(m.check_passed_at is not None for m in asked)
    return (
        t.say("{done} of {required}", done=course.completed, required=course.required),
        t.say("{done} of {required}", done=passed, required=len(asked)),
    )


def _named(facts: ReportFacts, position: int, title: str) -> str:
    """A module without a title is one that was taken back."""
    return f"{position}. {title}" if title else words.of(facts).say("Module {number}", number=position)


def _waived(course: Course | None, module: Module) -> set[str]:
    return {w.requirement for w in course.waivers if w.position == module.position} if course else set()


def _lets_go(course: Course | None, module: Module) -> bool:
    return module.waived or bool(_waived(course, module) & {WHOLE_MODULE, CHECK})


def _passed(facts: ReportFacts, module: Module) -> str:
    t, course = words.of(facts), facts.course
    if not module.checks:
        return t.say("No check")
    if module.check_passed_at:
        return t.local_day(module.check_passed_at, facts.person.zone)
    if _waived(course, module) & {WHOLE_MODULE, CHECK}:
        return t.say("Waived")
    return t.say("Not required") if module.waived else t.say("Not yet")


def _completed(facts: ReportFacts, module: Module) -> str:
    t, course = words.of(facts), facts.course
    waived = _waived(course, module)
    if WHOLE_MODULE in waived:
        return t.say("Waived")
    if module.waived:
        return t.say("Not required")
    day = t.local_day(module.completed_at, facts.person.zone)
    return t.say("{day}, in part waived", day=day) if waived and module.completed_at else day


def _waivers(facts: ReportFacts) -> Section | None:
    """In every kind of report: what was not done, and whose word took its place, is never left to be guessed."""
    if facts.course is None or not facts.course.waivers:
        return None
    t = words.of(facts)
    intro = t.say("Two people of the program waived what is listed here. It counts as met by that decision alone.")
    titles = {m.position: m.title for m in facts.course.modules}
    rows = tuple(
        (
            _named(facts, w.position, titles[w.position]),
            t.named(words.REQUIREMENTS, w.requirement),
            t.say("Waived ({reason})", reason=words.reason_waived(w.reason, t)),
            t.local_day(w.waived_at, facts.person.zone),
        )
        for w in facts.course.waivers
    )
    grid = Grid(tuple(map(t.say, ("Module", "Requirement", "What was decided", "On"))), rows, (26, 20, 34, 20))
    return Section(t.say("Waived requirements"), paragraphs=(intro,), grid=grid)


def _ordered(facts: ReportFacts) -> Section | None:
    """What was ordered, in the kinds that say nothing of how far it is met (since schema 5)."""
    if facts.schema < 5 or facts.conditions or not facts.authority.conditions:
        return None
    t = words.of(facts)
    said = t.say("In the words of the order. This paper does not say which of it is met.")
    return Section(t.say("Conditions as ordered"), paragraphs=(said,), items=facts.authority.conditions)


def _conditions(facts: ReportFacts) -> Section | None:
    if not facts.conditions:
        return None
    t = words.of(facts)
    rows = tuple(
        (f"{c.number}. {t.say(c.words) if c.words in OWN else c.words}", t.named(words.CONDITIONS, c.status))
        for c in facts.conditions
    )
    head = (t.say("Condition"), t.say("Status"))
    return Section(t.say("Conditions as ordered"), grid=Grid(head, rows, (70, 30)))


def _commitments(facts: ReportFacts) -> Section | None:
    if facts.track is None or not facts.track.commitments:
        return None
    t = words.of(facts)
    rows = tuple(
        (
            t.say("Commitment {number}", number=c.number) + (f": {c.named_by_order}" if c.named_by_order else ""),
            t.named(words.COMMITMENTS, c.status),
            t.day(c.verified_on),
        )
        for c in facts.track.commitments
    )
    head = tuple(map(t.say, ("Commitment", "Status", "Verified on")))
    return Section(t.say("Commitments"), grid=Grid(head, rows, (46, 27, 27)))


def _answer(facts: ReportFacts, issue: Issue) -> Section | None:
    if not issue.answer:
        return None
    t = words.of(facts)
    said = t.say("The person chose to give this answer to the court, in their own words:")
    if issue.answered_before:
        said = t.say(
            "The person gave this answer on {day}, in their own words, before they were shown what this report says now:",
            day=t.local_day(issue.answered_before, facts.person.zone),
        )
    return Section(t.say("The person\u2019s answer"), paragraphs=(said,), quote=issue.answer)


def _certification(facts: ReportFacts, issue: Issue) -> Section:
    t, zone = words.of(facts), facts.caption.zone
    rows = [("Prepared by", f"{issue.prepared_by}, {t.local_moment(issue.prepared_at, zone)}")]
    if issue.released_at:
        rows.append(("Released by", f"{issue.released_by}, {t.local_moment(issue.released_at, zone)}"))
        if issue.second_by:
            rows.append(("Second release by", issue.second_by))
    else:
        rows.append(("Released by", t.say("Not released")))
    rows.append(("Facts as of", t.local_moment(facts.as_of, zone)))
    return Section(t.say(CERTIFICATION), pairs=tuple((t.say(name), value) for name, value in rows))


def verification(issue: Issue) -> Pairs:
    """What a reader needs to check the paper in hand."""
    return (("Address", issue.verify_url), ("Code", spell_code(issue.code)))
