"""Requests to be excused and the steps of the graduated response, in the person's own copy."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accountability.models import ExcusalAppeal, ExcusalDecision, ExcusalRequest, ResponseReply, Track
from lms.keeping.shredders import Document
from lms.keeping.telling import table
from lms.referrals.models import Referral


def requests(track: Track) -> Iterable[Document]:
    """What was asked, what was decided, what was asked once more."""
    asked = ExcusalRequest.objects.filter(check_in__track=track).select_related("check_in__track")
    yield Document(
        "requests",
        _("What you asked to be excused from"),
        table(
            asked,
            {
                _("Number"): lambda row: row.check_in.number,
                _("Reason"): "reason",
                _("Your words"): "words",
                _("Asked"): "asked_at",
                _("Answer promised by"): "answer_by",
                _("Taken back"): "withdrawn_at",
                _("Closed"): "closed_at",
            },
        ),
    )
    appeals = ExcusalAppeal.objects.filter(request__check_in__track=track).select_related("request__check_in__track")
    yield Document(
        "appeals",
        _("What you asked an administrator"),
        table(
            appeals,
            {
                _("Number"): lambda row: row.request.check_in.number,
                _("Your words"): "words",
                _("Asked"): "at",
                _("Your files were shown"): "shows_files",
            },
        ),
    )
    decided = ExcusalDecision.objects.filter(check_in__track=track).select_related("check_in__track")
    yield Document(
        "excusal-decisions",
        _("What was decided of check-ins that were not made"),
        table(
            decided,
            {
                _("Number"): lambda row: row.check_in.number,
                _("When"): "at",
                _("Excused"): "granted",
                _("Reason"): "reason",
                _("Attended"): "attended",
                _("Complied"): "complied",
                _("In words to you"): "said",
            },
        ),
    )


def steps(referral: Referral) -> Iterable[Document]:
    """What was written to the person, and what they answered."""
    yield Document(
        "steps",
        _("What was written to you when something was missed"),
        table(
            referral.response_steps.all(),
            {
                _("Step"): "kind",
                _("When"): "at",
                _("Check-ins"): lambda row: ", ".join(map(str, row.misses)),
                _("How it went"): "outcome",
                _("Skipped"): "skipped",
                _("Reason"): "reason",
                _("Words"): "words",
                _("To be answered until"): "answer_by",
            },
        ),
    )
    yield Document(
        "step-answers",
        _("What you answered"),
        table(
            ResponseReply.objects.filter(step__referral=referral).select_related("step"),
            {_("Step"): lambda row: row.step.kind, _("When"): "at", _("Your words"): "words"},
        ),
    )
