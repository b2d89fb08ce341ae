"""Translating: beside the source, part by part. What is written is a draft like any other, and published like any other."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page, Revision

from courses.actions import authoring
from courses.models import CoursePage, LibraryPage, ModulePage, Translation
from courses.rules import translation as rules
from courses.rules.translation import State
from courses.translations import (
    Line,
    Pair,
    Translatable,
    document,
    every_line,
    lines,
    pair_of,
    shape_of,
    to_translate,
    waiting,
)
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.models import ProgramMembership, ProgramRole

# The number of a version, and when it was last written.
Seen = tuple[int, datetime]


class Overtaken(Exception):
    """Somebody saved the translation meanwhile; nothing was written."""


@transaction.atomic
def begin(*, page: Translatable, by: User, now: datetime) -> Translatable:
    """Make the page in the other language: the same parts, without words, as a draft. Its course too, where there is
    none. Again is harmless."""
    pair = pair_of(page)
    if pair.target:
        return pair.target
    locale = Locale.objects.get_or_create(language_code=pair.language)[0]
    course = pair.source.get_parent().specific
    if isinstance(course, CoursePage):
        begin(page=course, by=by, now=now)
    else:
        _library(locale)
    target: Translatable = pair.source.copy_for_translation(locale)
    # The copy came with the source's words, and with a version that holds them.
    _fill(target, pair, every_line(pair), {})
    target.save(clean=False)
    Revision.objects.for_instance(target).delete()
    _keep(type(target).objects.get(pk=target.pk), pair, {}, by, now)
    journal.record("translation.begun", about=None, on=target, by=by, at=now, data={"language": pair.language})
    return target


def _library(locale: Locale) -> LibraryPage:
    """That of a language, paired with the other one's; it has no words of its own."""
    found = authoring.library(locale.language_code)
    other = LibraryPage.objects.exclude(locale=locale).first()
    if other and found.translation_key != other.translation_key:
        LibraryPage.objects.filter(pk=found.pk).update(translation_key=other.translation_key)
    return found


@transaction.atomic
def save(
    *,
    page: Translatable,
    source: Revision,
    seen: Seen | int | None,
    typed: Mapping[str, str],
    agreed: Collection[str],
    by: User,
    now: datetime,
    over: int | None = None,
) -> int:
    """Write a draft of the translation: the source's parts under the source's ids, with these words. How many wait still.

    ``source``: the version that stood beside the boxes. ``seen``: the translation's newest version when they were
    opened. ``agreed``: places whose translation is right as it stands. ``over``: the version that this very page saved
    by itself before, to write over where nobody else has read or saved since. Raises Overtaken.
    """
    Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    pair = pair_of(page)
    if pair.target is None or not _is_newest(pair.target, seen):
        raise Overtaken(pair.key)
    found = every_line(pair)
    newest = to_translate(pair.source) or source
    made_from = {
        line.path: base for line in found if (base := _made_from(line, source, newest, typed, agreed)) is not None
    }
    draft = pair.target.get_latest_revision_as_object()
    _fill(draft, pair, found, typed)
    own = _to_write_over(pair.target, over, by)
    _keep(draft, pair, made_from, by, now, over=own)
    left = waiting(lines(pair_of(page)))
    if own:  # the same draft, a few words further
        return left
    journal.record(
        "translation.saved", about=None, on=pair.target, by=by, at=now,
        data={"language": pair.language, "waiting": left},
    )  # fmt: skip
    return left


def _is_newest(target: Translatable, seen: Seen | int | None) -> bool:
    """A version that is saved by itself again and again keeps its number; its moment tells one from the next."""
    newest = target.latest_revision
    if isinstance(seen, tuple):
        return bool(newest and (newest.pk, newest.created_at) == seen)
    return bool(target.latest_revision_id == seen)


def _to_write_over(target: Translatable, over: int | None, by: User) -> Revision | None:
    """Never what somebody else wrote, what was published or is to be, or what a reviewer was handed."""
    newest = target.latest_revision
    mine = newest is not None and newest.pk == over and newest.user_id == by.pk
    free = mine and target.live_revision_id != over and newest.approved_go_live_at is None
    return newest if free and not newest.task_states.exists() else None


def _made_from(
    line: Line, source: Revision, newest: Revision, typed: Mapping[str, str], agreed: Collection[str]
) -> int | None:
    """Of which version of the source a part is the translation, after this save."""
    words = typed.get(line.path)
    if line.leaf.kind not in rules.WORDS or line.state == State.SAME:
        return int(newest.pk)
    if not rules.plain(line.there if words is None else words):
        return None
    written = words is not None and rules.plain(words, marks=True) != rules.plain(line.there, marks=True)
    return int(source.pk) if written or line.path in agreed else line.base


def _fill(draft: Translatable, pair: Pair, found: Iterable[Line], typed: Mapping[str, str]) -> None:
    """The source's parts, under the source's ids, with the translation's words."""
    lines = {line.path: line for line in found}
    source = to_translate(pair.source)
    content = document(type(draft), source.content if source else pair.source.serializable_data())

    def decide(path: str, leaf: rules.Leaf, value: Any) -> Any:
        line = lines.get(path)
        there, before = (line.there, line.before) if line else (None, None)
        return rules.chosen(leaf, value, there=there, before=before, typed=typed.get(path))

    made = rules.merge(shape_of(type(draft)), content, decide)
    draft.title = draft.draft_title = made["title"] or draft.title
    if isinstance(draft, ModulePage):
        draft.summary, draft.goals = made["summary"], made["goals"]
        draft.minimum_minutes = pair.source.minimum_minutes
        draft.body = draft._meta.get_field("body").to_python(json.dumps(made["body"]))
    else:
        draft.introduction = made["introduction"]


def _keep(
    draft: Translatable,
    pair: Pair,
    made_from: dict[str, int],
    by: User,
    now: datetime,
    over: Revision | None = None,
) -> None:
    revision = draft.save_revision(user=by, log_action=True, clean=False, overwrite_revision=over)
    Translation.objects.update_or_create(
        page_key=pair.key, revision=revision.pk,
        defaults={"language": pair.language, "made_from": made_from, "saved_at": now},
    )  # fmt: skip


def tell(*, page: Translatable, revision: Revision, now: datetime) -> int:
    """The source was published: its program's authors learn that its translation waits for them. How many parts do."""
    pair = pair_of(page)
    if pair.target is None or pair.source.pk != page.pk:
        return 0
    number = waiting(lines(pair, source=revision))
    course = page if isinstance(page, CoursePage) else page.get_parent().specific
    if number:
        held = ProgramMembership.objects.filter(program=course.program, role=ProgramRole.AUTHOR)
        for user in User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(email=""):
            outbox.post(
                key=f"translation:{pair.key}:{revision.pk}:{user.pk}", kind="course.translation_waits", to=user,
                at=now, context={"path": f"/authoring/courses/{course.pk}/translation/"}, audience=course.program_id,
            )  # fmt: skip
    return number
