"""The register's own watch, once a day: it holds, or administrators and auditors are told."""

import logging
from datetime import datetime

from django.db import transaction

from court_reports import register
from court_reports.models import RegisterVerification
from lms.referrals.actions import audit

log = logging.getLogger("amends.register")


@transaction.atomic
def verify_nightly(*, now: datetime) -> RegisterVerification | None:
    """Verify the register; None when it was done lately. Of the newest lines facts and files are opened too."""
    if RegisterVerification.objects.filter(at__gt=now - audit.VERIFIED_EVERY, at__lte=now).exists():
        return None
    row, broken = register.verify_and_note(now=now)
    for place in broken:
        log.error("the register does not hold: %s", place)
    if broken:
        audit.alarm("register.broken", now=now)
    return row
