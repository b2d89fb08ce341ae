"""The words for what the foundations record: cases, accounts, messages, files, the service. The apps bring their own."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lms.outbox.models import Ended, Wish
from lms.people.models import Kind
from lms.referrals import message_words
from lms.referrals.event_words import (
    Coded,
    Fact,
    Reader,
    as_in,
    coded,
    day,
    days,
    how_many,
    moment,
    named,
    plain,
    register,
    register_fields,
    size,
    yes_or_no,
)
from lms.referrals.models import LANGUAGES, CourtProfile, DeadlineMove, EndReason, ProgramRole, Route
from lms.referrals.rules.deadlines import Change
from lms.referrals.rules.policy import Phase, parse_cadence
from lms.referrals.transfers import TransferReason

# How somebody proved who they are: the ways of signing in, and what is asked again before what matters.
PROOFS = Coded({
    "password": _("password"),
    "passkey": _("passkey"),
    "mfa": _("second step"),
    "app": _("authenticator app"),
    "recovery_code": _("recovery code"),
    "code": _("code by e-mail"),
    "socialaccount": _("single sign-on"),
})  # fmt: skip
FACTORS = Coded({
    "totp": _("authenticator app"),
    "webauthn": _("passkey or security key"),
    "recovery_codes": _("recovery codes"),
})  # fmt: skip
# Said of the person, to somebody else: the page that shows them says “you”.
NUMBER_ENDED = Coded({
    Ended.TURNED_OFF: _("the person turned text messages off"),
    Ended.STOP: _("the person answered STOP"),
    Ended.CANNOT: _("a text message could not be delivered"),
})  # fmt: skip


def register_all() -> None:
    """Called when the apps are ready."""
    _of_cases()
    _of_accounts()
    _of_the_service()
    _of_upkeep()


def _of_cases() -> None:
    from lms.referrals.forms import SignInsForm

    register("referral.", to=Fact(_("to"), named), policy=Fact(_("policy version"), plain))
    register("cover.", absent=Fact(_("who is away"), named), cover=Fact(_("who covers"), named))
    register("cover.", **{"from": Fact(_("from"), moment), "until": Fact(_("until"), moment)})
    programs = {"to_program": Fact(_("to the program"), named), "from_program": Fact(_("from the program"), named)}
    register("transfer.", reason=Fact(_("reason"), coded(TransferReason.choices)), **programs)
    register("referral.", why=Fact(_("why it ended"), coded(EndReason.choices)))
    register("referral.hand_over_read", shown=Fact(_("notes shown"), how_many))
    register("referral.", agreements=Fact(_("texts accepted"), how_many))
    register(
        "referral.deadline_moved",
        change=Fact(_("what changed"), Coded(CHANGES)),
        authority=Fact(_("on whose word"), coded(DeadlineMove.AUTHORITIES)),
        days=Fact(_("days later (below zero: earlier)"), plain),
    )
    results = {"right": _("it was right, and opened the case"), "wrong": _("it did not match")}
    register("referral_code.", result=Fact(_("result"), Coded(results)))
    register(
        "sign_ins.", reason=Fact(_("reason"), as_in(SignInsForm, "reason")), shown=Fact(_("sign-ins shown"), plain)
    )
    register("file.", purpose=Fact(_("what for"), coded(PURPOSES.items())), size=Fact(_("size"), size))


def _of_accounts() -> None:
    from lms.referrals.forms import FactorsForm

    register("account.", kind=Fact(_("kind of account"), coded(Kind.choices)), method=Fact(_("by"), PROOFS))
    register("account.", factor=Fact(_("second step"), FACTORS))
    register("account.", seen=Fact(_("made sure who asked"), as_in(FactorsForm, "seen")))
    role = Fact(_("role"), coded(ProgramRole.choices))
    register("role.", role=role, program=Fact(_("program"), named))
    register("program.member_invited", role=role)
    register("court.member_invited", lead=Fact(_("court lead"), yes_or_no))
    register("number.", wish=Fact(_("wish"), coded(Wish.choices)), why=Fact(_("why"), NUMBER_ENDED))
    register_fields(
        "outbox.contactnumber", number=Fact(_("mobile number"), plain), wish=Fact(_("wish"), coded(Wish.choices))
    )
    register("message.", kind=Fact(_("what it tells"), _message))


def _of_the_service() -> None:
    formats = {"csv": _("A table (CSV)"), "jsonl": _("For checking the chain (JSON lines)")}
    register("journal.", format=Fact(_("format"), Coded(formats)), events=Fact(_("events"), plain))
    register("backup.", made_at=Fact(_("backup made at"), moment))
    register("backup.", doubted=Fact(_("messages that may have left since"), plain))
    register("keys.", to=Fact(_("newest key"), plain), waiting=Fact(_("keys to wrap"), plain))


def _of_upkeep() -> None:
    """Fields of forms that no model column names: the court's form shows its profile too."""
    register_fields("referrals.policyversion", cadence=Fact(_("cadence"), cadence))
    register_fields(
        "referrals.court",
        accepted_by=Fact(_("accepted by"), plain),
        accepted_on=Fact(_("accepted on"), day),
        hearing_lead_days=Fact(_("days before a hearing that a report is due"), plain),
        paper=Fact(_("paper"), coded(CourtProfile.PAPERS)),
        filing_copy=Fact(_("wants a filing copy without a signature field"), yes_or_no),
        holidays_text=Fact(_("holidays"), _holidays),
        tolling_allowed=Fact(_("tolling is allowed"), yes_or_no),
        max_months=Fact(_("longest track, in months"), plain),
        progress_day=Fact(_("day of the month by which a progress report is due"), plain),
        route=Fact(_("how reports reach the court"), coded(Route.choices)),
        report_address=Fact(_("e-mail address for links"), plain),
        link_days=Fact(_("days that a link works"), plain),
        webhook_url=Fact(_("address of the court’s system"), plain),
        webhook_secret_new=Fact(_("shared secret"), plain),
        filing_name=Fact(_("name of the file that is filed"), plain),
    )
    from lms.referrals.models import AgreementKind

    register_fields(
        "referrals.agreement",
        program=Fact(_("program"), named),
        kind=Fact(_("kind"), coded(AgreementKind.choices)),
        version=Fact(_("version"), plain),
        language=Fact(_("language"), coded(LANGUAGES)),
        title=Fact(_("title"), plain),
        body=Fact(_("text"), plain),
    )


CHANGES = {
    Change.LATER.value: _("there is more time"),
    Change.LIFTED.value: _("there is no day any more"),
    Change.EARLIER.value: _("there is less time"),
    Change.NAMED.value: _("there is a day now"),
}
PURPOSES = {
    "own_copy": _("the person’s own copy"),
    "court_order": _("an order of the court"),
    "commitment_evidence": _("what shows that a commitment was kept"),
    "check_in_file": _("a file with a check-in"),
    "voice_note": _("a voice note with a check-in"),
    "excusal_evidence": _("shown with a request to be excused"),
}


def cadence(value: Any, reader: Reader) -> str:
    """“week x 8, month” → “every week (8 times), every month”."""
    try:
        return ", ".join(_phase(phase) for phase in parse_cadence(str(value)))
    except ValueError:
        return str(value)


def _phase(phase: Phase) -> str:
    every = {"week": _now("every week"), "two_weeks": _now("every two weeks"), "month": _now("every month")}[
        phase.every
    ]
    if phase.count is None:
        return every
    times = ngettext("%(n)d time", "%(n)d times", phase.count) % {"n": phase.count}
    return f"{every} ({times})"


def _holidays(value: Any, reader: Reader) -> str:
    """A list of dates, or the lines of the form it came from."""
    return days(value if isinstance(value, list) else str(value).split(), reader)


def _message(value: Any, reader: Reader) -> str:
    return message_words.of_kind(str(value))
