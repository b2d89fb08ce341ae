"""What a report holds, section by section: read by the PDF and by the page that restates a report.

Both say the same because both are made from this. Pure.
"""

from dataclasses import dataclass

from court_reports import words
from court_reports.snapshot import WHOLE_MODULE, CheckIn, Issue, Kind, Module, ReportFacts, Terms, Track, spell_code

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a header row. ``shares`` are the columns' parts of the width; ``right`` columns hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with, in this order: paragraphs, name-and-value pairs, a table, a list."""

    title: str
    paragraphs: tuple[str, ...] = ()
    pairs: Pairs = ()
    grid: Grid | None = None
    items: tuple[str, ...] = ()
    quote: str = ""


CERTIFICATION, REFERRED_BY = "Certification", "Referred by"


def caption(facts: ReportFacts) -> Pairs:
    """Who, which case, by what authority: the first table of page one."""
    c, a = facts.caption, facts.authority
    rows = [
        ("Person", f"{facts.person.name}, born {facts.person.birth_year}"),
        ("Case number", words.case_number(facts)),
    ]
    if c.hearing_at:
        rows.append(("Next hearing", f"{words.local_moment(c.hearing_at, c.zone)} ({c.hearing_kind})"))
    rows.append(("Authority", f"Order of {words.day(a.ordered_on)}; {words.stage(facts).lower()}"))
    if a.complete_by:
        rows.append(("To be completed by", words.day(a.complete_by) + (" (as moved)" if a.moves else "")))
    elif a.moves:
        rows.append(("To be completed by", "no date any more (as moved)"))
    rows.append(("Period", f"{words.day(facts.period_from)} to {words.day(facts.period_to)}"))
    return tuple(rows)


def sections(facts: ReportFacts, issue: Issue) -> tuple[Section, ...]:
    """Every section after the caption, in the order of domain.md, "The report". Empty ones are left out."""
    found = (
        _corrected(facts),
        Section("In brief", paragraphs=words.bottom_line(facts)),
        _program(facts, issue),
        _course(facts),
        _waivers(facts),
        _check_ins(facts),
        _exceptions(facts),
        _conditions(facts),
        _commitments(facts),
        _time_changes(facts),
        _answer(issue),
        Section("What this report does not say", items=words.limits(facts)),
        _certification(facts, issue),
    )
    return tuple(section for section in found if section is not None)


def _corrected(facts: ReportFacts) -> Section | None:
    if facts.supersedes is None:
        return None
    return Section("What was corrected", paragraphs=(facts.supersedes.what_changed,))


def _program(facts: ReportFacts, issue: Issue) -> Section:
    p, terms = facts.program, facts.program.terms
    contact = ", ".join(part for part in (p.contact_name, p.contact_phone, p.contact_email) if part)
    rows = [("Report", f"{words.title(facts)}, number {issue.number}"), ("Program", p.name)]
    if p.organization:
        rows.append(("Organization", p.organization))
    if facts.course:
        language = words.LANGUAGES.get(facts.course.language, facts.course.language)
        rows.append(("Course", f"{facts.course.title}, edition {facts.course.edition}, taken in {language}"))
    rows.append(("Policy", f"Version {terms.policy_number}: {_policy(facts)}"))
    if facts.authority.officer_name:
        rows.append((REFERRED_BY, facts.authority.officer_name))
    if facts.authority.defense_counsel:
        rows.append(("Defense counsel", facts.authority.defense_counsel))
    if contact:
        rows.append(("Contact", contact))
    return Section("The program", pairs=tuple(rows))


def _policy(facts: ReportFacts) -> str:
    t = facts.program.terms
    return (
        f"{words.count(t.track_months, 'month', 'months')} of check-ins, {words.cadence(t.cadence)}; "
        f"accepted until {t.grace_days} days after the due date, and made up until {t.cure_days} days after it; "
        f"{t.required_percent}% made or excused to complete" + _most_of_a_day(t)
    )


def _most_of_a_day(terms: Terms) -> str:
    """Schema 1 does not know it."""
    hours = terms.most_hours_a_day
    return f"; at most {words.count(hours, 'hour', 'hours')} of active time counted in one day" if hours else ""


def _course(facts: ReportFacts) -> Section | None:
    course = facts.course
    if course is None or facts.subject_kind == Kind.ENROLLMENT:
        return None
    zone = facts.person.zone
    rows = tuple(
        (
            f"{m.position}. {m.title}",
            _completed(facts, m),
            words.hours(m.required_seconds),
            words.hours(m.credited_seconds),
        )
        for m in course.modules
    )
    spent = (words.hours(course.seconds_required), words.hours(course.seconds_credited))
    total = ("All modules", f"{course.completed} of {course.required}", *spent)
    intro = [f"Enrolled {words.local_day(course.enrolled_at, zone)}."]
    if course.started_at:
        intro.append(f"Started {words.local_day(course.started_at, zone)}.")
    intro.append(f"Identity was attested {words.count(course.attestations, 'time', 'times')}.")
    grid = Grid(("Module", "Completed", "Required", "Recorded"), (*rows, total), (40, 26, 17, 17), right=(2, 3))
    return Section("Course", paragraphs=(" ".join(intro),), grid=grid)


def _completed(facts: ReportFacts, module: Module) -> str:
    course = facts.course
    waived = [w.requirement for w in course.waivers if w.position == module.position] if course else []
    if WHOLE_MODULE in waived:
        return "Waived"
    if module.waived:
        return "Not required"
    day = words.local_day(module.completed_at, facts.person.zone)
    return f"{day}, in part waived" if waived and module.completed_at else day


def _waivers(facts: ReportFacts) -> Section | None:
    """In every kind of report: what was not done, and whose word took its place, is never left to be guessed."""
    if facts.course is None or not facts.course.waivers:
        return None
    intro = "Two people of the program waived what is listed here. It counts as met by that decision alone."
    titles = {m.position: m.title for m in facts.course.modules}
    rows = tuple(
        (
            f"{w.position}. {titles[w.position]}",
            words.REQUIREMENTS[w.requirement],
            f"Waived ({words.reason_waived(w.reason)})",
            words.local_day(w.waived_at, facts.person.zone),
        )
        for w in facts.course.waivers
    )
    grid = Grid(("Module", "Requirement", "What was decided", "On"), rows, (26, 20, 34, 20))
    return Section("Waived requirements", paragraphs=(intro,), grid=grid)


def _check_ins(facts: ReportFacts) -> Section | None:
    track = facts.track
    if track is None or facts.subject_kind in (Kind.ENROLLMENT, Kind.COMPLETION):
        return None
    intro = (
        f"{words.count(track.months, 'month', 'months')}, {words.cadence(track.cadence)}: "
        f"from {words.day(track.opened_on)} to {words.day(track.ends_on)}."
    )
    head = ("Scheduled", "On time", "Late", "Made up", "Excused", "Missed")
    row = tuple(str(n) for n in (track.scheduled, track.on_time, track.late, track.cured, track.excused, track.missed))
    return Section("Check-ins", paragraphs=(intro,), grid=Grid(head, (row,), (20, 16, 16, 16, 16, 16)))


def _exceptions(facts: ReportFacts) -> Section | None:
    track = facts.track
    if track is None or facts.subject_kind in (Kind.ENROLLMENT, Kind.COMPLETION):
        return None
    rows = tuple(_exception(facts, c) for c in track.check_ins if c.status in ("late", "cured", "excused", "missed"))
    if not rows:
        return Section("Exceptions", paragraphs=("There are none: every check-in due so far was made on time.",))
    grid = Grid(("Check-in", "What happened", "Notice given"), rows, (25, 48, 27))
    return Section("Exceptions", grid=grid)


def _exception(facts: ReportFacts, check_in: CheckIn) -> tuple[str, str, str]:
    zone = facts.person.zone
    happened = words.STATUSES[check_in.status]
    if check_in.status in ("late", "cured") and check_in.submitted_at:
        happened += f", received {words.local_moment(check_in.submitted_at, zone)}"
    if check_in.status == "excused":
        happened += f": {words.REASONS.get(check_in.excused_reason, check_in.excused_reason)}"
    told = words.count(len(check_in.notices), "reminder", "reminders") if check_in.notices else "None sent"
    if check_in.notices:
        told += f", last on {words.local_day(max(check_in.notices), zone)}"
    return (f"No. {check_in.number}, due {check_in.due_on:%b} {check_in.due_on.day}", happened, told)


def _conditions(facts: ReportFacts) -> Section | None:
    if not facts.conditions:
        return None
    rows = tuple((f"{c.number}. {c.words}", words.CONDITIONS[c.status]) for c in facts.conditions)
    return Section("Conditions as ordered", grid=Grid(("Condition", "Status"), rows, (70, 30)))


def _commitments(facts: ReportFacts) -> Section | None:
    if facts.track is None or not facts.track.commitments:
        return None
    rows = tuple(
        (
            f"Commitment {c.number}" + (f": {c.named_by_order}" if c.named_by_order else ""),
            words.COMMITMENTS.get(c.status, c.status.replace("_", " ")),
            words.day(c.verified_on),
        )
        for c in facts.track.commitments
    )
    return Section("Commitments", grid=Grid(("Commitment", "Status", "Verified on"), rows, (46, 27, 27)))


def _time_changes(facts: ReportFacts) -> Section | None:
    track = facts.track
    items = _moves(facts) + ((*_tollings(track), *_extensions(track), *_outages(facts, track)) if track else ())
    return Section("Changes of time", items=items) if items else None


def _moves(facts: ReportFacts) -> tuple[str, ...]:
    """In every kind of report: a reader who holds an older one must see why the day differs."""
    return tuple(
        f"{words.day_moved(m)} {words.AUTHORITIES[m.authority]}{f' ({m.ordered_by})' if m.ordered_by else ''}; "
        f"recorded by {'the court' if m.by_court else 'the program'} on "
        f"{words.local_day(m.recorded_at, facts.caption.zone)}."
        for m in facts.authority.moves
    )


def _tollings(track: Track) -> tuple[str, ...]:
    return tuple(
        f"The clock stopped from {words.day(t.from_on)} to {words.day(t.to_on) if t.to_on else 'now'} "
        f"({words.count(t.days, 'day', 'days')}): {words.REASONS.get(t.reason, t.reason)}."
        for t in track.tollings
    )


def _extensions(track: Track) -> tuple[str, ...]:
    return tuple(
        f"Extended by {words.count(e.days, 'day', 'days')}: {words.REASONS.get(e.reason, e.reason)}"
        f"{f', ordered by {e.ordered_by}' if e.ordered_by else ''}."
        for e in track.extensions
    )


def _outages(facts: ReportFacts, track: Track) -> tuple[str, ...]:
    zone = facts.person.zone
    return tuple(
        f"Check-in {o.check_in_number} was held open {words.count(o.added_minutes, 'minute', 'minutes')} longer: "
        f"the service was down from {words.local_moment(o.from_at, zone)}."
        for o in track.outages
    )


def _answer(issue: Issue) -> Section | None:
    if not issue.answer:
        return None
    said = "The person chose to give this answer to the court, in their own words:"
    return Section("The person\u2019s answer", paragraphs=(said,), quote=issue.answer)


def _certification(facts: ReportFacts, issue: Issue) -> Section:
    zone = facts.caption.zone
    rows = [("Prepared by", f"{issue.prepared_by}, {words.local_moment(issue.prepared_at, zone)}")]
    if issue.released_at:
        rows.append(("Released by", f"{issue.released_by}, {words.local_moment(issue.released_at, zone)}"))
        if issue.second_by:
            rows.append(("Second release by", issue.second_by))
    else:
        rows.append(("Released by", "Not released"))
    rows.append(("Facts as of", words.local_moment(facts.as_of, zone)))
    return Section(CERTIFICATION, pairs=tuple(rows))


def verification(issue: Issue) -> Pairs:
    """What a reader needs to check the paper in hand."""
    return (("Address", issue.verify_url), ("Code", spell_code(issue.code)))
