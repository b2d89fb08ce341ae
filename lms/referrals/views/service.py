"""The last run of every task, for administrators: on time, late or failed, in words."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lms.outbox.models import Line
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import programs_of, zone_of
from lms.referrals.actions import pulse
from lms.referrals.models import ProgramRole
from lms.service import runs
from lms.service.rules.lateness import State

NAMES = {
    "accountability.tasks.sweep": _("Looks at every check-in: reminders, and what was missed"),
    "accountability.tasks.tell_of_plans": _("Tells people of the dates of their commitments and meetings"),
    "accountability.tasks.tell_more": _("Tells administrators of calls for help that nobody has answered for an hour"),
    "lms.outbox.tasks.deliver": _("Sends messages"),
    "lms.journal.tasks.seal": _("Seals the journal"),
    "court_reports.tasks.call_courts": _("Tells courts’ own systems of reports"),
    "court_reports.tasks.draft_due": _("Drafts reports that are due"),
    "courses.tasks.check_completions": _("Completes courses that are complete"),
    "courses.tasks.tell_deadlines": _("Tells people that the day the court named comes near"),
    "courses.tasks.keep_consents": _("Ends the consents of stories in time, and reminds their authors before"),
    "courses.tasks.look_after_taken_back": _("Sees to it that stories which were taken back are gone"),
    "courses.tasks.tell_who_reads": _("Tells reviewers what waits for them, and administrators what nobody may read"),
    "courses.tasks.publish_in_time": _("Publishes what has waited its time, and what was scheduled"),
    "lms.people.tasks.clear_sessions": _("Forgets sign-ins that have ended"),
    "lms.referrals.tasks.answer_asked": _("Sends invitations that were asked for anew"),
    "lms.referrals.tasks.forget_expired_invitations": _("Forgets for whom old invitations were"),
    "lms.referrals.tasks.keep_the_journal": _("Verifies the journal and tells the auditors where it ends"),
    "court_reports.tasks.verify_register": _("Verifies the register of reports"),
    "court_reports.tasks.publish_head": _("Publishes where the register of reports ended each day"),
    "court_reports.tasks.forget_answers": _("Forgets the answers that were kept for courts’ systems"),
    "lms.referrals.tasks.tell_what_waits": _("Tells administrators, once a day, what waits too long"),
    "lms.files.tasks.sweep": _("Removes files that no record speaks of"),
    "lms.keeping.tasks.keep_in_time": _("Keeps no closed case for longer than was promised"),
    "lms.keeping.tasks.own_copies": _("Makes the copies that people asked for, and removes old ones"),
    "lms.keeping.tasks.finish": _("Finishes removing the files of forgotten cases"),
}
# The word, its color, and a shape for whoever sees no color.
SHOWN = {
    State.ON_TIME: (_("On time"), "good", "●"),
    State.WAITING: (_("Has not had its turn yet"), "neutral", "○"),
    State.FAILED: (_("Failed; it tries again at its next turn"), "attention", "▲"),
    State.LATE: (_("Late"), "stopped", "■"),
}


@only(Kind.STAFF)
@require_safe
def service(request: Request) -> HttpResponse:
    """One line for each task of the beat table."""
    if not programs_of(request.user, ProgramRole.ADMINISTRATOR).exists():
        raise Http404
    seen = runs.all_seen(now=request.now, beats=pulse.beats_since)
    newest = pulse.newest()
    context = {
        "rows": [_row(one) for one in seen],
        "newest": newest,
        "well": newest is not None and all(one.state in (State.ON_TIME, State.WAITING) for one in seen),
        "lines": Line.objects.all(),
        "zone": zone_of(request.user) or "UTC",
    }
    return render(request, "facilitate/service.html", context)


def _row(one: runs.Seen) -> dict[str, object]:
    label, tone, shape = SHOWN[one.state]
    every = int(one.cadence.total_seconds() // 60)
    return {
        "name": NAMES.get(one.task, one.name), "label": label, "tone": tone, "shape": shape, "run": one.run, "every": every
    }  # fmt: skip
