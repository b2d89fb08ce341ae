"""The sections that tell a track: check-ins, exceptions, requests, steps, and what moved the time. Pure."""

from court_reports import words
from court_reports.sections import Grid, Section
from court_reports.snapshot import CheckIn, ExcusalRequest, Kind, ReportFacts, ResponseStep, Track

ABOUT_COURSE = (Kind.ENROLLMENT, Kind.COMPLETION)


def sections(facts: ReportFacts) -> tuple[Section | None, ...]:
    """In order; None for what there is nothing to say of."""
    if facts.subject_kind in ABOUT_COURSE:
        return ()
    return (_check_ins(facts), _exceptions(facts), _requests(facts), _steps(facts))


def _check_ins(facts: ReportFacts) -> Section | None:
    track, t = facts.track, words.of(facts)
    if track is None:
        return None
    intro = t.say(
        "{months}, {every}: from {first} to {last}.",
        months=t.count(track.months, "month", "months"), every=t.cadence(track.cadence), first=t.day(track.opened_on),
        last=t.day(track.ends_on),
    )  # fmt: skip
    head = tuple(map(t.say, ("Scheduled", "On time", "Late", "Made up", "Excused", "Missed")))
    row = tuple(str(n) for n in (track.scheduled, track.on_time, track.late, track.cured, track.excused, track.missed))
    shares = (20, 16, 16, 16, 16, 16) if t.is_english else (21, 14, 15, 19, 17, 14)
    return Section(t.say("Check-ins"), paragraphs=(intro,), grid=Grid(head, (row,), shares))


def _exceptions(facts: ReportFacts) -> Section | None:
    track, t = facts.track, words.of(facts)
    if track is None:
        return None
    rows = tuple(_exception(facts, c) for c in track.check_ins if c.status in ("late", "cured", "excused", "missed"))
    if not rows:
        none = t.say("There are none: every check-in due so far was made on time.")
        return Section(t.say("Exceptions"), paragraphs=(none,))
    grid = Grid(tuple(map(t.say, ("Check-in", "What happened", "Notice given"))), rows, (25, 48, 27))
    return Section(t.say("Exceptions"), grid=grid)


def _exception(facts: ReportFacts, check_in: CheckIn) -> tuple[str, str, str]:
    t, zone = words.of(facts), facts.person.zone
    happened = t.named(words.STATUSES, check_in.status)
    if check_in.status in ("late", "cured") and check_in.submitted_at:
        happened = t.say("{status}, received {moment}", status=happened, moment=t.local_moment(check_in.submitted_at, zone))  # fmt: skip
    if check_in.status == "excused":
        happened += _excused(facts, check_in)
    told = t.count(len(check_in.notices), "reminder", "reminders") if check_in.notices else t.say("None sent")
    if check_in.notices:
        told += t.say(", last on {day}", day=t.local_day(max(check_in.notices), zone))
    due = t.say("No. {number}, due {day}", number=check_in.number, day=t.short_day(check_in.due_on))
    if check_in.moved_from:
        due += t.say(" (moved from {day}, a court holiday)", day=t.short_day(check_in.moved_from))
    return (due, happened, told)


def _excused(facts: ReportFacts, check_in: CheckIn) -> str:
    """By which code, when, and on which of the two axes, as far as they were kept."""
    t = words.of(facts)
    said = f": {t.named(words.REASONS, check_in.excused_reason)}"
    if check_in.excused_at:
        said += t.say("; decided {day}", day=t.local_day(check_in.excused_at, facts.person.zone))
    # An axis that does not apply is not printed: it would only be asked about.
    axes = [t.say(words.ATTENDED[check_in.attended])] if check_in.attended in words.ATTENDED else []
    axes += [t.say(words.COMPLIED[check_in.complied])] if check_in.complied in words.COMPLIED else []
    return said + (f" ({', '.join(axes)})" if axes else "")


def _requests(facts: ReportFacts) -> Section | None:
    if facts.track is None or not facts.track.requests:
        return None
    t = words.of(facts)
    intro = t.say("The person asked that these check-ins be excused. Reasons and papers stay with the program.")
    rows = tuple(
        (
            t.say("No. {number}", number=r.check_in_number),
            t.local_day(r.asked_at, facts.person.zone),
            _decision(facts, r),
        )
        for r in facts.track.requests
    )
    grid = Grid(tuple(map(t.say, ("Check-in", "Asked on", "Decision"))), rows, (18, 27, 55))
    return Section(t.say("Requests to be excused"), paragraphs=(intro,), grid=grid)


def _decision(facts: ReportFacts, asked: ExcusalRequest) -> str:
    t, zone = words.of(facts), facts.person.zone
    if asked.standing == "open":
        return t.say("Not decided yet")
    day, reason = t.local_day(asked.decided_at, zone), t.named(words.REFUSALS, asked.reason)
    if asked.standing == "on_appeal":
        appealed = t.local_day(asked.appealed_at, zone)
        return t.say("Refused {day}: {reason}; appealed {appealed}, not decided yet", day=day, reason=reason, appealed=appealed)  # fmt: skip
    if asked.standing == "appeal_refused":
        again = t.local_day(asked.appeal_decided_at, zone)
        return t.say("Refused {day}, and on appeal {again}: {reason}", day=day, again=again, reason=reason)
    return t.say("Refused {day}: {reason}", day=day, reason=reason)


def _steps(facts: ReportFacts) -> Section | None:
    if not facts.steps:
        return None
    t = words.of(facts)
    intro = t.say("What was done, in order, about what was missed. A step is skipped by an administrator alone.")
    rows = tuple(
        (
            t.local_day(step.at, facts.person.zone),
            _step(facts, step),
            t.named(words.ROLES, step.by_role),
            ", ".join(map(str, step.check_ins)) or "\u2014",
        )
        for step in facts.steps
    )
    grid = Grid(
        tuple(map(t.say, ("On", "Step", "By", "Check-ins"))),
        rows,
        (24, 38, 22, 16) if t.is_english else (23, 33, 22, 22),
    )
    return Section(t.say("Steps taken"), paragraphs=(intro,), grid=grid)


def _step(facts: ReportFacts, step: ResponseStep) -> str:
    t = words.of(facts)
    name = t.named(words.STEPS, step.step)
    if step.skipped:
        return t.say("{step}: skipped; {reason}", step=name, reason=t.named(words.SKIPPED, step.reason))
    if step.outcome:
        return f"{name}: {t.named(words.OUTCOMES, step.outcome)}"
    return f"{name} {step.number}".strip()


def time_changes(facts: ReportFacts) -> Section | None:
    """In every kind of report: a reader who holds an older one must see why a day differs."""
    track = facts.track
    items = _moves(facts) + _transfers(facts)
    if track:
        items += _tollings(facts, track) + _extensions(facts, track)
        items += tuple(words.schedule_moved(move, words.of(facts)) for move in track.moves)
        items += _holidays(facts, track) + _outages(facts, track)
    return Section(words.of(facts).say("Changes of time"), items=items) if items else None


def _moves(facts: ReportFacts) -> tuple[str, ...]:
    t = words.of(facts)
    return tuple(
        t.say(
            "{moved} {authority}{who}; recorded by the court on {day}."
            if m.by_court
            else "{moved} {authority}{who}; recorded by the program on {day}.",
            moved=words.day_moved(m, t),
            authority=t.named(words.AUTHORITIES, m.authority),
            who=f" ({m.ordered_by})" if m.ordered_by else "",
            day=t.local_day(m.recorded_at, facts.caption.zone),
        )
        for m in facts.authority.moves
    )


def _transfers(facts: ReportFacts) -> tuple[str, ...]:
    t = words.of(facts)
    return tuple(
        t.say(
            "The case was transferred from {was} to {now} on {day}; dates from {since} are by the terms of {now}: {reason}{who}.",
            was=one.from_program, now=one.to_program, day=t.local_day(one.recorded_at, facts.caption.zone),
            since=t.day(one.from_on), reason=t.named(words.TRANSFERRED, one.reason),
            who=f" ({one.ordered_by})" if one.ordered_by else "",
        )
        for one in facts.transfers
    )  # fmt: skip


def _tollings(facts: ReportFacts, track: Track) -> tuple[str, ...]:
    t = words.of(facts)
    return tuple(
        t.say(
            "The clock stopped from {first} to {last} ({days}): {reason}.",
            first=t.day(one.from_on), last=t.day(one.to_on) if one.to_on else t.say("now"),
            days=t.count(one.days, "day", "days"), reason=t.named(words.REASONS, one.reason),
        )
        for one in track.tollings
    )  # fmt: skip


def _extensions(facts: ReportFacts, track: Track) -> tuple[str, ...]:
    t = words.of(facts)
    return tuple(
        t.say(
            "Extended by {days}: {reason}{who}.",
            days=t.count(one.days, "day", "days"),
            reason=t.say(words.REASONS[one.reason]) if one.reason in words.REASONS else one.reason,
            who=t.say(", ordered by {who}", who=one.ordered_by) if one.ordered_by else "",
        )
        for one in track.extensions
    )


def _holidays(facts: ReportFacts, track: Track) -> tuple[str, ...]:
    """Of the dates that had come by the end of the period."""
    t = words.of(facts)
    moved = [c for c in track.check_ins if c.moved_from and c.status != "cancelled" and c.due_on <= facts.period_to]
    return tuple(
        t.say(
            "Check-in {number} would have been due on {planned}, a court holiday, and was due on {day}.",
            number=c.number, planned=t.day(c.moved_from), day=t.day(c.due_on),
        )
        for c in moved
    )  # fmt: skip


def _outages(facts: ReportFacts, track: Track) -> tuple[str, ...]:
    t, zone = words.of(facts), facts.person.zone
    return tuple(
        t.say(
            "Check-in {number} was held open {minutes} longer: the service was down from {moment}.",
            number=o.check_in_number, minutes=t.count(o.added_minutes, "minute", "minutes"),
            moment=t.local_moment(o.from_at, zone),
        )
        for o in track.outages
    )  # fmt: skip
