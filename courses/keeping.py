"""What the course holds about one case, and how it is forgotten."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from courses.actions.words_to_authors import erase
from courses.credited import seconds_by
from courses.journal_words import ATTESTED
from courses.labels import REASONS, REQUIREMENTS, waived
from courses.models import (
    ActiveTime,
    Attempt,
    Attestation,
    Enrollment,
    Evidence,
    ModuleProgress,
    PlanLine,
    Reflection,
    ReflectionReview,
    Viewing,
    WordsToAuthors,
)
from courses.models.waivers import WaiverReason
from courses.reading_words import ANSWERS
from courses.rules.words_to_authors import State
from lms import crypto
from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, PutAway, Shredder, Word, Words
from lms.keeping.telling import facts, table, value
from lms.referrals.event_words import Coded, Reader
from lms.referrals.journal_words import PROOFS
from lms.referrals.models import Referral

DATA = {
    "courses.LibraryPage": {"derived": "page_ptr"},
    "courses.CoursePage": {"public": "introduction", "derived": "page_ptr program"},
    # Words of survivors: shown to learners, and taken back when their author says so.
    "courses.ModulePage": {"narrative": "body", "public": "summary goals minimum_minutes", "derived": "page_ptr"},
    "courses.CoursePicture": {
        "narrative": "title file description",
        "derived": "id key collection width height created_at uploaded_by_user focal_point_x focal_point_y "
        "focal_point_width focal_point_height file_size file_hash tags",
    },
    "courses.PictureRendition": {
        "narrative": "file",
        "derived": "id key filter_spec width height focal_point_key image",
    },
    "courses.CourseDocument": {
        "narrative": "title file",
        "derived": "id key collection created_at uploaded_by_user file_size file_hash tags",
    },
    "courses.CourseRecording": {
        "narrative": "title",
        "derived": "id key kind milliseconds file sound collection created_at uploaded_by_user",
    },
    "courses.RecordingWords": {"narrative": "captions transcript", "derived": "id recording language"},
    "courses.Topic": {"public": "slug title", "derived": "id program"},
    "courses.Question": {
        "public": "kind difficulty prompt_en prompt_es explanation_en explanation_es active",
        "security": "accepted_en accepted_es accents number tolerance",
        "derived": "id topic key",
    },
    "courses.Choice": {
        "public": "text_en text_es partner_en partner_es",
        "security": "correct",
        "derived": "id sort_order question key",
    },
    "courses.Edition": {"public": "number title_en title_es published_at", "derived": "id program course_key"},
    "courses.EditionModule": {
        "public": "position title_en title_es minimum_seconds withdrawn_at",
        "derived": "id edition page_key revision_en revision_es digest_en digest_es steps asks behind waivers",
    },
    "courses.ProgramCourse": {"public": "chosen_at", "derived": "id program course_key"},
    "courses.Correction": {"public": "at", "derived": "id module before_en before_es digest_en digest_es"},
    "courses.Review": {"derived": "task_ptr role"},
    "courses.CoolingOff": {
        "public": "began_at ends_at stopped_at overtaken_at let_go_at held_at tries try_at",
        "derived": "id program page revision stories language",
    },
    "courses.Translation": {"public": "language saved_at", "derived": "id page_key revision made_from"},
    # A byline is what anyone may read, until she takes it back: sealed, so that the ledger need not be changed then.
    "courses.Consent": {
        "public": "act languages starts_at ends_at paid text_version text_language at",
        "identity": "byline",
        "derived": "id story number program page_key author media text_digest backup_days",
    },
    "courses.TakenBack": {
        "public": "at keep_until words_gone_at destroyed_at put_back_at finished_at looked_at still_there done",
        "narrative": "kept",
        "derived": "id consent files found",
    },
    "courses.AuthorIdentity": {
        "identity": "legal_name contact payment",
        "public": "saved_at erased_at",
        "derived": "id user",
    },
    "courses.IdentityOpening": {"public": "purpose at", "derived": "id identity by"},
    "courses.FineWord": {"public": "at", "derived": "id page_key block digest"},
    "courses.StoryLink": {"security": "made_at revoked_at", "derived": "id story"},
    "courses.Enrollment": {
        "compliance": "enrolled_at language started_at completed_at credited_until one_page",
        "security": "page_secret",
        # The clock: what it gave stands in ActiveTime.
        "derived": "id referral edition policy page_now beats beat_at day_ends_at day_seconds owed_seconds",
    },
    "courses.ModuleProgress": {
        "compliance": "opened_at completed_at seen step block_id",
        "derived": "id enrollment module",
    },
    "courses.Viewing": {
        "compliance": "opened_at last_beat_at turned_at",
        "derived": "id enrollment module step sequence digest block_id",
    },
    "courses.Attestation": {"compliance": "kind made_at", "derived": "id enrollment module"},
    "courses.Attempt": {
        "compliance": "number started_at questions answers picked graded_at score passed",
        "derived": "id enrollment module block_id",
    },
    "courses.Asking": {"compliance": "turn right", "derived": "id attempt question"},
    "courses.Evidence": {"compliance": "kind at data", "derived": "id enrollment module block_id digest"},
    "courses.ActiveTime": {
        "compliance": "since until seconds step",
        "derived": "id enrollment module block_id digest",
    },
    "courses.Reflection": {
        # The last five are hints for whoever reads it (rules.hints), made of what somebody wrote and of how it came.
        "narrative": "draft text kept_length saves largest_step likeness written_in",
        "compliance": "draft_saved_at words language submitted_at accepted_at returned_at second_asked_at",
        "derived": "id enrollment module block_id second_asked_by",
    },
    "courses.Rubric": {"public": "questions saved_at", "derived": "id program saved_by"},
    "courses.Waiver": {
        "compliance": "requirement reason proposed_at lapses_at confirmed_at withdrawn_at",
        "derived": "id enrollment module block_id proposed_by confirmed_by",
    },
    "courses.PlanLine": {"narrative": "words", "compliance": "written_at", "derived": "id enrollment module block_id"},
    # The moments are told to no court: they are the person's, as the words are.
    "courses.WordsToAuthors": {
        "narrative": "draft text",
        "compliance": "draft_saved_at language sent_at decided_at reason handled_at",
        "derived": "id enrollment version passed",
    },
    "courses.PassedWords": {"narrative": "text", "derived": "id course_key language let_out"},
    "courses.HiddenWords": {"derived": "id user words"},
    "courses.ReflectionReview": {"narrative": "note rubric", "compliance": "at outcome", "derived": "id reflection by"},
}
PROOF = gettext_lazy("moments and digests alone, which prove the hours and the course")
WORDS = {
    "reflections": Word(gettext_lazy("reflections")),
    "reflection_notes": Word(gettext_lazy("notes on reflections")),
    "plan": Word(gettext_lazy("lines of the plan")),
    "words_to_authors": Word(gettext_lazy("words for the authors")),
    "attempts": Word(gettext_lazy("answers to knowledge checks")),
    "progress": Word(gettext_lazy("places in the course")),
    "evidence": Word(gettext_lazy("evidence of the course"), PROOF),
}

# For the person's own copy.
EVIDENCE = {
    "module_opened": gettext_lazy("You opened a module"),
    "page_read": gettext_lazy("You read a page"),
    "attested": gettext_lazy("You confirmed that it is you, and your own work"),
    "scenario_chosen": gettext_lazy("You chose in a scenario"),
    "video_interval": gettext_lazy("You watched or heard part of a recording"),
    "transcript_opened": gettext_lazy("You opened the words of a recording"),
    "attempt_started": gettext_lazy("You began a knowledge check"),
    "attempt_graded": gettext_lazy("You handed in a knowledge check"),
    "reflection_submitted": gettext_lazy("You sent a reflection"),
    "reflection_accepted": gettext_lazy("A reflection was accepted"),
    "reflection_returned": gettext_lazy("A reflection came back with a note"),
    "module_completed": gettext_lazy("You completed a module"),
    "course_completed": gettext_lazy("You completed the course"),
    "waived": gettext_lazy("Something was waived: it is not asked of you any more"),
}
DETAILS: dict[str, tuple[Words, Callable[[Any], str]]] = {
    "step": (gettext_lazy("page"), value),
    "number": (gettext_lazy("attempt"), value),
    "choice": (gettext_lazy("choice"), value),
    "since": (gettext_lazy("from second"), value),
    "until": (gettext_lazy("until second"), value),
    "of": (gettext_lazy("seconds in all"), value),
    "needs": (gettext_lazy("seconds to read it"), value),
    "recording": (gettext_lazy("number of the recording"), value),
    "words": (gettext_lazy("number of words"), value),
    "score": (gettext_lazy("score"), lambda share: f"{float(share):.0%}"),
    "passed": (gettext_lazy("passed"), value),
    "kind": (gettext_lazy("before what"), lambda code: _coded(ATTESTED, code)),
    "proved_by": (gettext_lazy("proved by"), lambda code: _coded(PROOFS, code)),
    "proved_at": (gettext_lazy("proved at"), value),
    "met_at": (gettext_lazy("everything was met since"), value),
    "requirement": (gettext_lazy("what"), lambda code: str(REQUIREMENTS.get(code, code))),
    "reason": (gettext_lazy("reason"), lambda code: str(dict(WaiverReason.choices).get(code, code))),
}
OUTCOMES = {
    ReflectionReview.ACCEPTED: gettext_lazy("Accepted"),
    ReflectionReview.RETURNED: gettext_lazy("Returned"),
    ReflectionReview.SECOND: gettext_lazy("A second reader was asked"),
}


def preview(referral: Referral) -> dict[str, int]:
    return {
        "reflections": Reflection.objects.filter(enrollment__referral=referral).count(),
        "reflection_notes": ReflectionReview.objects.filter(
            reflection__enrollment__referral=referral, note__isnull=False
        ).count(),
        "plan": PlanLine.objects.filter(enrollment__referral=referral).count(),
        "words_to_authors": _words(referral).count(),
        "attempts": Attempt.objects.filter(enrollment__referral=referral).count(),
        "progress": sum(
            rows.objects.filter(enrollment__referral=referral).count() for rows in (ModuleProgress, Viewing)
        ),
        "evidence": sum(
            rows.objects.filter(enrollment__referral=referral).count() for rows in (Evidence, ActiveTime, Attestation)
        ),
    }


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Notes of reviews stand in a ledger nobody may change: they are sealed, and their key is destroyed."""
    for rows in (Attempt, ModuleProgress, PlanLine, Viewing):
        rows.objects.filter(enrollment__referral=referral).delete()
    for row in _words(referral):
        erase(row, now=now)
    reflections = Reflection.objects.filter(enrollment__referral=referral)
    reflections.update(
        draft=None, text=None, words=0, language="en", draft_saved_at=None, kept_length=0, saves=0, largest_step=0,
        likeness=None, written_in="",
    )  # fmt: skip
    return []


def seal(referral: Referral, *, now: datetime) -> PutAway:
    """What was passed on lies under keys of its own: they go into escrow with the person's."""
    for pk in _passed(referral):
        crypto.seal_subject(pk, now=now)
    return PutAway()


def unseal(referral: Referral, values: dict[str, Any], *, now: datetime) -> list[File]:
    for pk in _passed(referral):
        crypto.unseal_subject(pk)
    return []


def _words(referral: Referral) -> QuerySet[WordsToAuthors]:
    return WordsToAuthors.objects.filter(enrollment__referral=referral).select_related("enrollment", "passed")


def _passed(referral: Referral) -> Iterable[UUID]:
    return _words(referral).exclude(passed=None).values_list("passed", flat=True)


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    enrollment = Enrollment.objects.filter(referral=referral).select_related("edition").first()
    if enrollment is None:
        return
    yield from _of_the_course(enrollment)
    yield from _of_reflections(enrollment)
    yield from _of_knowledge_checks(enrollment)
    yield _of_waivers(enrollment)
    yield _of_the_plan(enrollment)
    yield _of_words_to_authors(referral)


def _of_the_course(enrollment: Enrollment) -> Iterable[Document]:
    yield Document(
        "course-enrollment",
        _("Your enrollment in the course"),
        facts(
            enrollment,
            {
                _("Edition"): "edition",
                _("Enrolled"): "enrolled_at",
                _("Taken in one language only"): "language",
                _("Each module on one page"): "one_page",
                _("Begun"): "started_at",
                _("Time counted until"): "credited_until",
                _("Completed"): "completed_at",
            },
        ),
    )
    seconds = seconds_by("module", enrollment.active_time.all())
    yield Document(
        "course",
        _("The course"),
        table(
            enrollment.progress.select_related("module").order_by("module__position"),
            {
                _("Module"): _module,
                _("Opened"): "opened_at",
                _("Completed"): "completed_at",
                _("Pages read"): lambda row: ", ".join(str(step) for step in row.seen),
                _("Last page"): "step",
                _("Last place on it"): "block_id",
                _("Minutes credited"): lambda row: seconds.get(row.module_id, 0) // 60,
            },
        ),
    )
    yield Document(
        "course-time",
        _("Time that was credited to you"),
        table(
            enrollment.active_time.select_related("module").order_by("since"),
            {
                _("Module"): _module,
                _("Page"): "step",
                _("From"): "since",
                _("Until"): "until",
                _("Seconds"): lambda row: int(row.seconds),
            },
        ),
    )
    yield Document(
        "course-pages",
        _("Pages you opened lately"),
        table(
            enrollment.viewings.select_related("module").order_by("opened_at"),
            {
                _("Module"): _module,
                _("Page"): "step",
                _("Opened"): "opened_at",
                _("Last seen"): "last_beat_at",
                _("Turned"): "turned_at",
            },
        ),
    )
    yield Document(
        "course-evidence",
        _("What was noted of the course"),
        table(
            enrollment.evidence.select_related("module"),
            {
                _("When"): "at",
                _("Module"): lambda row: _module(row) if row.module else "",
                _("What"): lambda row: EVIDENCE.get(row.kind, row.kind),
                _("Details"): lambda row: "; ".join(_details(row.data)),
            },
        ),
    )
    yield Document(
        "attestations",
        _("That you confirmed it is you, and your own work"),
        table(
            enrollment.attestations.select_related("module"),
            {_("When"): "made_at", _("Module"): _module, _("Before what"): lambda row: _coded(ATTESTED, row.kind)},
        ),
    )


def _of_reflections(enrollment: Enrollment) -> Iterable[Document]:
    rows = enrollment.reflections.select_related("module", "enrollment").order_by("module__position")
    yield Document(
        "reflections",
        _("Your reflections"),
        table(
            rows,
            {
                _("Module"): _module,
                _("Sent"): lambda row: row.submitted_at or _("not sent"),
                _("Your words"): lambda row: row.read(),
                _("Number of words"): "words",
                _("Language"): "language",
                _("Draft kept"): "draft_saved_at",
                _("Your draft"): lambda row: row.read_draft() if row.draft is not None else "",
                _("Accepted"): "accepted_at",
                _("Returned"): "returned_at",
                _("A second reader was asked"): "second_asked_at",
            },
        ),
    )
    reviews = ReflectionReview.objects.filter(reflection__enrollment=enrollment)
    yield Document(
        "reflection-notes",
        _("What was decided of your reflections"),
        table(
            reviews.select_related("reflection__module", "reflection__enrollment"),
            {
                _("When"): "at",
                _("Module"): lambda row: _module(row.reflection),
                _("Decision"): lambda row: OUTCOMES.get(row.outcome, row.outcome),
                _("Notes you were given"): lambda row: row.read_note(),
                _("What the reader answered"): lambda row: "; ".join(_answered(row)),
            },
        ),
    )


def _answered(review: ReflectionReview) -> Iterable[str]:
    for one in review.read_rubric():
        yield f"{one.get(_language()) or one['en']} {ANSWERS.get(one['answer'], '')}"


def _of_waivers(enrollment: Enrollment) -> Document:
    return Document(
        "waived",
        _("What was waived, or was to be"),
        table(
            enrollment.waivers.select_related("module"),
            {
                _("What"): lambda row: waived(row.module.position, row.requirement),
                _("Reason"): lambda row: row.get_reason_display(),
                _("Proposed"): "proposed_at",
                _("Valid until"): "lapses_at",
                _("Confirmed"): "confirmed_at",
                _("Withdrawn"): "withdrawn_at",
            },
        ),
    )


def _of_knowledge_checks(enrollment: Enrollment) -> Iterable[Document]:
    """Which answers were right stays here: the same questions are asked of others."""
    attempts = list(enrollment.attempts.select_related("module").order_by("started_at"))
    yield Document(
        "knowledge-checks",
        _("Knowledge checks"),
        table(
            attempts,
            {
                _("Module"): _module,
                _("Attempt"): "number",
                _("Begun"): "started_at",
                _("Handed in"): "graded_at",
                _("Score"): lambda row: f"{row.score:.0%}" if row.score is not None else "",
                _("Passed"): "passed",
            },
        ),
    )
    yield Document(
        "knowledge-check-answers",
        _("What you answered in knowledge checks"),
        [
            {
                _("Module"): _module(row),
                _("Attempt"): str(row.number),
                _("Question"): _prompt(question),
                _("Your words"): "; ".join(_chosen(question, row.answers.get(question["key"], ()))),
                _("Chosen so far, not handed in"): "; ".join(_picked(question, number, row.picked)),
            }
            for row in attempts
            for number, question in enumerate(row.questions, start=1)
        ],
    )


def _of_the_plan(enrollment: Enrollment) -> Document:
    rows = enrollment.plan.select_related("module", "enrollment")
    return Document(
        "plan",
        _("Your plan"),
        table(rows, {_("Module"): _module, _("Written"): "written_at", _("Your words"): "words"}),
    )


def _of_words_to_authors(referral: Referral) -> Document:
    return Document(
        "words-for-the-authors",
        _("What you left for the authors of the course"),
        table(
            _words(referral),
            {
                _("Left"): "sent_at",
                _("Your words"): "text",
                _("Language"): "language",
                _("Draft kept"): "draft_saved_at",
                _("Your draft"): "draft",
                _("Decided"): "decided_at",
                _("Decision"): lambda row: _("Passed on") if row.state == State.PASSED else REASONS.get(row.reason, ""),
                _("Looked after by your facilitator"): "handled_at",
            },
        ),
    )


def _module(row: Any) -> str:
    return str(row.module.title(_language()))


def _details(data: Mapping[str, Any]) -> Iterable[str]:
    for key, found in data.items():
        title, say = DETAILS.get(key, (key, str))
        yield f"{title}: {say(found)}"


def _coded(labels: Coded, code: object) -> str:
    return labels(code, Reader("UTC"))


def _prompt(question: Mapping[str, Any]) -> str:
    return str(question["prompt"].get(_language()) or question["prompt"]["en"])


def _chosen(question: Mapping[str, Any], given: Iterable[str]) -> Iterable[str]:
    """The words of the choices, as the attempt itself kept them."""
    for key in given:
        words = question["choices"].get(key, {})
        yield str(words.get(_language()) or words.get("en") or key)


def _picked(question: Mapping[str, Any], number: int, picked: Mapping[str, list[str]]) -> Iterable[str]:
    """Of an attempt that is open: the words at the places that were marked, or what was typed."""
    places = dict(enumerate(question["order"], start=1))
    for name, values in picked.items():
        if name.split("_")[0] == f"q{number}":
            for value in values:
                words = question["choices"].get(places.get(int(value))) if value.isdigit() else None
                yield str((words or {}).get(_language()) or (words or {}).get("en") or value)


def _language() -> str:
    return get_language() or "en"


def register() -> None:
    classes.declare(DATA)
    shredders.register("courses", Shredder(WORDS, preview, shred, seal, unseal, copy, order=10))
