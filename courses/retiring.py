"""What anyone was shown is evidence: it is retired or taken back, never deleted, by whichever of Wagtail's roads.

A page that nobody was shown is deleted like any other.
"""

from typing import Any

from django.db.models import Model
from django.db.models.signals import pre_delete, pre_save
from django.utils.translation import gettext as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, Revision

from courses import access
from courses.models import (
    Correction,
    CourseDocument,
    CoursePage,
    CoursePicture,
    CourseRecording,
    Edition,
    EditionModule,
    ModulePage,
)
from courses.refusals import Refused

_wagtails = {
    DeletePageAction: DeletePageAction.check,
    MovePageAction: MovePageAction.check,
    UnpublishPageAction: UnpublishPageAction.check,
}


class WasShown(Refused):
    """It stands in an edition, so somebody may have been shown it."""


def was_shown(page: Page) -> bool:
    """Whether this page, or one below it, stands in an edition, in whatever language."""
    modules = ModulePage.objects.descendant_of(page, inclusive=True).values("translation_key")
    courses = CoursePage.objects.descendant_of(page, inclusive=True).values("translation_key")
    return (
        EditionModule.objects.filter(page_key__in=modules).exists()
        or Edition.objects.filter(course_key__in=courses).exists()
    )


def refuse_to_delete(page: Page) -> None:
    """Raises WasShown."""
    if was_shown(page):
        raise WasShown(
            _(
                "Somebody may have been shown this, so it cannot be deleted. Retire it: whoever enrolls after the next "
                "edition does not get it. If nobody may read it any more, take the module back. Nothing was changed."
            ),
            page=page,
        )


def media_was_shown(media: Model) -> bool:
    """Whether a version holds this picture, handout or recording which anyone may have been shown."""
    shown = [
        *EditionModule.objects.values_list("revision_en", "revision_es"),
        *Correction.objects.values_list("before_en", "before_es"),
    ]
    revisions = Revision.objects.filter(pk__in={pk for pair in shown for pk in pair if pk})
    return str(media.pk) in access.media_in(revisions, type(media))


def refuse_to_delete_media(media: Model) -> None:
    """Raises WasShown."""
    if media_was_shown(media):
        raise WasShown(
            _(
                "A module that somebody may have been shown holds this, so it cannot be deleted. If nobody may see it any "
                "more, take the story or the module back. Nothing was changed."
            ),
            page=media,
        )


def another_file_words() -> str:
    return _(
        "A module that somebody may have been shown holds this file, so it stays as it is. Its title may be changed. Add "
        "the other file as a new one, and choose that in the module."
    )


def keep_the_file(sender: type[Model], instance: Any, **_: object) -> None:
    """What was shown under this number stays what it was, by whichever road: form, code, command. Raises WasShown."""
    if instance.pk and instance.file and not instance.file._committed and media_was_shown(instance):
        raise WasShown(another_file_words(), page=instance)


def keep_what_was_shown(sender: type[Model], instance: Any, **_: object) -> None:
    """By whichever road: button, many at once, code. What is taken back is shown nowhere (courses.actions.media)."""
    if not getattr(instance, "is_taken_back", False):
        refuse_to_delete_media(instance)


def refuse_to_move(page: Page, parent: Page) -> None:
    """Within its course a module may be moved. Raises WasShown."""
    if page.get_parent() != parent and was_shown(page):
        raise WasShown(
            _(
                "Somebody may have been shown this as a part of its course, so it stays there. You can copy it into "
                "another course, as a draft. Nothing was changed."
            ),
            page=page,
        )


def refuse_to_unpublish(page: Page) -> None:
    """Raises WasShown."""
    if not was_shown(page):
        return
    if isinstance(page.specific, ModulePage):
        words = _(
            "Unpublishing takes nothing away from anyone who was given this module. Retire it, if new people should not "
            "get it; or take it back, if nobody may read it any more. Nothing was changed."
        )
    else:
        words = _(
            "Unpublishing a course stops nobody who takes it, and hides it from nobody. Retire its modules, or take "
            "them back. Nothing was changed."
        )
    raise WasShown(words, page=page)


def _check_delete(action: Any, skip_permission_checks: bool = False) -> None:
    _wagtails[DeletePageAction](action, skip_permission_checks)
    refuse_to_delete(action.page)


def _check_move(action: Any, parent_after: Page, skip_permission_checks: bool = False) -> None:
    _wagtails[MovePageAction](action, parent_after, skip_permission_checks)
    refuse_to_move(action.page, parent_after)


def _check_unpublish(action: Any, skip_permission_checks: bool = False) -> None:
    """A schedule, retiring and taking back have nobody who presses Wagtail's own button."""
    _wagtails[UnpublishPageAction](action, skip_permission_checks)
    if action.user:
        refuse_to_unpublish(action.object)


def guard() -> None:
    """Called by CoursesConfig.ready()."""
    DeletePageAction.check = _check_delete
    MovePageAction.check = _check_move
    UnpublishPageAction.check = _check_unpublish
    for media in (CoursePicture, CourseDocument, CourseRecording):
        pre_delete.connect(keep_what_was_shown, sender=media, dispatch_uid=f"keep_shown_{media.__name__}")
    for kept in (CoursePicture, CourseDocument):  # a recording's file is chosen once
        pre_save.connect(keep_the_file, sender=kept, dispatch_uid=f"keep_file_{kept.__name__}")
