"""The cleaner's doorbell."""

import logging

from celery import shared_task

from lms.files import actions, held

log = logging.getLogger("amends.files")


@shared_task
def sweep(**_: object) -> int:
    """Take away bytes that no record speaks of, and what was held for a day (how many files), and say which records have lost theirs."""
    swept = actions.sweep()
    for pk in swept.missing:
        log.error("the bytes of file %s are missing", pk)
    if swept.removed:
        log.info("%d left-over files were removed", swept.removed)
    return swept.removed + held.sweep()
