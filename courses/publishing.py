"""No road publishes a story that nobody agreed to have published, or before its author had time to stop it, nor a module
that lacks what its readers must have; and nobody publishes one that was not reviewed.

The button, a schedule, a workflow, a bulk action and a command all come through Wagtail's one action.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction

from courses import consents, quality, reviews
from courses.models import ModulePage
from courses.models.pages import ConsentMissing, NotReady
from courses.refusals import Refused
from lms import clock

_wagtails_own = PublishPageRevisionAction.check
_wagtails_own_copy = CopyPageAction.check
_wagtails_own_alias = CreatePageAliasAction.check


class NotReviewed(Refused):
    """Somebody would publish a version that was not approved."""


class StillWaiting(Refused):
    """A story would be published for the first time, and its author can still stop it, or has."""


def check(action: Any, skip_permission_checks: bool = False) -> None:
    """As Wagtail's, which raises where somebody may not; and Refused, from which nothing is exempt."""
    _wagtails_own(action, skip_permission_checks)
    if isinstance(action.object, ModulePage):
        _check_module(action)


def _check_module(action: Any) -> None:
    page = action.object
    # Wagtail asks the clock itself when it publishes; there is no view or task of ours above it to pass a moment.
    now = clock.now()
    if stories := consents.missing(page, now=now):
        raise ConsentMissing(stories, page=page)
    if problems := quality.errors(page, now=now):
        raise NotReady(problems, page=page)
    # Nobody is there when a schedule or what waited is published: that was approved before.
    if action.user and not reviews.is_reviewed(action.revision):
        raise NotReviewed(not_reviewed_words(), page=page)
    # What was let go counts as shown (reviews.first_time).
    if reviews.first_time(page, consents.unconsented(page.body)):
        raise StillWaiting(
            _("A story in it was never published before. After its approval its author has time to stop it."), page=page
        )


def stands_in_the_way(page: ModulePage, *, now: datetime) -> list[str]:
    """Why what was approved cannot be published now: one sentence each."""
    agreed = [] if not consents.missing(page, now=now) else [
        _("A story in it has no consent that holds now. Its author can give it under “My consents”.")
    ]  # fmt: skip
    return agreed + quality.errors(page, now=now)


def not_reviewed_words() -> str:
    return _(
        "It is kept as a draft. A module is published when it was reviewed: another author, a reviewer and the program "
        "approve the same version. Hand it in for review, and they are asked in turn."
    )


def check_copy(action: Any, skip_permission_checks: bool = False) -> None:
    """A copy is somebody's new draft: it is not published by being made."""
    _wagtails_own_copy(action, skip_permission_checks)
    modules = ModulePage.objects.descendant_of(action.page, inclusive=True)
    if action.user and action.keep_live and modules.exists():
        raise NotReviewed(
            _("A copy is made as a draft, and reviewed like any other. Copy it without publishing it."),
            page=action.page,
        )


def check_alias(action: Any, skip_permission_checks: bool = False) -> None:
    """An alias would be live at once, and follow its source without a review of its own."""
    _wagtails_own_alias(action, skip_permission_checks)
    if action.user and ModulePage.objects.descendant_of(action.page, inclusive=True).exists():
        raise NotReviewed(
            _("A copy is made as a draft, and reviewed like any other. Copy it without publishing it."),
            page=action.page,
        )


def guard() -> None:
    """Called by CoursesConfig.ready()."""
    PublishPageRevisionAction.check = check
    CopyPageAction.check = check_copy
    CreatePageAliasAction.check = check_alias
