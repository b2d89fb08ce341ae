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
    seen: int | None,
    typed: Mapping[str, str],
    agreed: Collection[str],
    by: User,
    now: datetime,
) -> int:
    """Write a draft of the translation: the source's parts under the source's ids, with these words. How many wait still.

    ``source``: the version that stood beside the boxes. ``seen``: the translation's newest version when they were
    opened. ``agreed``: places whose translation is right as it stands. Raises Overtaken.
    """
    Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    pair = pair_of(page)
    if pair.target is None or pair.target.latest_revision_id != seen:
        raise Overtaken(pair.key)
    found = every_line(pair)
    newest = to_translate(pair.source) or source
    made_from = {
        line.path: base for line in found if (base := _made_from(line, source, newest, typed, agreed)) is not None
    }
    draft = pair.target.get_latest_revision_as_object()
    _fill(draft, pair, found, typed)
    _keep(draft, pair, made_from, by, now)
    left = waiting(lines(pair_of(page)))
    journal.record(
        "translation.saved", about=None, on=pair.target, by=by, at=now,
        data={"language": pair.language, "waiting": left},
    )  # fmt: skip
    return left


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


def _keep(draft: Translatable, pair: Pair, made_from: dict[str, int], by: User, now: datetime) -> None:
    revision = draft.save_revision(user=by, log_action=True, clean=False)
    Translation.objects.create(
        page_key=pair.key, language=pair.language, revision=revision.pk, made_from=made_from, saved_at=now
    )


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
