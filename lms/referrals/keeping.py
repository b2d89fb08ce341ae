"""What is held about a case itself, and how it is put away and forgotten."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, PutAway, Shredder, Word
from lms.keeping.telling import facts, table, value
from lms.referrals import search
from lms.referrals.accommodation_words import KINDS
from lms.referrals.models import STATUS_LABELS, Invitation, InvitationAsked, Referral
from lms.referrals.rules.status import MOMENTS

DATA = {
    "referrals.Court": {"public": "name jurisdiction county state zone", "derived": "id"},
    "referrals.CourtProfile": {
        "identity": "accepted_by report_address",
        "security": "webhook_secret",
        "public": "accepted_on report_kinds hearing_lead_days paper filing_copy holidays tolling_allowed max_months "
        "report_language progress_day route link_days webhook_url filing_name",
        "derived": "id court",
    },
    "referrals.CourtMembership": {"derived": "id court user lead"},
    "referrals.Program": {
        "public": "name slug organization contact_name contact_phone contact_email cooling_hours",
        "derived": "id",
    },
    "referrals.ProgramMembership": {"derived": "id program user role"},
    "referrals.PolicyVersion": {
        "public": "number in_force_from track_months cadence window_days grace_days cure_days quiet_from quiet_until "
        "answer_days missed_in_row_at_risk missed_in_row_not_in_compliance missed_total_not_in_compliance "
        "required_share review_business_days return_hours excusal_ask_days appeal_days steps_lapse_after steps_begin_at started_leeway_minutes outage_minutes pass_mark "
        "attempts_before_cool_down cool_down_hours reflection_min_words reflection_reviewed most_hours_a_day "
        "hearing_lead_days progress_day_of_month early_completion early_after_share early_standing retention_years copy_needs_release referral_code_days",
        "derived": "id program",
    },
    "referrals.Agreement": {"public": "kind version language title body digest", "derived": "id program"},
    "referrals.Referral": {
        "identity": "first_name last_name birth_year email phone language zone case_number reference officer_name "
        "defense_counsel",
        "compliance": "stage ordered_on complete_by conditions received_at invited_at enrolled_at course_started_at "
        "course_completed_at track_opened_at completed_at not_completed_at referred_back_at withdrawn_at "
        "transferred_at end_reason end_reason_at sealed_at forgotten_at",
        "derived": "id program court person facilitator policy received_by",
    },
    "referrals.SearchKey": {"identity": "key", "derived": "id referral court use"},
    # It can tell of somebody's health, the dates too: nothing of it is for a court.
    "referrals.Accommodation": {
        "narrative": "kind note from_on until_on recorded_at ended_at",
        "derived": "id referral recorded_by ended_by",
    },
    "referrals.Cover": {"derived": "id program absent cover from_at until_at made_at made_by ended_at ended_by"},
    "referrals.HandOver": {"narrative": "note", "compliance": "at", "derived": "id referral from_user to_user by"},
    "referrals.TransferProposal": {
        "compliance": "reason ordered_by from_on proposed_at lapses_at confirmed_at withdrawn_at",
        "derived": "id referral to_program proposed_by confirmed_by ended_by",
    },
    "referrals.Transfer": {
        "public": "from_name to_name",
        "compliance": "number at from_on asks_agreements",
        "derived": "id referral proposal by from_program to_program from_policy to_policy",
    },
    "referrals.DeadlineMove": {
        "compliance": "number from_on to_on authority ordered_by recorded_at",
        "derived": "id referral recorded_by",
    },
    "referrals.Hearing": {"compliance": "at kind recorded_at cancelled_at", "derived": "id referral"},
    "referrals.AgreementAcceptance": {
        "compliance": "accepted_at language",
        "derived": "id referral agreement digest by",
    },
    "referrals.Invitation": {
        "identity": "email first_name last_name language",
        "security": "token_digest",
        "derived": "id kind referral court program role lead made_at made_by expires_at accepted_at replaced_at "
        "withdrawn_at renews user",
    },
    "referrals.InvitationAsked": {"security": "token_digest", "derived": "id asked_at settled_at invitation sent"},
    "referrals.ReferralCode": {
        "security": "digest",
        "derived": "id referral made_at made_by expires_at used_at replaced_at",
    },
    "referrals.Pulse": {"public": "at", "derived": "id"},
}
WORDS = {
    "referral": Word(gettext_lazy("the referral: name, numbers, addresses, the order")),
    "case_shell": Word(
        gettext_lazy("the case as an empty shell"),
        gettext_lazy("its program, its court and the moments of its status, for counting and for the register"),
    ),
    "hearings": Word(gettext_lazy("hearings")),
    "accommodations": Word(gettext_lazy("what was agreed to make it easier")),
    "deadline_moves": Word(
        gettext_lazy("how the court moved the day: who ordered it"),
        gettext_lazy("the days and on what kind of word, without a name"),
    ),
    "transfers": Word(
        gettext_lazy("that the case went to another program: who ordered it"),
        gettext_lazy("between which programs and when, without a name"),
    ),
    "hand_overs": Word(
        gettext_lazy("notes from one facilitator to the next"),
        gettext_lazy("when the case changed hands, without a word of the note"),
    ),
    "invitations": Word(gettext_lazy("invitations")),
    "codes": Word(gettext_lazy("codes on paper that lead to the invitation")),
    "acceptances": Word(
        gettext_lazy("acceptances of agreements"),
        gettext_lazy("the text’s version and digest and the moment, without a name"),
    ),
}
# For the person's own copy.
LIFE = {name: STATUS_LABELS[status] for name, status in MOMENTS} | {
    "course_completed_at": gettext_lazy("Course completed")
}
# The words of the row, and what stands in their place.
BLANK: dict[str, Any] = {
    "first_name": "", "last_name": "", "birth_year": 0, "email": "", "phone": "", "zone": "", "case_number": "",
    "reference": "", "conditions": [], "officer_name": "", "defense_counsel": "",
}  # fmt: skip
A_DATE = date(1900, 1, 1)  # where a date must stand and the true one may not


def preview(referral: Referral) -> dict[str, int]:
    return {
        "referral": 1,
        "hearings": referral.hearings.count(),
        "accommodations": referral.accommodations.count(),
        "deadline_moves": referral.deadline_moves.count(),
        "transfers": referral.transfer_proposals.count(),
        "hand_overs": referral.hand_overs.count(),
        "invitations": referral.invitations.count(),
        "codes": referral.codes.count(),
        "case_shell": 1,
        "acceptances": referral.acceptances.count(),
    }


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Who moved the court's day stands in a ledger nobody may change: it is sealed, and its key is destroyed."""
    InvitationAsked.objects.filter(Q(invitation__referral=referral) | Q(sent__referral=referral)).delete()
    referral.invitations.all().delete()
    referral.codes.all().delete()
    referral.accommodations.all().delete()
    for hearing in referral.hearings.all():
        try:
            hearing.delete()
        except ProtectedError:
            # A released report was scheduled from it.
            hearing.kind, hearing.at = "", hearing.recorded_at
            hearing.save(update_fields=["kind", "at"])
    _write(referral, BLANK | {"person": None, "facilitator": None, "complete_by": None, "ordered_on": A_DATE})
    # Both go into counts of people, which say from then on that it is not known.
    Referral.objects.filter(pk=referral.pk).update(language="en", end_reason="", end_reason_at=None)
    return []


def seal(referral: Referral, *, now: datetime) -> PutAway:
    Invitation.objects.filter(referral=referral, accepted_at=None, replaced_at=None).update(replaced_at=now)
    referral.codes.filter(used_at=None, replaced_at=None).update(replaced_at=now)
    values = {name: getattr(referral, name) for name in BLANK}
    values["hearings"] = {str(hearing.pk): hearing.kind for hearing in referral.hearings.all()}
    values["invitations"] = {str(i.pk): i.email for i in referral.invitations.all()}
    referral.hearings.update(kind="")
    referral.invitations.update(email="")
    _write(referral, BLANK)
    return PutAway(values)


def unseal(referral: Referral, values: dict[str, Any], *, now: datetime) -> list[File]:
    for pk, kind in values.pop("hearings", {}).items():
        referral.hearings.filter(pk=pk).update(kind=kind)
    for pk, email in values.pop("invitations", {}).items():
        for invitation in referral.invitations.filter(pk=pk):
            invitation.email = email
            invitation.save(update_fields=["email"])
    _write(referral, values)
    return []


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    yield from _of_the_case(referral)
    yield Document(
        "hearings",
        _("Hearings"),
        table(
            referral.hearings.all(),
            {_("When"): "at", _("Kind"): "kind", _("Recorded"): "recorded_at", _("Cancelled"): "cancelled_at"},
        ),
    )
    yield Document(
        "moved-days",
        _("How the court moved the day"),
        table(
            referral.deadline_moves.all(),
            {
                _("Number"): "number",
                _("From"): "from_on",
                _("To"): "to_on",
                _("On whose word"): "authority",
                _("Who ordered it"): "ordered_by",
                _("Recorded"): "recorded_at",
            },
        ),
    )
    yield Document(
        "transfers",
        _("When your case went to another program"),
        table(
            referral.transfer_proposals.select_related("transfer", "to_program").order_by("proposed_at"),
            {
                _("Proposed"): "proposed_at",
                _("To which program"): lambda row: row.to_program.name,
                _("Reason"): lambda row: row.get_reason_display(),
                _("Who ordered it"): "ordered_by",
                _("From which day"): "from_on",
                _("Open until"): "lapses_at",
                _("Accepted"): "confirmed_at",
                _("Withdrawn or declined"): "withdrawn_at",
                **{title: _of_the_transfer(name) for title, name in _TRANSFERRED.items()},
            },
        ),
    )
    yield Document(
        "hand-overs",
        _("When somebody else took over your case"),
        table(referral.hand_overs.all(), {_("When"): "at", _("Note to the next facilitator"): "note"}),
    )
    yield Document(
        "made-easier",
        _("What was agreed to make it easier"),
        table(
            referral.accommodations.all(),
            {
                _("What"): lambda row: KINDS.get(row.kind, row.kind),
                _("From"): "from_on",
                _("Until"): "until_on",
                _("Note"): "note",
                _("Recorded"): "recorded_at",
                _("Ended"): "ended_at",
            },
        ),
    )
    yield Document(
        "agreements",
        _("What you agreed to"),
        table(
            referral.acceptances.select_related("agreement").order_by("accepted_at"),
            {
                _("Accepted"): "accepted_at",
                _("Language"): "language",
                _("Text"): lambda row: f"{row.agreement.title}\n\n{row.agreement.body}",
                _("Version"): lambda row: row.agreement.version,
                _("Digest"): "digest",
            },
        ),
    )
    yield Document(
        "invitations",
        _("Invitations that were made for you"),
        table(
            referral.invitations.order_by("made_at"),
            {
                _("Made"): "made_at",
                _("E-mail address"): "email",
                _("Name"): lambda row: f"{row.first_name} {row.last_name}".strip(),
                _("Language"): "language",
                _("Valid until"): "expires_at",
                _("State"): "state",
            },
        ),
    )
    yield Document(
        "codes",
        _("Codes that were printed for you"),
        table(
            referral.codes.order_by("made_at"),
            {
                _("Made"): "made_at",
                _("Valid until"): "expires_at",
                _("Used"): "used_at",
                _("Replaced"): "replaced_at",
            },
        ),
    )


def _of_the_case(referral: Referral) -> Iterable[Document]:
    conditions = [
        {_("What"): f"{_('Condition as ordered')} {number}", _("Value"): condition}
        for number, condition in enumerate(referral.conditions, 1)
    ]
    said = facts(
        referral,
        {
            _("Name"): "name",
            _("Year of birth"): "birth_year",
            _("E-mail address"): "email",
            _("Telephone"): "phone",
            _("Language"): "language",
            _("Time zone"): "zone",
            _("Case number"): "case_number",
            _("Prosecutor’s reference"): "reference",
            _("Court"): "court",
            _("Program"): "program",
            _("Stage of the process"): "stage",
            _("Ordered on"): "ordered_on",
            _("Complete by"): "complete_by",
            _("Status"): "status_label",
            _("Why it ended"): "end_reason",
            _("When that was noted"): "end_reason_at",
        },
    )
    yield Document("referral", _("The referral"), said + conditions)
    yield Document(
        "case-moments",
        _("How the case went"),
        [
            {_("When"): value(at), _("What"): str(words)}
            for name, words in LIFE.items()
            if (at := getattr(referral, name))
        ],
    )


def _write(referral: Referral, values: dict[str, Any]) -> None:
    for name, held in values.items():
        setattr(referral, name, held)
    referral.save(update_fields=list(values))
    search.index([referral])


def register() -> None:
    classes.declare(DATA)
    shredders.register("referrals", Shredder(WORDS, preview, shred, seal, unseal, copy, order=100))


# Of a transfer that happened; a proposal that did not lead to one says nothing here.
_TRANSFERRED = {
    gettext_lazy("Number"): "number",
    gettext_lazy("When"): "at",
    gettext_lazy("Dates follow the other program from"): "from_on",
    gettext_lazy("Agreements were asked for again"): "asks_agreements",
}


def _of_the_transfer(name: str) -> Callable[[Any], Any]:
    return lambda proposal: getattr(getattr(proposal, "transfer", None), name, None)
