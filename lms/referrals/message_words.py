"""What became of a message, in plain words, for those who look after it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.outbox.doubt import state_of
from lms.outbox.models import Attempt, Channel, Message

KINDS = {
    "check_in.missed": gettext_lazy("that a check-in was missed"),
    "check_in.returned": gettext_lazy("that a check-in came back with a question"),
    "check_in.help_asked": gettext_lazy("that somebody asked to be contacted"),
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
    "report.released": gettext_lazy("that a report went to the court"),
    "report.waiting": gettext_lazy("that a report waits for the court"),
    "review.nobody": gettext_lazy("that something waits for review and nobody may read it"),
    "review.waits": gettext_lazy("that something waits for review"),
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
