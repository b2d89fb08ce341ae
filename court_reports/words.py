"""The words of a report, in one place, by their English (``tongue`` has the other language). Pages go through gettext.

Pure: facts in, sentences out. No opinion, no adjective, nothing that anyone wrote.
"""

from court_reports.snapshot import Course, DayMoved, Kind, ReportFacts, ScheduleMove, Track
from court_reports.tongue import ENGLISH, Tongue, tongue

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
    "in_compliance": "As of {day}, {name} is in compliance with the program\u2019s requirements.",
    "at_risk": "As of {day}, {name} is at risk of falling out of compliance with the program\u2019s requirements.",
    "not_in_compliance": "As of {day}, {name} is not in compliance with the program\u2019s requirements.",
    "completed": "As of {day}, {name} completed the program.",
    "not_completed": "As of {day}, {name} did not complete the program.",
}
CONDITIONS = {
    "met": "Met",
    "partly_met": "Partly met",
    "not_met": "Not met",
    "not_yet_due": "Not yet due",
    "not_verified_here": "Not verified by this program",
}
COMMITMENTS = {"open": "Not yet verified", "verified": "Verified", "withdrawn": "Withdrawn", "not_met": "Not met"}
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
    "order": "order of the court",
    "other": "other",
}
# The two axes of an excusal (accountability.rules.excusal_requests).
ATTENDED = {"yes": "attended", "partly": "attended in part", "no": "did not attend"}
COMPLIED = {"yes": "held to have complied", "excused": "need not be made"}
REFUSALS = {
    "not_shown": "what was given as the reason could not be shown",
    "not_a_reason": "not a reason under the agreement",
    "could_be_made": "it could have been made",
    "other": "another reason",
}
STEPS = {"contact": "Contact", "warning": "Written warning", "notice": "Notice of non-compliance"}
OUTCOMES = {
    "spoke": "they spoke",
    "reached": "reached",
    "left_word": "a message was left",
    "left_message": "a message was left",
    "no_answer": "no answer",
    "wrote": "in writing",
    "wrong_number": "wrong number or address",
}
TRANSFERRED = {
    "moved": "the person moved",
    "order": "order of the court",
    "language": "the other program works in the person\u2019s language",
    "nearer": "the other program is easier to reach",
    "known": "somebody at the first program knows the person",
    "ends": "the first program ends, or could not go on with the case",
    "other": "another reason",
}
SKIPPED = {
    "court_asked": "the court asked for a notice at once",
    "no_way_to_reach": "there is no way to reach the person",
    "done_before": "the same was done shortly before, in another way",
    "other": "another reason, which the person can read",
    "": "the reason stands in the program\u2019s record",
}
ROLES = {
    "facilitator": "The facilitator",
    "administrator": "An administrator",
    "program": "The program",
    "two_people": "Two people",
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
LIMITS = (
    "Identity was attested by the person at sign-in; it was not proved by documents or biometrics.",
    "Time is active time recorded by the server. Time away from the page is not counted.",
    "What the person wrote in reflections and check-ins is confidential and is not part of this report.",
    "Nothing here names a survivor. Of health or treatment nothing is said beyond the coded reasons above and the words of "
    "the court\u2019s order.",
    "This report states recorded facts. It holds no opinion and recommends no outcome.",
)
# Up to schema 4: it stands so on the paper.
LIMITS_BEFORE = {3: "Nothing here names a survivor, and nothing here describes health or treatment."}

# English, for whoever writes beside a report (a certificate of destruction, a list).
day, local_day, local_moment = ENGLISH.day, ENGLISH.local_day, ENGLISH.local_moment
hours, count, cadence = ENGLISH.hours, ENGLISH.count, ENGLISH.cadence


def of(facts: ReportFacts) -> Tongue:
    """The language in which these facts are told."""
    return tongue(facts.language)


def reason_waived(code: str, t: Tongue = ENGLISH) -> str:
    return t.named(REASONS, code).partition(";")[0] if code != "equivalent" else t.say(EQUIVALENT)


def title(facts: ReportFacts) -> str:
    t = of(facts)
    if facts.kind == Kind.CORRECTION and facts.supersedes:
        what = t.say(TITLES[Kind(facts.supersedes.kind)])
        what = what[:1].lower() + what[1:]
        return t.say("Correction of {what} {number}", what=what, number=facts.supersedes.number)
    return t.say(TITLES[Kind(facts.kind)])


def case_number(facts: ReportFacts) -> str:
    if facts.caption.case_number:
        return facts.caption.case_number
    return of(facts).say("None yet (prosecutor\u2019s reference {reference})", reference=facts.caption.reference)


def stage(facts: ReportFacts) -> str:
    return of(facts).named(STAGES, facts.authority.stage)


def bottom_line(facts: ReportFacts) -> tuple[str, ...]:
    """Two to four plain sentences, the most important first: what a judge must know if nothing else is read."""
    lines = {
        Kind.ENROLLMENT: _enrolled,
        Kind.COMPLETION: _course_completed,
        Kind.REFERRAL_BACK: _referred_back,
    }.get(Kind(facts.subject_kind), _standing)(facts)
    old, t = facts.supersedes, of(facts)
    if old:
        replaced = t.say("This report replaces {number} of {day}.", number=old.number, day=t.day(old.released_on))
        lines = (replaced, *lines)
    return lines[:AT_MOST]


AT_MOST = 4


def _enrolled(facts: ReportFacts) -> tuple[str, ...]:
    t, terms = of(facts), facts.program.terms
    when = t.local_day(facts.enrolled_at, facts.person.zone)
    name, program = facts.person.name, facts.program.name
    lines = [t.say("{name} enrolled in {program} on {day}, and accepted its terms.", name=name, program=program, day=when)]  # fmt: skip
    if facts.course:
        modules = t.count(facts.course.required, "module", "modules")
        asked = t.hours(facts.course.seconds_required)
        lines.append(t.say("The course has {modules} and requires {hours} of active time.", modules=modules, hours=asked))  # fmt: skip
    months = t.count(terms.track_months, "month", "months")
    every = t.cadence(terms.cadence)
    lines.append(t.say("Completing the course opens {months} of check-ins, {every}.", months=months, every=every))
    return (*lines, *_deadline(facts))


def _course_completed(facts: ReportFacts) -> tuple[str, ...]:
    t, course = of(facts), facts.course
    if course is None:
        return ()
    first = t.say(
        "{name} completed the course \u201c{title}\u201d on {day}: {done} of {required} modules, {recorded} of active "
        "time recorded, {asked} required.",
        name=facts.person.name, title=course.title, day=t.local_day(course.completed_at, facts.person.zone),
        done=course.completed, required=course.required, recorded=t.hours(course.seconds_credited),
        asked=t.hours(course.seconds_required),
    )  # fmt: skip
    lines = [first, *_waived(course, t)]
    if facts.track:
        months = t.count(facts.track.months, "month", "months")
        began, ends = t.day(facts.track.opened_on), t.day(facts.track.ends_on)
        lines.append(t.say("Check-ins for {months} began on {began} and end on {ends}.", months=months, began=began, ends=ends))  # fmt: skip
    lines.append(
        t.say("This certificate is about the course alone; the program is not finished until the final report.")
    )
    return tuple(lines)


def _standing(facts: ReportFacts) -> tuple[str, ...]:
    t, lines = of(facts), []
    if facts.determination:
        standing = STANDINGS[facts.determination.code]
        lines.append(t.say(standing, day=t.day(facts.period_to), name=facts.person.name))
        lines.append(because(facts))
    if facts.track:
        lines.append(_track_line(facts.track, t))
    lines.append(_course_line(facts))
    return tuple(line for line in lines if line)


def _referred_back(facts: ReportFacts) -> tuple[str, ...]:
    t = of(facts)
    first = t.say(
        "The program returns the case of {name} to the court as of {day}.",
        name=facts.person.name, day=t.day(facts.period_to),
    )  # fmt: skip
    return (first, *_standing(facts)[1:])


def because(facts: ReportFacts) -> str:
    """The rule that led to the determination, in the figures of the policy then in force."""
    t, found = of(facts), facts.determination
    if found is None:
        return ""
    if facts.schema < 4 and t.is_english:
        return found.because[:1].upper() + found.because[1:].rstrip(".") + "."
    terms, track = facts.program.terms, facts.track
    told = _RULES[(found.rule, found.code)] if (found.rule, found.code) in _RULES else _RULES.get((found.rule, ""), "")
    last = missed_last(track) if track else 0
    if last == 1 and found.rule == "missed_in_row":
        told = _ONE_MISSED[found.code]
    return t.say(
        told,
        version=terms.policy_number,
        missed=track.missed if track else 0,
        last=last,
        at_risk=terms.missed_in_row_at_risk,
        in_row=terms.missed_in_row_not_in_compliance,
        total=terms.missed_total_not_in_compliance,
        percent=terms.required_percent,
        kept=kept(track) if track else 0,
        counted=track.scheduled if track else 0,
    )


_RULES = {
    ("missed_total", ""): "{missed} check-ins were missed in total; under the policy (version {version}), {total} or "
    "more are not in compliance.",
    ("missed_in_row", "at_risk"): "The last {last} check-ins due were missed; under the policy (version {version}), "
    "{at_risk} or more in a row are at risk, and {in_row} or more not in compliance.",
    (
        "missed_in_row",
        "",
    ): "The last {last} check-ins due were missed; under the policy (version {version}), {in_row} or "
    "more in a row are not in compliance.",
    ("none_due", ""): "No limit of the policy (version {version}) is reached: {at_risk} missed in a row is at risk, "
    "{in_row} in a row or {total} in total is not in compliance.",
    (
        "required_share",
        "",
    ): "{kept} of {counted} check-ins were made or excused; the policy (version {version}) asks for {percent}%.",
    (
        "commitments",
        "",
    ): "Enough check-ins were made or excused ({kept} of {counted}), but not every commitment that was "
    "required was verified.",
    (
        "open_non_compliance",
        "",
    ): "At the end a limit of the policy (version {version}) was passed: {in_row} missed in a "
    "row or {total} in total; {missed} were missed.",
    ("complete_by_passed", ""): "The court\u2019s date to complete has passed and the course is not complete.",
    (
        "program_reviews",
        "",
    ): "The person has done all of the course that was theirs to do; the program has not finished its "
    "own review. The program\u2019s delay does not count against the person.",
    ("course_under_way", ""): "The course is under way and no date set by the court or the program has passed.",
}
_ONE_MISSED = {
    "at_risk": "The last check-in due was missed; under the policy (version {version}), {at_risk} in a row is at risk, "
    "and {in_row} or more not in compliance.",
    "not_in_compliance": "The last check-in due was missed; under the policy (version {version}), {in_row} in a row is "
    "not in compliance.",
}


def missed_last(track: Track) -> int:
    """How many of the newest were missed, up to the last one that was sent (accountability.rules.standing)."""
    found = 0
    for check_in in reversed(track.check_ins):
        if check_in.status == "missed":
            found += 1
        elif check_in.status in ("on_time", "late", "cured", "returned"):
            break
    return found


def kept(track: Track) -> int:
    """Made or excused, of those scheduled."""
    return sum(c.status in ("on_time", "late", "cured", "returned", "excused") for c in track.check_ins)


def _course_line(facts: ReportFacts) -> str:
    t, course = of(facts), facts.course
    if course is None:
        return ""
    waived = len(course.waivers)
    if course.completed_at:
        told = t.say("The course was completed on {day}", day=t.local_day(course.completed_at, facts.person.zone))
    else:
        told = t.say(
            "The course is under way: {done} of {required} modules completed, {recorded} of active time recorded",
            done=course.completed, required=course.required, recorded=t.hours(course.seconds_credited),
        )  # fmt: skip
    if not waived:
        return f"{told}."
    return told + (t.say("; 1 of its requirements was waived.") if waived == 1 else t.say("; {n} of its requirements were waived.", n=waived))  # fmt: skip


def _waived(course: Course, t: Tongue) -> list[str]:
    number = len(course.waivers)
    if not number:
        return []
    one = t.say("1 requirement of the course was waived.")
    return [one if number == 1 else t.say("{n} requirements of the course were waived.", n=number)]


def _track_line(track: Track, t: Tongue) -> str:
    settled = track.on_time + track.late + track.cured + track.excused + track.missed
    if not settled:
        return t.say("No check-in has been due yet; {scheduled} are scheduled in all.", scheduled=track.scheduled)
    parts = [t.say("{n} on time", n=track.on_time), *told_apart(track, t)]
    due = t.count(settled, "check-in", "check-ins")
    return t.say(
        "Of {due} due so far, {parts}; {scheduled} are scheduled in all.",
        due=due, parts=", ".join(parts), scheduled=track.scheduled,
    )  # fmt: skip


def told_apart(track: Track, t: Tongue) -> list[str]:
    """What was not on time, by its kind, where there is any."""
    found = (
        ("{n} late", track.late),
        ("{n} made up", track.cured),
        ("{n} excused", track.excused),
        ("{n} missed", track.missed),
    )
    return [t.say(phrase, n=number) for phrase, number in found if number]


def _deadline(facts: ReportFacts) -> tuple[str, ...]:
    t, by, moves = of(facts), facts.authority.complete_by, facts.authority.moves
    if by is None:
        return (t.say("The court no longer names a date to complete."),) if moves else ()
    if moves and moves[-1].from_on:
        moved = t.day(moves[-1].from_on)
        return (t.say("The court\u2019s date to complete is {day}, moved from {before}.", day=t.day(by), before=moved),)
    return (t.say("The court\u2019s date to complete is {day}.", day=t.day(by)),)


def day_moved(move: DayMoved, t: Tongue = ENGLISH) -> str:
    """From which day to which, without who said so."""
    if move.to_on is None:
        return t.say("The court\u2019s date to complete, {before}, was lifted:", before=t.day(move.from_on))
    if move.from_on is None:
        return t.say("A date to complete was named, {day}:", day=t.day(move.to_on))
    before, after = t.day(move.from_on), t.day(move.to_on)
    return t.say("The court\u2019s date to complete was moved from {before} to {day}:", before=before, day=after)


def schedule_moved(move: ScheduleMove, t: Tongue = ENGLISH) -> str:
    """What was changed of the schedule, from when, and what the end became by it."""
    changed = _CHANGED[move.act]
    was, now = (t.cadence(move.was), t.cadence(move.now)) if move.act == "cadence" else (move.was, move.now)
    said = t.say(changed, since=t.day(move.from_on), was=was, now=now)
    if move.days:
        later = "; the last day came {days} later" if move.days > 0 else "; the last day came {days} sooner"
        said += t.say(later, days=t.count(abs(move.days), "day", "days"))
    said += f": {move.reason}" if move.reason else ""
    return said + (f" ({move.authority})." if move.authority else ".")


_CHANGED = {
    "give_back": "The clock ran again from {since}, sooner than was said",
    "cadence": "From {since} check-ins are {now}; before, {was}",
    "zone": "From {since} dates are counted in the time zone {now}; before, in {was}",
    "early": "The track was completed early, on {since}, as the policy allows",
}


def limits(facts: ReportFacts) -> tuple[str, ...]:
    """What was not verified, and what is confidential and left out."""
    before = LIMITS_BEFORE if facts.schema < 5 else {}
    return tuple(of(facts).say(before.get(number, line)) for number, line in enumerate(LIMITS))
