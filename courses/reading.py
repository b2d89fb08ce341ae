"""What whoever reads reflections is shown beside the words: by when, what to expect, what to look at twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from courses import shown
from courses.models import EditionModule, Reflection
from courses.rules import hints as rules
from courses.rules import readers
from courses.rules.hints import Hint, Traces
from lms.referrals.easing import easing_of
from lms.referrals.models import CourtProfile, Referral


@dataclass(frozen=True, slots=True)
class Promise:
    """An answer is promised by the end of ``day``, in the person's zone."""

    day: date
    late: bool


def promise(row: Reflection, *, now: datetime) -> Promise | None:
    """By when there is an answer; None where nothing waits. A second reader has as long again, from being asked."""
    sent = row.second_asked_at or row.submitted_at
    if sent is None or row.accepted_at or row.returned_at:
        return None
    referral, policy = row.enrollment.referral, row.enrollment.policy
    zone: ZoneInfo = referral.time_zone
    day = readers.promised_on(sent, policy.review_business_days, zone, _holidays(referral))
    return Promise(day, readers.is_late(day, zone, now))


def _holidays(referral: Referral) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(str(day)) for day in referral.court.profile.holidays)
    except CourtProfile.DoesNotExist:
        return frozenset()


def advisories(module: EditionModule, language: str) -> list[str]:
    """What the module speaks of, as its authors say it before each story: what somebody may have written about."""
    told = [block.value["advisory"] for block in shown.body(module, language) if block.block_type == "story"]
    return list(dict.fromkeys(words for words in told if words))


def hints(row: Reflection, *, now: datetime) -> tuple[Hint, ...]:
    """What there is to look at twice, for the one who reads and nobody else."""
    text = row.read()
    traces = Traces(
        alike=rules.most_alike(_sketch(row.likeness), _of_others(row)),
        saves=row.saves,
        largest=row.largest_step,
        length=len(text),
        language=row.written_in,
        language_before=_language_before(row),
    )
    return rules.hints(traces, muted=easing_of(row.enrollment.referral, now=now).muted)


def _of_others(row: Reflection) -> Iterable[bytes]:
    """What others of the program sent before, to the same prompt. Cases that are put away do not exist."""
    if not row.likeness:
        return []
    others = Reflection.objects.filter(
        block_id=row.block_id, likeness__isnull=False, submitted_at__lt=row.submitted_at,
        enrollment__edition__program=row.enrollment.edition.program_id,
        enrollment__referral__in=Referral.objects.present().order_by(),
    ).exclude(enrollment=row.enrollment_id)  # fmt: skip
    return (_sketch(one) for one in others.values_list("likeness", flat=True).iterator())


def _sketch(column: bytes | memoryview | None) -> bytes:
    """SQLite gives bytes, PostgreSQL a view of them."""
    return b"" if column is None else bytes(column)


def _language_before(row: Reflection) -> str:
    """In which language the one before was written, as far as that was plain."""
    before = Reflection.objects.filter(enrollment=row.enrollment_id, submitted_at__lt=row.submitted_at)
    found = before.exclude(written_in="").order_by("-submitted_at").values_list("written_in", flat=True).first()
    return found or ""
