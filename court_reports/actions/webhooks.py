"""A court's own system is called until it answered. What is owed is a row; a killed worker leaves it, and it is called
again with the same id, by which the receiver tells that it had this before (Standard Webhooks)."""

import json
import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from court_reports import standing, webhook
from court_reports.actions.deliver import note
from court_reports.models import Release, Step, Told, WebhookCall
from lms.journal import journal
from lms.referrals.models import CourtProfile, Route

log = logging.getLogger("amends.webhooks")

# After the first try, the second, … About three days, then somebody hands it over.
RETRY_AFTER = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
AT_ONCE = 50
# What stands on the ledger once the court's system took the call.
TAKEN = {Told.RELEASED: Step.SENT, Told.SUPERSEDED: Step.REPLACED, Told.REVOKED: Step.REVOKED}


def owe(*, release: Release, now: datetime, event: str = Told.RELEASED) -> WebhookCall:
    """The court's system is to be told of this report, or that it no longer stands: called by the next run."""
    due = {"made_at": now, "next_at": now}
    call, _made = WebhookCall.objects.get_or_create(release=release, event=event, defaults=due)
    return call


def call_due(*, now: datetime) -> int:
    """Call every system whose turn has come; how many answered that they took it. One that raises is logged, and the
    others are called."""
    due = WebhookCall.objects.filter(next_at__lte=now, release__in=Release.objects.present())
    due = due.order_by("next_at")[:AT_ONCE]
    taken = 0
    for pk in list(due.values_list("pk", flat=True)):
        try:
            taken += call(pk=pk, now=now)
        except Exception:
            log.exception("a call to a court’s system was put off: %s", pk)
    return taken


def call(*, pk: UUID, now: datetime) -> bool:
    """One try. It is written down before the wire: whoever is killed in between is followed by the next try."""
    row = _claim(pk, now)
    if row is None:
        return False
    profile = CourtProfile.objects.filter(court=row.release.report.referral.court_id).first()
    if profile is None or not profile.webhook_url or not profile.webhook_secret:
        answer = webhook.Answer(False, "no address", final=True)
    else:
        answer = webhook.post(
            url=profile.webhook_url, secret=webhook.unseal(profile.webhook_secret), message_id=row.message_id,
            body=body(row), now=now,
        )  # fmt: skip
    _record(row, answer, now)
    return answer.taken


def body(row: WebhookCall) -> str:
    """What a court's system is told: number, kind, digest, where to fetch it, and the id of the report that it replaces.
    Never a name, never a case number.

    The same at every try.
    """
    release = row.release
    happened = release.released_at if row.event == Told.RELEASED else row.made_at
    stands = standing.of(release)
    data = {
        "report": release.number,
        "kind": release.report.kind,
        "digest": f"sha-256:{release.file_digest}",
        "supersedes": str(stands.replaces) if stands.replaces else None,
        "url": _url(release),
    }
    if row.event == Told.SUPERSEDED and stands.by:
        data |= {"superseded_by": str(stands.by.pk), "superseded_by_number": stands.by.number}
        data |= {"superseded_by_url": _url(stands.by)}
    told = {"type": row.event, "timestamp": happened.isoformat(), "data": data}
    return json.dumps(told, separators=(",", ":"))


def _url(release: Release) -> str:
    return f"{settings.PUBLIC_URL}/api/v1/reports/{release.pk}"


@transaction.atomic
def _claim(pk: UUID, now: datetime) -> WebhookCall | None:
    """Ours, if nobody was faster: the next try stands before this one begins."""
    row = WebhookCall.objects.select_related("release__report__referral__court").get(pk=pk)
    wait = RETRY_AFTER[min(row.tries, len(RETRY_AFTER) - 1)]
    mine = WebhookCall.objects.filter(pk=pk, tries=row.tries, next_at__lte=now)
    if not mine.update(tries=row.tries + 1, tried_at=now, next_at=now + wait):
        return None
    row.tries += 1
    return row


@transaction.atomic
def _record(row: WebhookCall, answer: webhook.Answer, now: datetime) -> None:
    open_row = WebhookCall.objects.filter(pk=row.pk, taken_at=None, gave_up_at=None)
    report, host = row.release.report, webhook.host_of(row.release.report.referral.court)
    if answer.taken:
        if open_row.update(taken_at=now, next_at=None, answer=answer.word):
            note(row.release, TAKEN[Told(row.event)], now, recipient=host, how=Route.WEBHOOK)
            journal.record("report.webhook_taken", about=report.referral_id, on=report, by=None, at=now)
    elif answer.final or row.tries > len(RETRY_AFTER):
        if open_row.update(gave_up_at=now, next_at=None, answer=answer.word):
            note(row.release, Step.NOT_TAKEN, now, recipient=host, how=Route.WEBHOOK)
            journal.record("report.webhook_given_up", about=report.referral_id, on=report, by=None, at=now)
            log.error("a court’s system did not take report %s: %s", row.release.number, answer.word)
    else:
        open_row.update(answer=answer.word)
