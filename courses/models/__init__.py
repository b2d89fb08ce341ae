"""Courses: pages, bank, editions, enrollment, evidence."""

from courses.models.attempts import Asking, Attempt
from courses.models.bank import Choice, Question, Topic
from courses.models.consent import Consent, StoryLink, TakenBack
from courses.models.editions import Correction, Edition, EditionModule, ProgramCourse
from courses.models.enrollment import Attestation, Enrollment, ModuleProgress, Viewing
from courses.models.evidence import ActiveTime, Evidence
from courses.models.identity import AuthorIdentity, IdentityOpening
from courses.models.media import CourseDocument, CoursePicture, PictureRendition
from courses.models.pages import CoursePage, LibraryPage, ModulePage
from courses.models.plan import PlanLine
from courses.models.quality import FineWord
from courses.models.recordings import CourseRecording, RecordingWords
from courses.models.reflections import Reflection, ReflectionReview
from courses.models.review import CoolingOff, Review
from courses.models.rubric import Rubric
from courses.models.translation import Translation
from courses.models.waivers import Waiver
from courses.models.words_to_authors import HiddenWords, PassedWords, WordsToAuthors

__all__ = [
    "ActiveTime",
    "Asking",
    "Attempt",
    "Attestation",
    "AuthorIdentity",
    "Choice",
    "Consent",
    "CoolingOff",
    "Correction",
    "CourseDocument",
    "CoursePage",
    "CoursePicture",
    "CourseRecording",
    "Edition",
    "EditionModule",
    "Enrollment",
    "Evidence",
    "FineWord",
    "HiddenWords",
    "IdentityOpening",
    "LibraryPage",
    "ModulePage",
    "ModuleProgress",
    "PassedWords",
    "PictureRendition",
    "PlanLine",
    "ProgramCourse",
    "Question",
    "RecordingWords",
    "Reflection",
    "ReflectionReview",
    "Review",
    "Rubric",
    "StoryLink",
    "TakenBack",
    "Topic",
    "Translation",
    "Viewing",
    "Waiver",
    "WordsToAuthors",
]
