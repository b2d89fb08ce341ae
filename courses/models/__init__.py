"""Courses: pages, bank, editions, enrollment, evidence."""

from courses.models.attempts import Attempt
from courses.models.bank import Choice, Question, Topic
from courses.models.editions import Edition, EditionModule
from courses.models.enrollment import Attestation, Enrollment, ModuleProgress, Viewing
from courses.models.evidence import ActiveTime, Evidence
from courses.models.pages import CoursePage, LibraryPage, ModulePage
from courses.models.reflections import Reflection, ReflectionReview

__all__ = [
    "ActiveTime",
    "Attempt",
    "Attestation",
    "Choice",
    "CoursePage",
    "Edition",
    "EditionModule",
    "Enrollment",
    "Evidence",
    "LibraryPage",
    "ModulePage",
    "ModuleProgress",
    "Question",
    "Reflection",
    "ReflectionReview",
    "Topic",
    "Viewing",
]
