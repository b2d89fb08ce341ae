"""The words of a report, in one place. Reports are English documents; pages about them go through gettext.

Pure: facts in, sentences out. No opinion, no adjective, nothing that anyone wrote.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from court_reports.snapshot import Course, DayMoved, Kind, ReportFacts, Track

TITLES = {
    Kind.ENROLLMENT: "Enrollment notice",
    Kind.PROGRESS: "Progress report",
    Kind.NON_COMPLIANCE: "Notice of non-compliance",
    Kind.COMPLETION: "Certificate of course completion",
    Kind.FINAL: "Final compliance report",
    Kind.REFERRAL_BACK: "Notice of referral back to the court",
    Kind.CORRECTION: "Correction",
}
STAGES = {
    "pre_filing": "Before filing",
    "pre_plea_diversion": "Pre-plea diversion",
    "deferred_prosecution": "Deferred prosecution",
    "deferred_adjudication": "Deferred adjudication",
    "probation_condition": "Condition of probation",
    "sentence": "Sentence",
}
STATUSES = {
    "on_time": "On time",
    "late": "Late",
    "cured": "Made up",
    "excused": "Excused",
    "missed": "Missed",
    "returned": "Returned for more",
    "open": "Open",
    "in_grace": "In grace",
    "scheduled": "Not yet due",
    "cancelled": "Cancelled",
}
DETERMINATIONS = {
    "in_compliance": "In compliance",
    "at_risk": "At risk",
    "not_in_compliance": "Not in compliance",
    "completed": "Completed",
    "not_completed": "Not completed",
}
STANDINGS = {
    "in_compliance": "is in compliance with the program\u2019s requirements",
    "at_risk": "is at risk of falling out of compliance with the program\u2019s requirements",
    "not_in_compliance": "is not in compliance with the program\u2019s requirements",
    "completed": "completed the program",
    "not_completed": "did not complete the program",
}
CONDITIONS = {
    "met": "Met",
    "partly_met": "Partly met",
    "not_met": "Not met",
    "not_yet_due": "Not yet due",
    "not_verified_here": "Not verified by this program",
}
COMMITMENTS = {"open": "Not yet verified", "verified": "Verified", "withdrawn": "Withdrawn", "not_met": "Not met"}
CADENCES = {"week": "weekly", "two_weeks": "every two weeks", "month": "monthly"}
REASONS = {
    "medical": "medical",
    "work": "work",
    "care_duty": "care duty",
    "court_or_legal": "court or legal",
    "religious": "religious",
    "bereavement": "bereavement",
    "custody": "custody",
    "technical_failure": "technical failure; does not count against the person",
    "program_cause": "cause on the program\u2019s side; does not count against the person",
    "deployment": "deployment",
    "hospital": "hospital",
    "other": "other",
}
# On whose authority the court's day moves (lms.referrals.rules.deadlines).
AUTHORITIES = {
    "order": "by written order",
    "hearing": "by the court\u2019s word at a hearing",
    "clerk": "by the clerk\u2019s office, for the court",
}
# What can be waived of the course (courses.rules.waivers).
REQUIREMENTS = {
    "time": "Active time",
    "pages": "Pages to read",
    "check": "Knowledge check",
    "reflection": "Reflection",
    "scenario": "Scenario",
    "video": "Video",
    "module": "The whole module",
}
EQUIVALENT = "done in another way, seen by the program"
LANGUAGES = {"en": "English", "es": "Spanish"}
DRAFT = "DRAFT \u2014 not released. This is not a report to the court."
DEMONSTRATION = (
    "This file is signed with a demonstration key that the software made for itself. "
    "It proves that the file was not altered; it does not prove who issued it."
)


def reason_waived(code: str) -> str:
    return REASONS.get(code, code).partition(";")[0] if code != "equivalent" else EQUIVALENT


def title(facts: ReportFacts) -> str:
    if facts.kind == Kind.CORRECTION and facts.supersedes:
        return f"Correction of {TITLES[Kind(facts.supersedes.kind)].lower()} {facts.supersedes.number}"
    return TITLES[Kind(facts.kind)]


def day(value: date | None) -> str:
    """\"March 8, 2027\"."""
    return "\u2014" if value is None else f"{value:%B} {value.day}, {value.year}"


def local_day(moment: datetime | None, zone: str) -> str:
    return "\u2014" if moment is None else day(moment.astimezone(ZoneInfo(zone)).date())


def local_moment(moment: datetime, zone: str) -> str:
    """\"March 8, 2027, 11:59 p.m. EST\"."""
    local = moment.astimezone(ZoneInfo(zone))
    half = "a.m." if local.hour < 12 else "p.m."
    return f"{day(local.date())}, {local.hour % 12 or 12}:{local:%M} {half} {local.tzname()}"


def hours(seconds: int) -> str:
    """Active time: \"12 h 05 min\". Rounded down, so that nothing is claimed that was not spent."""
    whole, rest = divmod(seconds // 60, 60)
    return f"{whole} h {rest:02d} min" if whole else f"{rest} min"


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def cadence(spelled: str) -> str:
    """\"week x 8, month\" \u2192 \"weekly (8 times), then monthly\"."""
    parts = []
    for phase in spelled.split(","):
        every, _, times = (piece.strip() for piece in phase.partition("x"))
        words = CADENCES.get(every, every)
        parts.append(f"{words} ({times} times)" if times else words)
    return ", then ".join(parts)


def case_number(facts: ReportFacts) -> str:
    if facts.caption.case_number:
        return facts.caption.case_number
    return f"None yet (prosecutor\u2019s reference {facts.caption.reference})"


def stage(facts: ReportFacts) -> str:
    return STAGES.get(facts.authority.stage, facts.authority.stage)


def bottom_line(facts: ReportFacts) -> tuple[str, ...]:
    """Two to four plain sentences: what a judge must know if nothing else is read."""
    lines = {
        Kind.ENROLLMENT: _enrolled,
        Kind.COMPLETION: _course_completed,
        Kind.NON_COMPLIANCE: _standing,
        Kind.REFERRAL_BACK: _referred_back,
    }.get(Kind(facts.subject_kind), _standing)(facts)
    if facts.supersedes:
        old = facts.supersedes
        lines = (f"This report replaces {old.number} of {day(old.released_on)}.", *lines)
    return lines


def _sentence(words: str) -> str:
    """The rule's own words, begun and ended as a sentence."""
    return words[:1].upper() + words[1:].rstrip(".") + "."


def _enrolled(facts: ReportFacts) -> tuple[str, ...]:
    when = local_day(facts.enrolled_at, facts.person.zone)
    lines = [f"{facts.person.name} enrolled in {facts.program.name} on {when}, and accepted its terms."]
    if facts.course:
        modules = count(facts.course.required, "module", "modules")
        lines.append(f"The course has {modules} and requires {hours(facts.course.seconds_required)} of active time.")
    terms = facts.program.terms
    months = count(terms.track_months, "month", "months")
    lines.append(f"Completing the course opens {months} of check-ins, {cadence(terms.cadence)}.")
    return (*lines, *_deadline(facts))


def _course_completed(facts: ReportFacts) -> tuple[str, ...]:
    course = facts.course
    if course is None:
        return ()
    when = local_day(course.completed_at, facts.person.zone)
    lines = [
        f"{facts.person.name} completed the course \u201c{course.title}\u201d on {when}: "
        f"{course.completed} of {course.required} modules, {hours(course.seconds_credited)} of active time recorded, "
        f"{hours(course.seconds_required)} required."
    ]
    lines += _waived(course)
    if facts.track:
        months = count(facts.track.months, "month", "months")
        lines.append(
            f"{months[0].upper()}{months[1:]} of check-ins began on {day(facts.track.opened_on)} "
            f"and end on {day(facts.track.ends_on)}."
        )
    lines.append("This certificate is about the course alone; the program is not finished until the final report.")
    return tuple(lines)


def _standing(facts: ReportFacts) -> tuple[str, ...]:
    lines = []
    if facts.determination:
        standing = STANDINGS[facts.determination.code]
        lines.append(f"As of {day(facts.period_to)}, {facts.person.name} {standing}.")
        lines.append(_sentence(facts.determination.because))
    lines.append(_course_line(facts))
    lines += _waived(facts.course)
    if facts.track:
        lines.append(_track_line(facts.track))
    return tuple(line for line in lines if line)


def _referred_back(facts: ReportFacts) -> tuple[str, ...]:
    first = f"The program returns the case of {facts.person.name} to the court as of {day(facts.period_to)}."
    return (first, *_standing(facts)[1:])


def _course_line(facts: ReportFacts) -> str:
    course = facts.course
    if course is None:
        return ""
    if course.completed_at:
        return f"The course was completed on {local_day(course.completed_at, facts.person.zone)}."
    modules = f"{course.completed} of {course.required} modules"
    return f"The course is under way: {modules} completed, {hours(course.seconds_credited)} of active time recorded."


def _waived(course: Course | None) -> list[str]:
    number = len(course.waivers) if course else 0
    if not number:
        return []
    return [f"{count(number, 'requirement', 'requirements')} of the course {'was' if number == 1 else 'were'} waived."]


def _track_line(track: Track) -> str:
    settled = track.on_time + track.late + track.cured + track.excused + track.missed
    parts = [f"{track.on_time} on time"]
    parts += [f"{number} {name}" for name, number in _exceptions(track) if number]
    due = count(settled, "check-in", "check-ins")
    return f"Of {due} due so far, {', '.join(parts)}; {track.scheduled} are scheduled in all."


def _exceptions(track: Track) -> list[tuple[str, int]]:
    return [("late", track.late), ("made up", track.cured), ("excused", track.excused), ("missed", track.missed)]


def _deadline(facts: ReportFacts) -> tuple[str, ...]:
    by, moves = facts.authority.complete_by, facts.authority.moves
    if by is None:
        return ("The court no longer names a date to complete.",) if moves else ()
    moved = f", moved from {day(moves[-1].from_on)}" if moves and moves[-1].from_on else ""
    return (f"The court\u2019s date to complete is {day(by)}{moved}.",)


def day_moved(move: DayMoved) -> str:
    """From which day to which, without who said so."""
    if move.to_on is None:
        return f"The court\u2019s date to complete, {day(move.from_on)}, was lifted:"
    if move.from_on is None:
        return f"A date to complete was named, {day(move.to_on)}:"
    return f"The court\u2019s date to complete was moved from {day(move.from_on)} to {day(move.to_on)}:"


def limits(facts: ReportFacts) -> tuple[str, ...]:
    """What was not verified, and what is confidential and left out."""
    return (
        "Identity was attested by the person at sign-in; it was not proved by documents or biometrics.",
        "Time is active time recorded by the server. Time away from the page is not counted.",
        "What the person wrote in reflections and check-ins is confidential and is not part of this report.",
        "Nothing here names a survivor, and nothing here describes health or treatment.",
        "This report states recorded facts. It holds no opinion and recommends no outcome.",
    )
