"""The newest draft of a module, as courses.rules.quality looks at it: the facts, the report, and what stops publishing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, prefetch_related_objects
from django.urls import Resolver404, resolve
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.models import Page
from wagtail.rich_text import RichText

from courses import consents, translations
from courses.blocks import RECORDINGS
from courses.labels import words_for_finding
from courses.models import AuthorIdentity, CoursePage, FineWord, ModulePage, Topic
from courses.rules import quality as rules
from courses.rules.canonical import text_digest
from courses.rules.quality import Facts, Finding, Kind, Piece, Translation
from courses.rules.reading import Level
from courses.rules.recordings import Missing, missing
from lms import crypto
from lms.people.models import User
from lms.referrals.models import Program

# Of a block's values those that nobody reads as text. A byline is the name that she chose.
NOT_READ = frozenset({"kind", "topic", "phone", "url", "byline"})
LINES = frozenset({"p", "li", "h2", "h3", "br", "hr", "blockquote"})
# What stops publishing does not look at the other language.
IN_STEP = Translation()
SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Report:
    """``outside``: addresses of others that it leads to, each with its block; nobody asks them anything.
    ``parts``: each block's place, from 1, and what kind of block it is."""

    findings: list[Finding]
    parts: dict[str, tuple[int, str]]
    outside: list[tuple[str, str]]
    minutes: int
    level: Level | None
    saved_at: datetime | None

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]


def report(page: ModulePage, *, viewer: User | None = None, now: datetime) -> Report:
    """Of the newest saved draft. ``viewer``: an author is also told where her own legal name stands, and nobody else."""
    draft = page.get_latest_revision_as_object()
    texts = [_read(block) for block in draft.body]
    program = _program_of(draft)
    facts = _facts(draft, draft.body, texts, draft.minimum_minutes, program, now, heading=_heading(draft), known=_own_name(viewer), translation=_translation(draft))  # fmt: skip
    fine = set(FineWord.objects.filter(page_key=draft.translation_key).values_list("digest", flat=True))
    return Report(
        findings=[one for one in rules.findings(facts) if digest_of(one.block, one.words) not in fine],
        parts={str(block.id): (place, str(block.block.label)) for place, block in enumerate(draft.body, start=1)},
        outside=[
            (str(block.id), link)
            for block, text in zip(draft.body, texts, strict=True)
            for link in text.links
            if _leads(link) == "outside"
        ],
        minutes=rules.minutes(facts.pieces),
        level=rules.reading_level(facts),
        saved_at=draft.latest_revision_created_at,
    )


def errors(
    page: ModulePage,
    *,
    now: datetime,
    body: StreamValue | None = None,
    minutes: int | None = None,
    program: Program | None = None,
) -> list[str]:
    """What stops this page, as it is in hand, from being published: one sentence each.

    Not the consents: those have a guard of their own (courses.publishing), with its own answer.
    """  # fmt: skip
    body = page.body if body is None else body
    minutes = page.minimum_minutes if minutes is None else minutes
    facts = _facts(page, body, [_read(block) for block in body], minutes, program or _program_of(page), now)
    found = [one for one in rules.findings(facts) if one.is_error and one.kind != Kind.NO_CONSENT]
    return list(dict.fromkeys(words_for_finding(one, facts.language) for one in found))


def unreachable(english: ModulePage, spanish: ModulePage) -> int:
    """How many things that everybody must do are not on the Spanish page: who reads that could never finish."""
    there = {str(block.id) for block in spanish.body}
    asked = (block for block in english.body if block.block_type in ("knowledge_check", "reflection", "scenario"))
    return sum(str(block.id) not in there for block in asked)


def digest_of(block: str, words: str) -> str:
    """Under which a word of one block that is fine is kept."""
    return text_digest(f"{block}:{words.casefold()}", settings.SECRET_KEY)


# --- facts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Text:
    """The words and links of one block."""

    words: str
    links: tuple[str, ...]


def _facts(
    page: ModulePage, body: StreamValue, texts: Sequence[_Text], minutes: int, program: Program | None, now: datetime,
    *, heading: Piece | None = None, known: frozenset[str] = frozenset(), translation: Translation | None = IN_STEP,
) -> Facts:  # fmt: skip
    blocks, language = list(body), page.language
    hidden = consents.standing(blocks, language=language, now=now).hidden_stories
    bank = _sizes(program, blocks)
    _fetch_words(blocks)
    return Facts(
        language=language,
        minimum_minutes=minutes,
        pieces=tuple(_piece(*each, language, hidden, bank) for each in zip(blocks, texts, strict=True)),
        heading=heading,
        attempts=_attempts(program, now),
        translation=translation,
        known=known,
    )


def _heading(page: ModulePage) -> Piece:
    """What stands above the parts, under the module's own key: it may tell who somebody is, too."""
    words = [page.title, page.summary, *(str(goal) for goal in page.goals)]
    return Piece(str(page.translation_key), "heading", own="\n".join(words))


def _piece(block: Any, text: _Text, language: str, hidden: set[str], bank: Counter[str]) -> Piece:
    value, kind = block.value, block.block_type
    common = {
        "block": str(block.id or ""), "kind": kind, "text": text.words, "own": text.words,
        "broken_links": tuple(dict.fromkeys(link for link in text.links if _leads(link) == "nowhere")),
    }  # fmt: skip
    match kind:
        case "story":
            common |= {"advised": bool(value["advisory"].strip()), "agreed": str(block.id) not in hidden}
        case "resources":
            common |= {"own": ""}  # whom to turn to is meant to be found
        case "picture":
            described = bool(value["alternative"].strip()) or bool(value.get("decorative"))
            common |= {"shows": value["picture"] is not None, "described": described}
        case "handout":
            common |= {"shows": value["document"] is not None}
        case "knowledge_check":
            common |= {"draw": value["draw"] or 0, "bank": bank[value["topic"]]}
        case "reflection":
            common |= {"words_wanted": value["minimum_words"] or 0}
        case "scenario":
            common |= {"choices": len(value["choices"])}
        case "audio" | "video":
            common |= _of_recording(value["recording"], language)
    return Piece(**common)


def _of_recording(recording: Any, language: str) -> dict[str, Any]:
    if recording is None:
        return {"lacks": (Missing.RECORDING,)}
    spoken = next((words for words in recording.words.all() if words.language == language), None)
    return {
        "title": recording.title,
        "own": "\n".join([recording.title, spoken.transcript if spoken else ""]),
        "seconds": recording.seconds,
        "lacks": tuple(missing(recording.told, language=language)),
    }


def _sizes(program: Program | None, blocks: Sequence[Any]) -> Counter[str]:
    """How many questions in use each topic that is asked has."""
    asked = {block.value["topic"] for block in blocks if block.block_type == "knowledge_check"}
    if program is None or not asked:
        return Counter()
    topics = Topic.objects.filter(program=program, slug__in=asked)
    counted = topics.annotate(size=Count("questions", filter=Q(questions__active=True)))
    return Counter(dict(counted.values_list("slug", "size")))


def _fetch_words(blocks: Iterable[Any]) -> None:
    found = [block.value["recording"] for block in blocks if block.block_type in RECORDINGS]
    prefetch_related_objects([recording for recording in found if recording], "words")


def _attempts(program: Program | None, now: datetime) -> int:
    policy = (
        program.policies.filter(in_force_from__lte=now).order_by("in_force_from", "number").last() if program else None
    )
    return policy.attempts_before_cool_down if policy else rules.ATTEMPTS_WORTH


def _translation(page: ModulePage) -> Translation | None:
    """How far it is behind, as the page of its course's translation says it (courses.translations)."""
    pair = translations.pair_of(page)
    other = pair.target if page.pk == pair.source.pk else pair.source
    if other is None or pair.target is None:
        return None
    there = {str(block.id) for block in other.get_latest_revision_as_object().body}
    return Translation(
        waiting=translations.waiting(translations.lines(pair)),
        missing=tuple(str(block.id) for block in page.body if block.id and str(block.id) not in there),
    )


def _program_of(page: ModulePage) -> Program | None:
    course = CoursePage.objects.ancestor_of(page).select_related("program").first() if page.path else None
    return course.program if course else None


def _own_name(viewer: User | None) -> frozenset[str]:
    """The words of her own legal name, if she left one: so that she does not publish it by a slip."""
    row = AuthorIdentity.objects.filter(user=viewer, erased_at=None).first() if viewer else None
    words: list[str] = []
    with suppress(crypto.KeyMissing):  # her page of it says so; here she writes
        words = row.legal_name.split() if row else []
    return frozenset(word for word in words if len(word) >= SHORTEST_NAME)


# --- words and links -----------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Rich text as it is read: a line for each paragraph, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            of = dict(attrs)
            kept = f"{of['linktype']}:{of.get('id')}" if of.get("linktype") else of.get("href") or ""
            self.links.append(kept)
            if kept.startswith(("mailto:", "tel:")):
                self.words.append(f" {kept.partition(':')[2]} ")
        if tag in LINES:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in LINES:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _read(block: Any) -> _Text:
    words: list[str] = []
    links: list[str] = []
    _gather(block.value, words, links)
    return _Text("\n".join(words), tuple(link for link in links if link))


def _gather(value: Any, words: list[str], links: list[str]) -> None:
    match value:
        case RichText():
            reader = _Reader()
            reader.feed(value.source)
            reader.close()
            words.append("".join(reader.words))
            links += reader.links
        case str():
            words.append(value)
        case StructValue():
            links += [value["url"]] if value.get("url") else []
            for name, inner in value.items():
                if name not in NOT_READ:
                    _gather(inner, words, links)
        case ListValue():
            for inner in value:
                _gather(inner, words, links)


def _leads(link: str) -> str:
    """``here`` (somewhere a reader can open), ``outside``, or ``nowhere``. Nothing is fetched."""
    kind, _, number = link.partition(":")
    if kind == "page":
        page = Page.objects.filter(pk=number if number.isdecimal() else None, live=True).first()
        return "here" if page and page.specific.get_url_parts() else "nowhere"
    if kind in ("mailto", "tel"):
        return "here"
    parts = urlsplit(link)
    if parts.scheme in ("http", "https") and parts.netloc and parts.netloc != urlsplit(settings.PUBLIC_URL).netloc:
        return "outside"
    try:
        resolve(parts.path)
    except Resolver404:
        return "nowhere"
    return "here" if parts.path else "nowhere"
