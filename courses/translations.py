"""A module or a course in two languages: what waits to be translated, and what changed since it was."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Revision

from courses.blocks import MODULE_BLOCKS
from courses.models import CoursePage, EditionModule, ModulePage, Translation
from courses.rules import translation as rules
from courses.rules.translation import Kind, Leaf, Many, Shape, State, Stream, Struct

Translatable = ModulePage | CoursePage
# Text boxes whose words are no language's, and those that another language may have of its own.
NOT_WORDS = {"topic": Kind.SAME, "byline": Kind.SAME, "phone": Kind.OWN}


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, its translation (None, where nobody has begun), and into which language it is translated.

    ``saved``: what the translation page wrote down, the newest first.
    """

    source: Translatable
    target: Translatable | None
    language: str
    saved: tuple[Translation, ...]

    @property
    def key(self) -> UUID:
        key: UUID = self.source.translation_key
        return key

    def saved_by(self, target: Revision | None) -> Translation | None:
        """What was written down last, up to this version of the translation."""
        return next((row for row in self.saved if target is None or row.revision <= target.pk), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a text beside its translation. ``base``: the revision of the source that it was translated from."""

    path: str
    leaf: Leaf
    labels: tuple[Any, ...]
    source: Any
    there: Any
    before: Any
    base: int | None
    state: State


# --- what a text is made of -----------------------------------------------------------------------


def shape_of(model: type[Translatable]) -> Struct:
    """What each value of a page is: words, or something else."""
    return _course_shape() if issubclass(model, CoursePage) else _module_shape()


TITLE = Leaf(Kind.LINE, _("title"), required=True)


@cache
def _course_shape() -> Struct:
    features = tuple(CoursePage._meta.get_field("introduction").features)
    return Struct({"title": TITLE, "introduction": Leaf(Kind.RICH, _("introduction"), features=features)})


@cache
def _module_shape() -> Struct:
    return Struct({
        "title": TITLE,
        "summary": Leaf(Kind.TEXT, _("summary")),
        "goals": Many(Leaf(Kind.LINE), _("what the reader will be able to do")),
        "body": Stream({name: _shape(name, block) for name, block in MODULE_BLOCKS}),
    })  # fmt: skip


def _shape(name: str, block: blocks.Block) -> Shape:
    match block:
        case blocks.StructBlock():
            return Struct({n: _shape(n, child) for n, child in block.child_blocks.items()}, block.label)
        case blocks.ListBlock():
            return Many(_shape(name, block.child_block), block.label)
        case _:
            features = tuple(getattr(block, "features", None) or ())
            return Leaf(_kind(name, block), block.label, bool(block.required), features)


def _kind(name: str, block: blocks.Block) -> Kind:
    match block:
        case _ if name in NOT_WORDS:
            return NOT_WORDS[name]
        case blocks.RichTextBlock():
            return Kind.RICH
        case blocks.TextBlock():
            return Kind.TEXT
        case blocks.CharBlock():
            return Kind.LINE
        case blocks.ChooserBlock() | blocks.URLBlock():
            return Kind.OWN
    return Kind.SAME


def document(model: type[Translatable], content: dict[str, Any]) -> dict[str, Any]:
    """The values of one version, as the rules read them."""
    found = {name: content.get(name) for name in shape_of(model).fields}
    return found | {"body": json.loads(content.get("body") or "[]")} if issubclass(model, ModulePage) else found


# --- a text and its translation --------------------------------------------------------------------


def pair_of(page: Translatable) -> Pair:
    """``page`` is in either language. Without a word to the contrary a text is translated from English."""
    there = {p.locale.language_code: p for p in _versions(page)}
    saved = tuple(Translation.objects.filter(page_key=page.translation_key))
    language = saved[0].language if saved else ("es" if "en" in there else "en")
    return Pair(there[other(language)], there.get(language), language, saved)


def _versions(page: Translatable) -> Iterable[Translatable]:
    model = type(page)
    found: Iterable[Translatable] = model.objects.filter(translation_key=page.translation_key).select_related(
        "locale", "live_revision", "latest_revision"
    )
    return found


def other(language: str) -> str:
    return "en" if language == "es" else "es"


def to_translate(source: Translatable) -> Revision | None:
    """The version that is translated: what is published, or the draft where nothing is yet."""
    found: Revision | None = source.live_revision if source.live else source.latest_revision
    return found or source.latest_revision


def lines(pair: Pair, *, source: Revision | None = None, target: Revision | None = None) -> list[Line]:
    """Each part of the text in order, words only. The newest versions, unless others are named."""
    return [line for line in every_line(pair, source=source, target=target) if line.leaf.kind in rules.WORDS]


def every_line(pair: Pair, *, source: Revision | None = None, target: Revision | None = None) -> list[Line]:
    """As :func:`lines`, with what is no words too."""
    model = type(pair.source)
    shape = shape_of(model)
    source = source or to_translate(pair.source)
    target = target or (pair.target.latest_revision if pair.target else None)
    if source is None:
        return []
    now = document(model, source.content)
    there = rules.beside(shape, now, document(model, target.content) if target else None)
    row = pair.saved_by(target)
    fallback = _from_editions(pair, source, target)
    bases = row.made_from if row else {}
    befores = {pk: rules.beside(shape, now, doc) for pk, doc in _documents(model, {fallback, *bases.values()}).items()}
    found = []
    for place in rules.places(shape, now):
        base = bases.get(place.path, fallback)
        before = befores.get(base, {}).get(place.path)
        words = _not_copied(row, place.path, there[place.path], place.value)
        state = rules.state(place.value, there=words, before=before)
        found.append(Line(place.path, place.leaf, place.labels, place.value, words, before, base, state))
    return found


def waiting(found: Iterable[Line]) -> int:
    """How many parts wait to be translated, or looked at again."""
    return sum(line.state != State.SAME for line in found)


def _not_copied(row: Translation | None, path: str, there: Any, source: Any) -> Any:
    """The title with which a translation began is the source's: nobody has translated it."""
    begun = row is not None and path == "title" and path not in row.made_from
    return None if begun and there == source else there


def _from_editions(pair: Pair, source: Revision, target: Revision | None) -> int:
    """For parts of which nothing is written down: the source in the first edition that had this very translation. One
    that was written anew since, or was in no edition, is taken as its writer left it: in step."""
    found: int = source.pk
    for pin in EditionModule.objects.filter(page_key=pair.key).order_by("-edition__number"):
        of: dict[str, int | None] = {"en": pin.revision_en_id, "es": pin.revision_es_id}
        ours = of[other(pair.language)]
        if target is None or ours is None or not _same(type(pair.source), of[pair.language], target):
            break
        found = ours
    return found


def _same(model: type[Translatable], pk: int | None, revision: Revision) -> bool:
    if pk is None or pk == revision.pk:
        return pk is not None
    return _documents(model, {pk}).get(pk) == document(model, revision.content)


def _documents(model: type[Translatable], revisions: set[int]) -> dict[int, dict[str, Any]]:
    rows = Revision.objects.filter(pk__in=revisions).only("pk", "content")
    return {row.pk: document(model, row.content) for row in rows}


# --- editions -----------------------------------------------------------------------------------


def behind(english: ModulePage, pin: EditionModule, before: EditionModule | None, *, first: bool) -> list[str]:
    """The languages in which this module of a new edition was not brought up to the other. ``before``: the same
    module of the edition before, with what was corrected in it since; ``first``: there is no such edition."""
    pair = pair_of(english)
    of = {"en": pin.revision_en, "es": pin.revision_es}
    source, target = of[other(pair.language)], of[pair.language]
    if source is None:
        return []
    found = lines(pair, source=source, target=target) if target else []
    lags = rules.is_behind(
        translated=target is not None and all(line.state != State.NEW for line in found),
        in_step=not waiting(found),
        changed=not first and (before is None or _says_else(before.revision(other(pair.language)), source)),
        was_behind=before is not None and pair.language in before.behind,
    )
    return [pair.language] if lags else []


def _says_else(before: Revision, now: Revision) -> bool:
    shape, new = shape_of(ModulePage), document(ModulePage, now.content)
    old = document(ModulePage, before.content)
    there = rules.beside(shape, new, old)
    said = [place for place in rules.places(shape, new) if place.leaf.kind in rules.WORDS]
    more = len(rules.places(shape, old)) != len(rules.places(shape, new))
    return more or any(
        rules.plain(place.value, marks=True) != rules.plain(there[place.path], marks=True) for place in said
    )
