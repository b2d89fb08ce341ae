"""A small world in which every page has something true to show. Times are counted from the real clock: pages read it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wagtail.models import Locale, Page

from accountability.actions import check_ins, sweeps, tracks
from accountability.models import CheckIn, Track
from accountability.sample import sample_check_in_form
from courses.actions import editions, evidence, reflections
from courses.models import CoursePage, Edition, EditionModule, Enrollment, LibraryPage, ModulePage, Question, Topic
from courses.models.bank import Choice
from lms import clock
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.models import Court, Program, Referral
from tests.builders import a_court, a_court_user, a_facilitator, a_program, an_administrator, an_enrolled_referral

DAY = timedelta(days=1)

BLOCKS: dict[str, list[tuple[str, Any]]] = {
    "en": [
        ("text", "<h2>Why you are here</h2><p>A court asked you to do this. <b>Nobody</b> here will shame you.</p><ul><li>One thing</li><li>Another</li></ul>"),
        ("myth_fact", {"rows": [{"myth": "It hurts nobody.", "fact": "It hurts people, and they say so."}]}),
        ("pull_quote", {"words": "Harm has an address.", "source": "The sample course"}),
        ("story", {"advisory": "Speaks of violence.", "kind": "sample", "byline": "", "body": "<p>A place is kept here for a story.</p>", "sample": True}),
        ("grounding_pause", {"words": "<p>Feet on the floor. Breathe out slowly.</p>"}),
        ("resources", {"items": [{"name": "988 Lifeline", "detail": "Call or text", "phone": "988", "url": "https://988lifeline.org/"}]}),
        ("scenario", {"situation": "<p>A friend sends you a link.</p>", "choices": [
            {"label": "I open it", "consequence": "<p>Then.</p>", "better": False},
            {"label": "I call someone", "consequence": "<p>Good.</p>", "better": True}]}),
        ("knowledge_check", {"title": "Check what you know", "topic": "sample", "draw": 2}),
        ("commitment", {"prompt": "What will you do?", "examples": ["Call a friend"]}),
        ("reflection", {"prompt": "<p>What stayed with you?</p>", "minimum_words": 5, "who_reads": "Your facilitator"}),
    ],
    "es": [
        ("text", "<h2>Por qué está aquí</h2><p>Un tribunal se lo pidió. <b>Nadie</b> lo avergonzará.</p><ul><li>Una cosa</li><li>Otra</li></ul>"),
        ("myth_fact", {"rows": [{"myth": "No le hace daño a nadie.", "fact": "Hace daño, y quienes lo viven lo dicen."}]}),
        ("pull_quote", {"words": "El daño tiene dirección.", "source": "El curso de muestra"}),
        ("story", {"advisory": "Habla de violencia.", "kind": "sample", "byline": "", "body": "<p>Aquí se guarda un lugar para una historia.</p>", "sample": True}),
        ("grounding_pause", {"words": "<p>Los pies en el suelo. Suelte el aire despacio.</p>"}),
        ("resources", {"items": [{"name": "Línea 988", "detail": "Llame o envíe un mensaje", "phone": "988", "url": "https://988lifeline.org/es/"}]}),
        ("scenario", {"situation": "<p>Un amigo le manda un enlace.</p>", "choices": [
            {"label": "Lo abro", "consequence": "<p>Entonces.</p>", "better": False},
            {"label": "Llamo a alguien", "consequence": "<p>Bien.</p>", "better": True}]}),
        ("knowledge_check", {"title": "Compruebe lo que sabe", "topic": "sample", "draw": 2}),
        ("commitment", {"prompt": "¿Qué hará?", "examples": ["Llamar a un amigo"]}),
        ("reflection", {"prompt": "<p>¿Qué se le quedó?</p>", "minimum_words": 5, "who_reads": "Su facilitador"}),
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """One program and court, and a person at each point of the way."""

    now: datetime
    program: Program
    court: Court
    clerk: User
    facilitator: User
    administrator: User
    learner: Referral
    on_track: Referral
    invited: Referral

    @property
    def module(self) -> EditionModule:
        return Enrollment.objects.get(referral=self.learner).edition.modules.get(position=1)

    def activity(self, kind: str) -> str:
        return str(self.module.asked(kind)[0]["id"])

    def check_ins(self) -> list[CheckIn]:
        return list(Track.objects.get(referral=self.on_track).check_ins.order_by("number"))


def a_world() -> World:
    """Everything that the pages show, made by the actions that the pages call."""
    now = clock.now()
    program = a_program(name="Lantern Program", contact_name="Dana Day", contact_phone="212-555-0100")
    a_course(program, now - 90 * DAY)
    sample_check_in_form(program=program, now=now - 90 * DAY)
    court = a_court(profile={"tolling_allowed": True})
    facilitator = a_facilitator(program)
    learner = an_enrolled_referral(program=program, court=court, now=now - 3 * DAY)
    return World(
        now=now,
        program=program,
        court=court,
        clerk=a_court_user(court),
        facilitator=_caseload(facilitator, learner),
        administrator=an_administrator(program),
        learner=_learning(learner, now),
        on_track=_tracking(program, court, now),
        invited=_waiting(program, court, now),
    )


EVERY_KIND = tuple(kind for kind, _ in BLOCKS["en"])


def a_course(
    program: Program, now: datetime, modules: Sequence[Sequence[str]] = (EVERY_KIND, EVERY_KIND), *, minutes: int = 20
) -> Edition:
    """Modules with a block of each of these kinds, in both languages, published."""
    spanish = Locale.objects.get_or_create(language_code="es")[0]
    library = _library()
    course = CoursePage(
        title="The sample course", slug=f"course-{uuid.uuid4()}", program=program, introduction="<p>Welcome.</p>"
    )
    library.add_child(instance=course)
    course.save_revision().publish()
    course_es = course.copy_for_translation(spanish, copy_parents=True)
    course_es.title = "El curso de muestra"
    course_es.save_revision().publish()
    _bank(program)
    for position, kinds in enumerate(modules, start=1):
        _module(course, position, spanish, kinds, minutes)
    return editions.publish_edition(course=course, by=None, now=now)


def _library() -> LibraryPage:
    english = Locale.objects.get_or_create(language_code="en")[0]
    root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root", locale=english)
    found = LibraryPage.objects.filter(locale=english).first()
    return found or root.add_child(instance=LibraryPage(title="Courses", slug="courses", locale=english))


def _module(course: CoursePage, position: int, spanish: Locale, kinds: Sequence[str], minutes: int) -> None:
    ids = {kind: str(uuid.uuid4()) for kind in kinds}
    page = ModulePage(
        title=f"How this works, part {position}",
        slug=f"module-{uuid.uuid4()}",
        summary="What this is and how it goes.",
        goals=["Say what is asked of you", "Find help"],
        minimum_minutes=minutes,
        body=_body("en", ids),
    )
    course.add_child(instance=page)
    page.save_revision().publish()
    translated = page.copy_for_translation(spanish)
    translated.title, translated.summary = f"Cómo funciona, parte {position}", "Qué es y cómo va."
    translated.goals = ["Decir qué se le pide", "Encontrar ayuda"]
    translated.body = ModulePage._meta.get_field("body").to_python(_body("es", ids))
    translated.save_revision().publish()


def _body(language: str, ids: dict[str, str]) -> Any:
    import json

    return json.dumps(
        [{"type": kind, "value": value, "id": ids[kind]} for kind, value in BLOCKS[language] if kind in ids]
    )


def _bank(program: Program) -> None:
    topic = Topic.objects.create(program=program, slug="sample", title="Sample")
    for number in range(4):
        question = Question(
            topic=topic, key=f"q{number}", kind=Question.MULTIPLE if number == 3 else Question.SINGLE,
            prompt_en=f"Question {number}?", prompt_es=f"¿Pregunta {number}?", explanation_en="Because.", explanation_es="Porque.",
        )  # fmt: skip
        question.choices = [
            Choice(key="a", text_en="One", text_es="Uno", correct=True),
            Choice(key="b", text_en="Two", text_es="Dos", correct=False),
        ]
        question.save()


def _caseload(facilitator: User, referral: Referral) -> User:
    referral.refresh_from_db()
    assert referral.facilitator == facilitator
    return facilitator


def _learning(referral: Referral, now: datetime) -> Referral:
    """Half-way in the first module: a reflection was sent and waits to be read."""
    enrollment = Enrollment.objects.get(referral=referral)
    module = enrollment.edition.modules.get(position=1)
    evidence.open_step(enrollment=enrollment, module=module, step=1, by=referral.person, now=now - 2 * DAY)
    reflections.submit(
        enrollment=enrollment, module=module, block_id=module.asked("reflection")[0]["id"], language="en",
        text="I thought about it for a long time and I see it.", by=referral.person, now=now - DAY,
    )  # fmt: skip
    referral.refresh_from_db()
    return referral


def _tracking(program: Program, court: Court, now: datetime) -> Referral:
    """In the fifth week: one check-in sent, one missed, one open."""
    referral = an_enrolled_referral(
        program=program, court=court, now=now - 40 * DAY, first_name="Ravi", last_name="Track"
    )
    opened = now - 30 * DAY
    track = tracks.open_track(referral=referral, by=None, now=opened)
    first = track.check_ins.get(number=1)
    check_ins.submit(
        check_in=first, answers={}, form=None, language="en", by=referral.person, now=first.due_at - timedelta(hours=20)
    )
    sweeps.run_until_quiet(now=now)
    # The mail server would not have one of them: somebody has to decide.
    Message.objects.filter(kind="check_in.missed", about=referral.pk).update(refused_at=now)
    referral.refresh_from_db()
    return referral


def _waiting(program: Program, court: Court, now: datetime) -> Referral:
    from tests.builders import a_referral

    referral = a_referral(
        program=program, court=court, now=now - DAY, first_name="Ines", last_name="Invited", language="es"
    )
    referrals.add_hearing(referral=referral, at=now + 20 * DAY, kind="Status", by=None, now=now - DAY)
    return referral
