"""What became of a message, in plain words, for those who look after it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.outbox.doubt import state_of
from lms.outbox.models import Attempt, Channel, Message

KINDS = {
    "check_in.missed": gettext_lazy("that a check-in was missed"),
    "check_in.returned": gettext_lazy("that a check-in came back with a question"),
    "check_in.help_asked": gettext_lazy("that somebody asked to be contacted"),
    "circle.cancelled": gettext_lazy("that a meeting does not take place"),
    "circle.handed_over": gettext_lazy("that a circle is theirs to lead now"),
    "circle.invitation": gettext_lazy("when a meeting is"),
    "circle.minutes_due": gettext_lazy("that minutes of a meeting are to be written"),
    "circle.tomorrow": gettext_lazy("that a meeting is tomorrow"),
    "commitment.due_soon": gettext_lazy("that the date of a commitment comes near"),
    "commitment.due_today": gettext_lazy("that a commitment is due today"),
    "commitment.overdue": gettext_lazy("that the date of a commitment has passed"),
    "commitment.returned": gettext_lazy("that what was sent for a commitment came back with a note"),
    "commitment.to_agree": gettext_lazy("that a commitment waits to be read and agreed to"),
    "provider.question": gettext_lazy("the link for a provider to confirm something"),
    "cover.arranged": gettext_lazy("that a colleague will be away"),
    "excusal.asked": gettext_lazy("that somebody asked to be excused"),
    "excusal.appealed": gettext_lazy("that an appeal waits"),
    "excusal.decided": gettext_lazy("that a request was decided"),
    "response.taken": gettext_lazy("that the facilitator wrote"),
    "response.answered": gettext_lazy("that somebody answered a step"),
    "program.waits": gettext_lazy("that something waits too long"),
    "referral.handed_over": gettext_lazy("that there is another facilitator"),
    "transfer.answered": gettext_lazy("that another program answered about a transfer"),
    "transfer.done": gettext_lazy("that the case is with another program now"),
    "transfer.not_done": gettext_lazy("that the case stays with its program"),
    "transfer.proposed": gettext_lazy("that the case may go to another program"),
    "transfer.waiting": gettext_lazy("that a transfer waits for an answer"),
    "consent.done": gettext_lazy("that what an author asked for is done"),
    "consent.ended": gettext_lazy("that a consent has ended"),
    "consent.ends_soon": gettext_lazy("that a consent ends soon"),
    "consent.link": gettext_lazy("the link that an author asked for"),
    "court.member_joined": gettext_lazy("that an account was opened"),
    "course.completed": gettext_lazy("that the course is complete"),
    "course.deadline_near": gettext_lazy("that the day the court named comes near"),
    "course.language_stopped": gettext_lazy("that a language of the course lags behind"),
    "course.look_now": gettext_lazy("that something of the course needs a look now"),
    "course.part_gone": gettext_lazy("that a part of the course is no longer shown"),
    "course.reflection_returned": gettext_lazy("that a reflection came back with a note"),
    "course.translation_waits": gettext_lazy("that a translation waits"),
    "referral.deadline_moved": gettext_lazy("that the court moved the day of a case"),
    "referral.less_time": gettext_lazy("that the court wants it done earlier, or named a day"),
    "referral.more_time": gettext_lazy("that the court gave more time"),
    "referral.invitation": gettext_lazy("the invitation"),
    "report.draft_to_answer": gettext_lazy("that a notice can be answered before it goes"),
    "report.link": gettext_lazy("the link by which a court opens a report"),
    "report.released": gettext_lazy("that a report went to the court"),
    "register.confirm": gettext_lazy("the question whether the register’s marks are wanted"),
    "register.head": gettext_lazy("the register’s mark of the day"),
    "report.replaced": gettext_lazy("that a report was replaced by a later one"),
    "report.mailbox_replaced": gettext_lazy("that a report that went to a mailbox was replaced by a later one"),
    "report.mailbox_revoked": gettext_lazy("that a report that went to a mailbox was revoked"),
    "report.revoked": gettext_lazy("that a report was revoked"),
    "report.revocation_waiting": gettext_lazy("that a proposal waits for a second person"),
    "report.waiting": gettext_lazy("that a report waits for the court"),
    "review.nobody": gettext_lazy("that something waits for review and nobody may read it"),
    "review.waits": gettext_lazy("that something waits for review"),
    "track.ended_early": gettext_lazy("that the track is completed early"),
    "track.moved": gettext_lazy("that the dates of the check-ins changed"),
    "story.held": gettext_lazy("that something that was approved could not be published"),
    "story.waits": gettext_lazy("that something of an author’s is about to be published"),
    "staff.invitation": gettext_lazy("an invitation to work here"),
}
REMINDER = gettext_lazy("a reminder of a check-in")
SOMETHING = gettext_lazy("that something waits")

ATTEMPTS = {
    "": gettext_lazy("It is being sent."),
    "sent": gettext_lazy("It was handed over."),
    "refused": gettext_lazy("It was not taken: the address or number may be wrong."),
    "no address": gettext_lazy("There was no address: the account is closed or has none."),
    "not sent": gettext_lazy("The server said “not now”. It did not leave."),
    "no answer": gettext_lazy("The server did not answer. It did not leave."),
    "failed": gettext_lazy("It could not be put together. Tell whoever runs this service."),
    "uncertain": gettext_lazy("We were cut off while sending it, so it may or may not be there."),
    "cut off": gettext_lazy("We were cut off while sending it, so it may or may not be there."),
    "not there": gettext_lazy("We were cut off, asked the provider later, and it had never come there."),
}


def what(message: Message) -> str:
    """What the message tells, without telling it."""
    return of_kind(message.kind)


def of_kind(kind: str) -> str:
    """What messages of a kind tell."""
    if kind in KINDS:
        return str(KINDS[kind])
    return str(REMINDER if kind.startswith("check_in.") else SOMETHING)


def why(message: Message) -> str:
    """Why it waits for somebody."""
    state, sms = state_of(message), message.channel == Channel.SMS
    if state == "uncertain":
        return str(ATTEMPTS["uncertain"])
    if state == "failing":
        return _("It has failed several times. We go on trying.")
    if sms and message.sent_at:
        return _("The provider took the text message, and could not deliver it to the telephone.")
    if sms:
        return _("The provider did not take the text message: the number may be wrong.")
    return _("The mail server did not take it: the address may be wrong.")


def tried(attempt: Attempt) -> str:
    """What came of one attempt, and what we heard of it later."""
    words = str(ATTEMPTS.get(attempt.result, attempt.result))
    if attempt.delivered_at:
        return words + " " + _("It reached the telephone.")
    if attempt.undelivered_at:
        return words + " " + _("It did not reach the telephone.")
    return words
