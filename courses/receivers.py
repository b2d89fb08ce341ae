"""What the course hears of a case, and of who works for a program."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models.signals import post_delete, post_save, pre_save

from lms import clock
from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import ProgramMembership, Referral
from lms.referrals.signals import enrolled

if TYPE_CHECKING:
    from wagtail.models import PageLogEntry, Revision, TaskState, UploadedFile

    from courses.models import CourseDocument, CoursePage, CoursePicture, ModulePage

    Media = CoursePicture | CourseDocument


def enroll_on_acceptance(
    sender: object, referral: Referral, by: User, now: datetime, reads: str = "", instead: str = "", **_: object
) -> None:
    """Runs inside the accepting transaction: a person without a course was not enrolled."""
    from courses.actions import enrollments

    enrollments.enroll(referral=referral, reads=reads, instead=instead, by=by, now=now)


def open_to_its_program(sender: object, instance: "CoursePage", **_: object) -> None:
    from courses.actions import authoring

    authoring.open_course(course=instance)


def let_in(sender: object, instance: ProgramMembership, **_: object) -> None:
    from courses.actions import authoring

    authoring.let_in(user=instance.user, program=instance.program, role=instance.role)


def shut_out(sender: object, instance: ProgramMembership, **_: object) -> None:
    from courses.actions import authoring

    authoring.shut_out(user=instance.user, program=instance.program, role=instance.role)


def clean_what_waits(sender: object, instance: "UploadedFile", **_: object) -> None:
    """Wagtail puts an upload aside, as it came, when another field of its form is wrong."""
    from courses.models.media import CoursePicture, cleaned
    from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE

    if instance.file and not instance.file._committed:
        rules = COURSE_PICTURE if instance.for_content_type.model_class() is CoursePicture else COURSE_DOCUMENT
        instance.file = cleaned(instance.file.file, rules=rules, name=instance.file.name)


# Wagtail's own history of pages → the kinds of our journal. A saved draft is no event; what anyone is shown is.
PAGE_EVENTS = {
    "wagtail.create": "page.created",
    "wagtail.copy": "page.copied",
    "wagtail.delete": "page.deleted",
    "wagtail.move": "page.moved",
    "wagtail.reorder": "page.moved",
    "wagtail.publish": "page.published",
    "wagtail.unpublish": "page.unpublished",
    "wagtail.revert": "page.reverted",
    "wagtail.publish.schedule": "page.scheduled",
    "wagtail.schedule.cancel": "page.unscheduled",
    "wagtail.publish.scheduled": "page.published",
    "wagtail.unpublish.scheduled": "page.unpublished",
    "wagtail.lock": "page.locked",
    "wagtail.unlock": "page.unlocked",
    "wagtail.workflow.start": "page.handed_in",
    "wagtail.workflow.approve": "page.approved",
    "wagtail.workflow.reject": "page.returned",
    "wagtail.workflow.cancel": "page.taken_back",
}


MEDIA = {"courses.CoursePicture": "picture", "courses.CourseDocument": "document"}


def record_page_event(sender: object, instance: "PageLogEntry", created: bool, **_: object) -> None:
    """What happens to pages in Wagtail stands in the journal as well: who, which page, no title."""
    from wagtail.models import Page

    kind = PAGE_EVENTS.get(instance.action)
    if created and kind:
        journal.record(kind, about=None, on=Page(pk=instance.page_id), by=instance.user, at=instance.timestamp)


def record_media_saved(
    sender: "type[Media]", instance: "Media", created: bool, update_fields: object = None, **_: object
) -> None:
    """By whichever door: Wagtail logs those of its forms, and not those of its uploads."""
    if update_fields is None:  # else Wagtail has looked how large its file is
        _record_media(instance, "added" if created else "changed")


def record_media_deleted(sender: "type[Media]", instance: "Media", **_: object) -> None:
    _record_media(instance, "deleted")


def _record_media(instance: "Media", verb: str) -> None:
    """Who, and which one; never what it is called."""
    from wagtail.log_actions import get_active_log_context

    by = get_active_log_context().user
    journal.record(f"{MEDIA[instance._meta.label]}.{verb}", about=None, on=instance, by=by, at=clock.now())


def tell_translators(sender: object, instance: "CoursePage | ModulePage", revision: "Revision", **_: object) -> None:
    """By whichever road the source was published."""
    from courses.actions import translations

    translations.tell(page=instance, revision=revision, now=clock.now())


def tell_who_reads(sender: object, instance: "TaskState", **_: object) -> None:
    """A step of the review begins, by whichever road."""
    from courses.actions import reviews

    reviews.tell(states=[instance], now=clock.now())


def connect() -> None:
    from wagtail.models import PageLogEntry, TaskState, UploadedFile
    from wagtail.signals import page_published, task_submitted

    from courses.models import CourseDocument, CoursePage, CoursePicture, ModulePage

    enrolled.connect(enroll_on_acceptance, dispatch_uid="enroll")
    pre_save.connect(clean_what_waits, sender=UploadedFile, dispatch_uid="clean_what_waits")
    post_save.connect(open_to_its_program, sender=CoursePage, dispatch_uid="open_to_its_program")
    post_save.connect(let_in, sender=ProgramMembership, dispatch_uid="let_in")
    post_save.connect(record_page_event, sender=PageLogEntry, dispatch_uid="record_page_event")
    for model in (CoursePage, ModulePage):
        page_published.connect(tell_translators, sender=model, dispatch_uid=f"tell_translators_of_{model.__name__}")
    task_submitted.connect(tell_who_reads, sender=TaskState, dispatch_uid="tell_who_reads")
    for media in (CoursePicture, CourseDocument):
        post_save.connect(record_media_saved, sender=media, dispatch_uid=f"record_{media.__name__}_saved")
        post_delete.connect(record_media_deleted, sender=media, dispatch_uid=f"record_{media.__name__}_deleted")
    post_delete.connect(shut_out, sender=ProgramMembership, dispatch_uid="shut_out")
