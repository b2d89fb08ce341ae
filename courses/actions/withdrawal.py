"""What was taken back is gone from everywhere at once, and no one's progress is worse for it (invariant 10).

A whole module, or one story in it. For a story the order is that of security.md 3.3: its ledger closes in one
transaction, from which moment on no page renders it whatever a revision holds; then the words are taken out of
every place that holds them. A crash between leaves it hidden, and the task comes back for the rest.
"""

import json
import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.html import strip_tags
from wagtail.admin.models import FormState
from wagtail.models import PageLogEntry, ReferenceIndex, Revision, TaskState, WorkflowState
from wagtail.search import index

from courses import consents as ledger
from courses.actions import completion, consent_lines, media
from courses.models import Consent, CoolingOff, EditionModule, Enrollment, FineWord, ModulePage, TakenBack
from courses.models.consent import Act
from courses.rules.consent import seconds_not_owed
from courses.rules.words import count_words
from lms import crypto
from lms.database import empty_log, forget_searched
from lms.journal import journal
from lms.outbox import outbox
from lms.people.actions import kept_words
from lms.people.models import KeptWords, User
from lms.referrals.actions.roles import administrators_of
from lms.referrals.models import Program

WITHDRAWN_TITLE = {"en": "Withdrawn", "es": "Retirado"}
# What a revision keeps of comments: they speak of the words, and often repeat them.
COMMENTS = "wagtail_admin_comments"
KEPT_DAYS = 14
LOOKED_AT_AFTER = timedelta(seconds=60)

log = logging.getLogger("amends.withdrawal")


class NothingToTakeBack(Exception):
    """There is no consent, or it was taken back before."""


# --- a whole module ----------------------------------------------------------------------------


@transaction.atomic
def withdraw_module(*, page: ModulePage, by: User, now: datetime) -> None:
    """Take a module back in every language and edition. The words are erased, from drafts and
    revisions too; what remains is which revision was shown, its keyed digest, and when.

    What the module asked for is waived; what was completed stays completed. Its stories are taken back with it.
    """
    affected = EditionModule.objects.filter(page_key=page.translation_key, withdrawn_at=None)
    editions = set(affected.values_list("edition", flat=True))
    for module in affected:
        module.withdrawn_at = now
        module.title_en, module.title_es = WITHDRAWN_TITLE["en"], WITHDRAWN_TITLE["es"]
        # What was asked is kept by kind and id; its words are not.
        module.asks = [{**ask, "title": ""} if "title" in ask else ask for ask in module.asks]
        module.save()
    shown = media.shown_by(page)
    editions |= _take_its_stories_back(page, by, now)
    for translation in ModulePage.objects.filter(translation_key=page.translation_key):
        _erase(translation)
    FineWord.objects.filter(page_key=page.translation_key).delete()
    media.forget_unused(shown, now=now)
    _forget_in_the_database()
    journal.record("module.withdrawn", about=None, on=page, by=by, at=now)
    _tell(f"module:{page.translation_key}", page.get_parent().specific.program, editions, now)
    _complete_what_is_done(editions, now)


def _take_its_stories_back(page: ModulePage, by: User, now: datetime) -> set[uuid.UUID]:
    """No open ledger says that words may be shown which nobody has any more: each closes, and the story's key goes
    with it; what was kept sealed after an earlier taking back too. In which further editions a story stood."""
    editions = set()
    for last in Consent.objects.newest().filter(page_key=page.translation_key).select_related("program", "author"):
        if last.act == Act.TAKEN_BACK:
            destroy_words(story=last.story, by=by, now=now)
            continue
        row, also = _close(last, 0, by, False, now)
        _finish_quietly(row, now)
        editions |= also
    return editions


def _erase(page: ModulePage) -> None:
    title = WITHDRAWN_TITLE.get(page.locale.language_code, WITHDRAWN_TITLE["en"])
    page.title = page.draft_title = title
    page.slug = f"withdrawn-{page.pk}"
    page.summary, page.goals, page.body = "", [], []
    page.search_description = page.seo_title = ""
    page.live = False
    page.has_unpublished_changes = False
    page.expired = False
    page.save(clean=False)
    for revision in Revision.objects.for_instance(page):
        revision.content |= {
            "title": title, "draft_title": title, "slug": page.slug, "summary": "", "goals": [], "body": "[]",
            COMMENTS: [],
        }  # fmt: skip
        Revision.objects.filter(pk=revision.pk).update(content=revision.content, object_str=title)
    page.wagtail_admin_comments.all().delete()
    # The history keeps who and when; its labels and data carry titles.
    PageLogEntry.objects.filter(page=page.pk).update(label=title, data={})
    _stop_what_waits([page])
    _forget_traces([page])
    _forget_unsent([page], set())


# --- one story ---------------------------------------------------------------------------------


def take_back(*, story: uuid.UUID, keep_days: int = 0, by: User, by_link: bool = False, now: datetime) -> TakenBack:
    """Take one story back, at once. Its words are destroyed with it, or kept sealed for ``keep_days``.

    Raises NothingToTakeBack.
    """
    row = _hide(story, keep_days, by, by_link, now)
    _finish_quietly(row, now)
    row.refresh_from_db()
    return row


@transaction.atomic
def _hide(story: uuid.UUID, keep_days: int, by: User, by_link: bool, now: datetime) -> TakenBack:
    """From the end of this transaction on it is shown nowhere. Nobody owes what it was; whoever must know is told."""
    last = consent_lines.newest(story)
    if last is None or last.act == Act.TAKEN_BACK:
        raise NothingToTakeBack(story)
    row, editions = _close(last, keep_days, by, by_link, now)
    _tell(f"consent:{row.consent_id}", last.program, editions, now)
    _complete_what_is_done(editions, now)
    return row


def _close(last: Consent, keep_days: int, by: User, by_link: bool, now: datetime) -> tuple[TakenBack, set[uuid.UUID]]:
    """The ledger's last line, and what was owed for the story waived; in which editions it stood."""
    closed = consent_lines.add(last, Act.TAKEN_BACK, byline=last.shown_byline, by=by, now=now)
    row = TakenBack.objects.create(
        consent=closed, at=now, keep_until=now + timedelta(days=keep_days) if keep_days else None
    )
    modules = _pinning(closed)
    for module in modules:
        _waive(module, closed, now)
    journal.record("story.taken_back", about=None, on=row, by=by, at=now, data={"days": keep_days, "by_link": by_link})
    _tell_its_author(closed, now)
    return row, {module.edition_id for module in modules}


def _pinning(consent: Consent) -> list[EditionModule]:
    """The modules of editions in which the story stands, locked: two that are taken back at once are both waived."""
    rows = EditionModule.objects.filter(withdrawn_at=None).select_for_update(of=("self",))
    revisions = _revisions(_blocks(consent)).values("pk")
    pinned = rows.filter(Q(page_key=consent.page_key) | Q(revision_en__in=revisions) | Q(revision_es__in=revisions))
    return [m for m in pinned.select_related("revision_en") if any(str(consent.story) in step for step in m.steps)]


def _waive(module: EditionModule, consent: Consent, now: datetime) -> None:
    if any(waiver["story"] == str(consent.story) for waiver in module.waivers):
        return  # taken back before, and put back since: what was waived stays waived
    gone = _blocks(consent)
    rows = json.loads(module.revision_en.content["body"] or "[]")
    words = {row["id"]: _count(row["value"]) for row in rows}
    seconds = seconds_not_owed(
        module.minimum_seconds, words_gone=sum(words.get(b, 0) for b in gone), words=sum(words.values())
    )
    waived_before = module.waived_by(None)[1]
    pages = [n for n, step in enumerate(module.steps, 1) if set(step) <= gone and n not in waived_before]
    made = {"story": str(consent.story), "at": now.isoformat(), "seconds": seconds, "steps": pages}
    # What belonged to it cannot be watched any more.
    made["blocks"] = [ask["id"] for ask in module.asked("video") if ask["id"] in gone]
    module.waivers = [*module.waivers, made]
    module.save(update_fields=["waivers"])


def _count(value: Any) -> int:
    if isinstance(value, str):
        return count_words(strip_tags(value))
    parts: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(_count(part) for part in parts)


def _tell(key: str, program: Program, editions: set[uuid.UUID], now: datetime) -> None:
    """Administrators, and facilitators of people under way: that something is no longer shown, and not why."""
    running = Enrollment.objects.filter(edition__in=editions, completed_at=None)
    ids = set(running.exclude(referral__facilitator=None).values_list("referral__facilitator", flat=True))
    for user in User.objects.filter(Q(pk__in=ids) | Q(pk__in=administrators_of(program)), is_active=True):
        outbox.post(
            key=f"{key}:told:{user.pk}", kind="course.part_gone", to=user, at=now, audience=program.pk
        )  # fmt: skip


def _tell_its_author(consent: Consent, now: datetime) -> None:
    if consent.author.email:
        outbox.post(
            key=f"consent:{consent.pk}:done", kind="consent.done", to=consent.author, at=now,
            context={"path": consent_lines.PATH},
        )  # fmt: skip


def _finish_quietly(row: TakenBack, now: datetime) -> None:
    try:
        _take_words_out(row, now)
    except Exception as problem:
        # It is hidden; the words of the problem may be hers. The task comes back.
        log.error("the words of %s are still there: %s", row.pk, type(problem).__name__)


@transaction.atomic
def _take_words_out(row: TakenBack, now: datetime) -> None:
    """Out of pages, drafts, versions, comments, half-typed forms, schedules, references and the search. Safe again."""
    row = TakenBack.objects.select_for_update(of=("self",)).select_related("consent").get(pk=row.pk)
    if row.words_gone_at:
        return
    gone = _blocks(row.consent)
    revisions = list(_revisions(gone))
    pages = list(ModulePage.objects.filter(Q(pk__in={r.object_id for r in revisions}) | Q(translation_key=row.consent.page_key)))  # fmt: skip
    shown = media.shown_in(revisions, gone)
    kept = [piece for page in pages for piece in _out_of_page(page, gone)]
    kept += [piece for revision in revisions for piece in _out_of_revision(revision, gone)]
    _cancel_what_waits(pages, revisions)
    FineWord.objects.filter(block__in=gone).delete()
    FormState.objects.filter(data__contains=str(row.consent.story)).delete()
    _forget_traces(pages)
    _forget_unsent(pages, gone)
    row.files = media.names_of(shown)
    media.forget_unused(shown, now=now)
    _forget_in_the_database()
    row.words_gone_at = now
    if row.keep_until:
        row.kept = json.dumps(kept)
    row.save()
    if not row.keep_until:
        _destroy(row, now)


def _out_of_page(page: ModulePage, gone: set[str]) -> list[dict[str, Any]]:
    for comment in page.wagtail_admin_comments.all():
        if _speaks_of(comment.contentpath, gone):
            comment.delete()
    # Comments are copied into the history as they are written.
    PageLogEntry.objects.filter(page=page.pk, action__startswith="wagtail.comments").update(data={})
    pieces = page.leave_out(gone)
    if pieces:
        page.save(clean=False)
    return [piece | {"page": page.pk} for piece in pieces]


def _out_of_revision(revision: Revision, gone: set[str]) -> list[dict[str, Any]]:
    content = revision.content
    rows = json.loads(content["body"] or "[]")
    content["body"] = json.dumps([row for row in rows if row["id"] not in gone])
    content[COMMENTS] = [c for c in content.get(COMMENTS) or [] if not _speaks_of(c.get("contentpath", ""), gone)]
    Revision.objects.filter(pk=revision.pk).update(content=content)
    return [
        {"revision": revision.pk, "place": place, "block": row} for place, row in enumerate(rows) if row["id"] in gone
    ]


def _speaks_of(path: str, gone: set[str]) -> bool:
    """``path``: of the block commented on, or ``body``, where the comment is on all of it."""
    return path == "body" or any(block in path for block in gone)


def _cancel_what_waits(pages: list[ModulePage], revisions: list[Revision]) -> None:
    """Nothing that was set going with the story in it goes on by itself."""
    Revision.objects.filter(pk__in=[r.pk for r in revisions]).update(approved_go_live_at=None)
    _stop_what_waits(pages)


def _stop_what_waits(pages: list[ModulePage]) -> None:
    CoolingOff.objects.filter(CoolingOff.OPEN, page__in=pages).delete()
    for page in pages:
        open_states = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
        for state in page.workflow_states.filter(status__in=open_states):
            state.cancel()
        _forget_what_reviewers_said(page)


def _forget_what_reviewers_said(page: ModulePage) -> None:
    """With which words a version was approved or sent back: they speak of what it said, and often repeat it."""
    TaskState.objects.filter(workflow_state__in=page.workflow_states.all()).exclude(comment="").update(comment="")
    for entry in PageLogEntry.objects.filter(page=page.pk, action__startswith="wagtail.workflow"):
        if entry.data.pop("comment", ""):
            PageLogEntry.objects.filter(pk=entry.pk).update(data=entry.data)


def _forget_traces(pages: Iterable[ModulePage]) -> None:
    for page in pages:
        FormState.objects.for_instance(page).delete()
        ReferenceIndex.create_or_update_for_object(page)
        index.insert_or_update_object(page)


def _forget_unsent(pages: Iterable[ModulePage], gone: set[str]) -> None:
    """Forms of the authoring place that came when their session had ended: of these pages, or with these blocks."""
    places = [f"/{page.pk}/" for page in pages]
    for kept in KeptWords.objects.filter(path__startswith="/authoring/"):
        if any(place in kept.path for place in places) or _is_kept(gone, kept):
            kept.delete()


def _is_kept(blocks: set[str], kept: KeptWords) -> bool:
    try:
        fields = json.dumps(kept_words.read(kept))
    except (crypto.KeyMissing, crypto.Tampered):
        return False  # nobody reads it any more
    return any(block in fields for block in blocks)


def _forget_in_the_database() -> None:
    """What rows no longer say stands on in SQLite's index for the search and in its log, until they are made anew."""
    forget_searched()
    transaction.on_commit(empty_log, robust=True)


# --- destroying, or changing her mind -------------------------------------------------------------


@transaction.atomic
def destroy_words(*, story: uuid.UUID, by: User | None, now: datetime) -> None:
    """Destroy what was kept sealed. Again is harmless."""
    for row in TakenBack.objects.select_for_update(of=("self",)).filter(
        consent__story=story, words_gone_at__isnull=False, destroyed_at=None, put_back_at=None
    ):
        _destroy(row, now, by)


def _destroy(row: TakenBack, now: datetime, by: User | None = None) -> None:
    """The key goes, and with it whatever lies under it anywhere, the byline in the ledger too."""
    row.kept, row.destroyed_at = None, now
    row.save(update_fields=["kept", "destroyed_at"])
    crypto.destroy_subject(row.consent.story, now=now)
    journal.record("story.destroyed", about=None, on=row, by=by, at=now)


@transaction.atomic
def put_back(*, story: uuid.UUID, by: User, now: datetime) -> None:
    """She agreed anew before the words were destroyed: they stand where they stood. Pictures do not come back."""
    rows = TakenBack.objects.select_for_update(of=("self",)).filter(
        consent__story=story, destroyed_at=None, put_back_at=None, words_gone_at__isnull=False
    )
    for row in rows:
        for piece in json.loads(row.kept or "[]"):
            _put_in(piece, str(story))
        row.kept, row.put_back_at = None, now
        row.save(update_fields=["kept", "put_back_at"])
        journal.record("story.put_back", about=None, on=row, by=by, at=now)


def _put_in(piece: dict[str, Any], story: str) -> None:
    if piece["block"]["id"] != story:
        return
    page = ModulePage.objects.filter(pk=piece.get("page")).first()
    revision = Revision.objects.filter(pk=piece.get("revision")).first()
    rows = list(page.body.get_prep_value()) if page else json.loads(revision.content["body"]) if revision else []
    if any(row["id"] == story for row in rows):
        return
    rows.insert(min(piece["place"], len(rows)), piece["block"])
    if page:
        page.body = page._meta.get_field("body").to_python(json.dumps(rows))
        page.save(clean=False)
    elif revision:
        revision.content["body"] = json.dumps(rows)
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)


# --- afterward ------------------------------------------------------------------------------------


def look_after(*, now: datetime, limit: int = 50) -> int:
    """What a crash left, what is to be destroyed by now, and the second look a minute later. How many."""
    unfinished = TakenBack.objects.filter(put_back_at=None).filter(
        Q(words_gone_at=None) | Q(destroyed_at=None, keep_until__lte=now) | Q(looked_at=None, at__lte=now - LOOKED_AT_AFTER)
    )  # fmt: skip
    rows = list(unfinished.select_related("consent__program").order_by("at")[:limit])
    for row in rows:
        if row.words_gone_at is None:
            _finish_quietly(row, now)
        elif row.destroyed_at is None and row.keep_until and row.keep_until <= now:
            destroy_words(story=row.consent.story, by=None, now=now)
        if row.looked_at is None and row.at <= now - LOOKED_AT_AFTER:
            look_again(row=row, now=now)
    return len(rows)


@transaction.atomic
def look_again(*, row: TakenBack, now: datetime) -> list[str]:
    """Ask every door again, as if somebody came; administrators learn of whatever still opens. Codes of places."""
    found = _still_there(row)
    TakenBack.objects.filter(pk=row.pk).update(looked_at=now, still_there=found)
    if found:
        journal.record("story.still_there", about=None, on=row, by=None, at=now, data={"places": found})
        for user in administrators_of(row.consent.program):
            outbox.post(
                key=f"story:{row.pk}:still:{user.pk}", kind="course.look_now", to=user, at=now,
                audience=row.consent.program_id,
            )  # fmt: skip
    return found


def _still_there(row: TakenBack) -> list[str]:
    gone = _blocks(row.consent)
    body = ModulePage._meta.get_field("body")
    found = set()
    for module in _pinning(row.consent):
        for language in ("en", "es"):
            stream = body.to_python(module.revision(language).content["body"])
            hidden = ledger.standing(stream, also=gone, language=language, now=row.at).hidden_stories
            found |= set() if str(row.consent.story) in hidden else {"page"}
    found |= {"revision"} if _revisions(gone).exists() else set()
    found |= {"draft"} if any(_holds(page, gone) for page in ModulePage.objects.all()) else set()
    typed = KeptWords.objects.filter(path__startswith="/authoring/")
    found |= {"form"} if FormState.objects.filter(data__contains=str(row.consent.story)).exists() else set()
    found |= {"form"} if any(_is_kept(gone, kept) for kept in typed) else set()
    found |= {"file"} if any(media.is_there(name) for name in row.files) else set()
    return sorted(found)


def _holds(page: ModulePage, gone: set[str]) -> bool:
    return any(str(block.id) in gone for block in page.body)


def _blocks(consent: Consent) -> set[str]:
    """The story and what belongs to it."""
    return {str(consent.story), *consent.media}


def _revisions(blocks: set[str]) -> QuerySet[Revision]:
    """Every version of every module that holds one of these blocks, in whatever language, copy or course."""
    holds = Q()
    for block in blocks:
        holds |= Q(content__body__icontains=block)
    found: QuerySet[Revision] = Revision.objects.page_revisions().filter(holds, content_type__app_label="courses")
    return found


def _complete_what_is_done(editions: Iterable[uuid.UUID], now: datetime) -> None:
    """Whoever owed nothing else is done."""
    running = Enrollment.objects.filter(edition__in=list(editions), completed_at=None, started_at__isnull=False)
    for enrollment in running:
        completion.complete_if_done(enrollment=enrollment, by=None, now=now)
