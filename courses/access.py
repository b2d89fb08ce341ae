"""Who may see and do what in a course (security.md 5)."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Prefetch, Q, QuerySet
from wagtail.models import Revision, WorkflowState
from wagtail.permissions import policy_registry

from courses import consents
from courses.blocks.rich_text import clean, has_words
from courses.models import (
    AuthorIdentity,
    CourseDocument,
    CoursePage,
    CoursePicture,
    CourseRecording,
    Edition,
    EditionModule,
    Enrollment,
    ModulePage,
    ModuleProgress,
    PassedWords,
    PictureRendition,
    Reflection,
    Viewing,
    Waiver,
    WordsToAuthors,
)
from courses.rules.words_to_authors import Reason
from lms.people.models import Kind, User
from lms.referrals.access import administered, facilitators_of, is_administrator, programs_of
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import acts_for, in_care_of
from lms.referrals.models import Program, ProgramMembership, ProgramRole, Referral


def enrollments_for(user: User) -> QuerySet[Enrollment]:
    """Enrollments of the cases this person may open."""
    return Enrollment.objects.filter(referral__in=Referral.objects.visible_to(user)).select_related(
        "referral__court", "referral__program", "edition", "policy"
    )


def introduction_to(edition: Edition, language: str) -> tuple[str, str]:
    """The published introduction to the course of an edition, and the language that it is in: the one asked for, else
    English. It asks nothing of anybody, so it stands as it is published now (docs/decisions/the-authoring-place.md)."""
    pages = CoursePage.objects.live().filter(
        translation_key=edition.course_key, locale__language_code__in={language, "en"}
    )
    found = dict(pages.values_list("locale__language_code", "introduction"))
    there = language if has_words(found.get(language, "")) else "en"
    return clean(found[there]) if has_words(found.get(there, "")) else "", there


def progress_of(user: User, language: str) -> QuerySet[ModuleProgress]:
    """The modules that this person has opened, where they stand in each, and what it shows in ``language``: one look."""
    revision = "revision_es" if language == "es" else "revision_en"
    mine = ModuleProgress.objects.filter(enrollment__referral__in=Referral.objects.visible_to(user))
    return mine.select_related("enrollment", f"module__{revision}")


def viewings_of(user: User) -> QuerySet[Viewing]:
    """The pages this person has open: theirs, of a case they may open, and not turned."""
    mine = Referral.objects.present().filter(person=user)
    return Viewing.objects.filter(enrollment__referral__in=mine, turned_at=None)


def reflections_for(user: User) -> QuerySet[Reflection]:
    """Reflections whose words this person may read: of the facilitator's own caseload; and those for which a second
    reader was asked, as long as nobody has decided."""
    cases = Referral.objects.visible_to(user).filter(in_care_of(user)).order_by()
    found = Reflection.objects.filter(Q(enrollment__referral__in=cases) | Q(pk__in=_for_a_second_reader(user)))
    return found.select_related(
        "enrollment__referral__court__profile", "enrollment__policy", "enrollment__edition", "module"
    )


def _for_a_second_reader(user: User) -> QuerySet[Any, Any]:
    """Of the programs in which this person is another facilitator; or administers, where there is no other one."""
    waiting = Reflection.objects.filter(
        second_asked_at__isnull=False, enrollment__referral__in=Referral.objects.present().order_by()
    ).exclude(second_asked_by=user)
    others = ProgramMembership.objects.filter(
        program=OuterRef("enrollment__referral__program"), role=ProgramRole.FACILITATOR, user__is_active=True
    ).exclude(user=OuterRef("second_asked_by"))
    mine = Q(enrollment__referral__program__in=programs_of(user, ProgramRole.FACILITATOR))
    alone = Q(enrollment__referral__program__in=administered(user)) & ~Exists(others)
    return waiting.filter(mine | alone).values("pk")


def second_readers(program: Program, first: User) -> QuerySet[User]:
    """Who is asked when ``first`` would return a reflection again: the other facilitators; where there are none, the
    administrators."""
    others = facilitators_of(program).exclude(pk=first.pk)
    return others if others.exists() else administrators_of(program).exclude(pk=first.pk)


def may_waive(user: User, referral: Referral) -> bool:
    """Propose or confirm that something of the course is not owed: the facilitator of the case, and administrators of
    its program."""
    return user.is_active and (acts_for(user, referral) or is_administrator(user, referral.program))


def waivers_for(user: User) -> QuerySet[Waiver]:
    """Proposals of waivers in the cases this person may open."""
    found = Waiver.objects.filter(enrollment__referral__in=Referral.objects.visible_to(user).order_by())
    return found.select_related(
        "enrollment__referral__court", "enrollment__referral__program", "module", "proposed_by", "confirmed_by"
    )


def words_to_decide(user: User) -> QuerySet[WordsToAuthors]:
    """What people left for the authors of a course, and nobody has decided on: an administrator's of its program, but
    for those whose facilitator they are, so that nobody recognizes whom they know."""
    found = WordsToAuthors.objects.filter(sent_at__isnull=False, decided_at=None)
    cases = Referral.objects.present().exclude(in_care_of(user))
    found = found.filter(enrollment__edition__program__in=administered(user), enrollment__referral__in=cases)
    return found.select_related("enrollment__referral").order_by("sent_at")


def threats_for(user: User) -> QuerySet[WordsToAuthors]:
    """Of those, what threatens somebody: the facilitator's of the case alone."""
    cases = Referral.objects.visible_to(user).filter(in_care_of(user))
    found = WordsToAuthors.objects.filter(reason=Reason.THREAT, enrollment__referral__in=cases)
    return found.select_related("enrollment__referral")


def words_for_authors(user: User) -> QuerySet[PassedWords]:
    """What was let out for the courses in which this person began a module, in whatever language."""
    pages = modules_worked_on(user).filter(owner=user)
    courses = CoursePage.objects.filter(path__in={page.path[: -ModulePage.steplen] for page in pages})
    return PassedWords.objects.filter(course_key__in=courses.values("translation_key"), let_out=True)


def pictures_for(user: User, *, now: datetime) -> QuerySet[CoursePicture]:
    """A person: the pictures of modules that their own course shows now. An author: those she may work with."""
    return _media_for(user, CoursePicture, now)


def documents_for(user: User, *, now: datetime) -> QuerySet[CourseDocument]:
    """As :func:`pictures_for`, for handouts."""
    return _media_for(user, CourseDocument, now)


def recordings_for(user: User, *, now: datetime) -> QuerySet[CourseRecording]:
    """As :func:`pictures_for`, for recordings, their captions and their sound alone."""
    return _media_for(user, CourseRecording, now).select_related("file", "sound")


def renditions_for(user: User) -> QuerySet[PictureRendition]:
    """What the authoring pages show of pictures, to those who may work with them."""
    return PictureRendition.objects.filter(image__in=worked_on_by(user, CoursePicture))


def _media_for(user: User, model: type[Model], now: datetime) -> QuerySet[Any]:
    if user.kind != Kind.RESPONSIBLE_PARTY:
        return worked_on_by(user, model)
    editions = enrollments_for(user).values("edition")
    modules = EditionModule.objects.filter(edition__in=editions, withdrawn_at=None)
    pinned = [*modules.values_list("revision_en", flat=True), *modules.values_list("revision_es", flat=True)]
    hidden = consents.hidden_media(modules.values("page_key"), now=now)
    return model._default_manager.filter(pk__in=media_in(Revision.objects.filter(pk__in=pinned), model, hidden))


def media_in(revisions: QuerySet[Revision], model: type[Model], hidden: Collection[str] = ()) -> set[str]:
    """The ids of what these revisions of modules show, but for ``hidden`` blocks. A revision that was erased shows
    nothing."""
    body = ModulePage._meta.get_field("body")
    found: set[str] = set()
    for content in revisions.values_list("content", flat=True):
        references = body.extract_references(body.to_python(content["body"]))  # type: ignore[attr-defined]
        found |= {str(pk) for target, pk, _, path in references if target is model and path.split(".")[0] not in hidden}
    return found


def worked_on_by(user: User, model: type[Model]) -> QuerySet[Any]:
    """The pictures, documents or recordings that Wagtail's permissions let this person work with."""
    policy = policy_registry.get_by_type(model)
    return policy.instances_user_has_any_permission_for(user, ["choose", "add", "change", "delete"])


def courses_worked_on(user: User) -> QuerySet[CoursePage]:
    """The courses, in each language, of the programs in which this person writes, reviews or administers."""
    programs = programs_of(user, ProgramRole.AUTHOR, ProgramRole.REVIEWER, ProgramRole.ADMINISTRATOR)
    found: QuerySet[CoursePage] = CoursePage.objects.filter(program__in=programs).select_related("program", "locale")
    return found.order_by("path")


def modules_worked_on(user: User) -> QuerySet[ModulePage]:
    """The modules of those courses, in their order, each with the state of its review at hand."""
    courses = list(courses_worked_on(user))
    found = ModulePage.objects.none() if not courses else ModulePage.objects.filter(_below(courses))
    # As PageQuerySet.prefetch_workflow_states, which looks for the states of a bare Page.
    states = Prefetch("_specific_workflow_states", WorkflowState.objects.active(), to_attr="_current_workflow_states")
    return found.select_related("locale").prefetch_related(states).order_by("path")


def _below(courses: Collection[CoursePage]) -> Q:
    return reduce(or_, (Q(path__startswith=course.path, depth=course.depth + 1) for course in courses))


def takes_back_at_once(user: User, page: ModulePage) -> bool:
    """Whether this module is hers to take back, asking nobody: who began it, in whatever language, is an author, and
    it is she. What staff typed in is any author's of the program. A reviewer's it never is, nor a fellow author's."""
    program = CoursePage.objects.ancestor_of(page).values("program")
    if not programs_of(user, ProgramRole.AUTHOR).filter(pk__in=program).exists():
        return False
    owners = ModulePage.objects.filter(translation_key=page.translation_key).exclude(owner=None).values("owner")
    began = set(User.objects.filter(pk__in=owners, kind=Kind.AUTHOR).values_list("pk", flat=True))
    return not began or user.pk in began


def says_what_is_fine(user: User, page: ModulePage) -> bool:
    """Who may say of a word that it may stand there: its author; for what no author began, staff who may change it."""
    if user.kind != Kind.STAFF:
        return takes_back_at_once(user, page)
    began = ModulePage.objects.filter(translation_key=page.translation_key, owner__kind=Kind.AUTHOR)
    return bool(page.permissions_for_user(user).can_edit()) and not began.exists()


def retires(user: User, page: ModulePage) -> bool:
    """Who publishes a module, and whose it is."""
    return page.permissions_for_user(user).can_publish() or takes_back_at_once(user, page)


def proposes_withdrawal(user: User, page: ModulePage) -> bool:
    """A reviewer of the program, of a module that is not theirs to take back."""
    program = CoursePage.objects.ancestor_of(page).values("program")
    reviews = programs_of(user, ProgramRole.REVIEWER).filter(pk__in=program).exists()
    return reviews and not takes_back_at_once(user, page)


def editions_of(course: CoursePage) -> QuerySet[Edition]:
    """The editions of a course with how many people are on each: under way, and finished."""
    running = Q(enrollments__referral__in=Referral.objects.open(), enrollments__completed_at=None)
    done = Q(enrollments__referral__in=Referral.objects.present(), enrollments__completed_at__isnull=False)
    found = Edition.objects.filter(course_key=course.translation_key).order_by("-number")
    return found.annotate(under_way=Count("enrollments", filter=running), finished=Count("enrollments", filter=done))


def under_way() -> QuerySet[Enrollment]:
    """Everybody who takes a course now: to be counted, never to be named."""
    return Enrollment.objects.filter(completed_at=None, referral__in=Referral.objects.open())


def keeps_identities(user: User) -> bool:
    """Whether this is the identity custodian of a program."""
    return _kept_by(user).exists()


def identities_for(user: User) -> QuerySet[AuthorIdentity]:
    """The identities that this custodian may open: of those who write for, or review in, their program."""
    authors = ProgramMembership.objects.filter(
        program__in=_kept_by(user), role__in=[ProgramRole.AUTHOR, ProgramRole.REVIEWER]
    )
    return AuthorIdentity.objects.filter(erased_at=None, user__in=authors.values("user"))


def _kept_by(user: User) -> QuerySet[Program]:
    """An administrator never opens one, whatever else they were given."""
    return programs_of(user, ProgramRole.CUSTODIAN).exclude(pk__in=programs_of(user, ProgramRole.ADMINISTRATOR))
