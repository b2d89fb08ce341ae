"""A module goes out of use: those who enroll after the next edition do not get it, and nobody loses anything. Or a
reviewer says that it should be taken back, which is its author's to do.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Comment, Revision

from courses.models import CoursePage, ModulePage
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import Kind, User
from lms.referrals.actions.roles import administrators_of


@transaction.atomic
def retire(*, page: ModulePage, by: User, now: datetime) -> None:
    """In every language. It stays a draft, with all its versions. Again is harmless."""
    live = list(ModulePage.objects.filter(translation_key=page.translation_key, live=True))
    for each in live:
        each.unpublish(log_action=False)
        log(instance=each, action="wagtail.unpublish", user=by, timestamp=now)
        Revision.objects.for_instance(each).update(approved_go_live_at=None)
    if live:
        journal.record("module.retired", about=None, on=page, by=by, at=now)


@transaction.atomic
def propose(*, page: ModulePage, by: User, now: datetime) -> None:
    """A reviewer thinks that a module should go: a comment for its author, and word to those who can act."""
    with translation.override(page.locale.language_code):
        said = _("A reviewer thinks that this module should be taken back. It is its author who decides.")
    Comment.objects.create(page=page, user=by, text=said, contentpath="title")
    journal.record("module.withdrawal_proposed", about=None, on=page, by=by, at=now)
    program = CoursePage.objects.ancestor_of(page).get().program
    told = Q(pk__in=administrators_of(program)) | Q(pk=page.owner_id, kind=Kind.AUTHOR)
    for user in User.objects.filter(told, is_active=True).exclude(email=None):
        outbox.post(
            key=f"page:{page.pk}:proposed:{by.pk}:{now.date()}:{user.pk}", kind="course.look_now", to=user, at=now,
            audience=program.pk, context={"path": f"/authoring/pages/{page.pk}/edit/"},
        )  # fmt: skip
