"""What the course hears of a case, and of who works for a program."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models.signals import post_delete, post_save

from lms.people.models import User
from lms.referrals.models import ProgramMembership, Referral
from lms.referrals.signals import enrolled

if TYPE_CHECKING:
    from courses.models import CoursePage


def enroll_on_acceptance(sender: object, referral: Referral, by: User, now: datetime, **_: object) -> None:
    """Runs inside the accepting transaction: a person without a course was not enrolled."""
    from courses.actions import enrollments

    enrollments.enroll(referral=referral, by=by, now=now)


def open_to_its_program(sender: object, instance: "CoursePage", **_: object) -> None:
    from courses.actions import authoring

    authoring.open_course(course=instance)


def let_in(sender: object, instance: ProgramMembership, **_: object) -> None:
    from courses.actions import authoring

    authoring.let_in(user=instance.user, program=instance.program, role=instance.role)


def shut_out(sender: object, instance: ProgramMembership, **_: object) -> None:
    from courses.actions import authoring

    authoring.shut_out(user=instance.user, program=instance.program, role=instance.role)


def connect() -> None:
    from courses.models import CoursePage

    enrolled.connect(enroll_on_acceptance, dispatch_uid="enroll")
    post_save.connect(open_to_its_program, sender=CoursePage, dispatch_uid="open_to_its_program")
    post_save.connect(let_in, sender=ProgramMembership, dispatch_uid="let_in")
    post_delete.connect(shut_out, sender=ProgramMembership, dispatch_uid="shut_out")
