"""Taking a whole module back, in one transaction: it is gone with everything in it, or not at all."""

import uuid
from datetime import datetime

from django.db import transaction
from wagtail.models import PageLogEntry, Revision

from courses.actions import media
from courses.actions.withdrawal import owed, sealed, steps, story, telling, traces, words
from courses.models import Consent, EditionModule, FineWord, ModulePage
from courses.models.consent import Act
from lms.journal import journal
from lms.people.models import User

WITHDRAWN_TITLE = {"en": "Withdrawn", "es": "Retirado"}


@transaction.atomic
def withdraw_module(*, page: ModulePage, by: User, now: datetime) -> None:
    """Take a module back in every language and edition. The words are erased, from drafts and
    revisions too; what remains is which revision was shown, its keyed digest, and when.

    What the module asked for is waived; what was completed stays completed. Its stories are taken back with it.
    """
    editions = _close(page, now)
    shown = media.shown_by(page)
    editions |= _take_its_stories_back(page, by, now)
    for translation in ModulePage.objects.filter(translation_key=page.translation_key):
        _erase(translation)
    FineWord.objects.filter(page_key=page.translation_key).delete()
    media.forget_unused(shown, now=now)
    traces.forget_in_the_database()
    journal.record("module.withdrawn", about=None, on=page, by=by, at=now)
    owed.complete_what_is_done(editions, now)
    telling.tell(f"module:{page.translation_key}", page.get_parent().specific.program, editions, now)


def _close(page: ModulePage, now: datetime) -> set[uuid.UUID]:
    """It is shown nowhere, and owed by nobody. In which editions it stood."""
    affected = EditionModule.objects.filter(page_key=page.translation_key, withdrawn_at=None)
    editions = set(affected.values_list("edition", flat=True))
    for module in affected:
        module.withdrawn_at = now
        module.title_en, module.title_es = WITHDRAWN_TITLE["en"], WITHDRAWN_TITLE["es"]
        # What was asked is kept by kind and id; its words are not.
        module.asks = [{**ask, "title": ""} if "title" in ask else ask for ask in module.asks]
        module.save()
    return editions


def _take_its_stories_back(page: ModulePage, by: User, now: datetime) -> set[uuid.UUID]:
    """No open ledger says that words may be shown which nobody has any more: each closes, and the story's key goes
    with it; what was kept sealed after an earlier taking back too. In which further editions a story stood."""
    editions = set()
    rows = Consent.objects.newest().filter(page_key=page.translation_key).select_related("program", "author")
    for last in rows:
        if last.act == Act.TAKEN_BACK:
            sealed.destroy_words(story=last.story, by=by, now=now)
            continue
        # Staff are told once, for the module.
        row = story.close(last, by=by, done=("staff",), now=now)
        steps.go_on(row, now)
        row.refresh_from_db()
        editions |= telling.editions_of((row.found or {}).get("owed", ()))
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
            words.COMMENTS: [],
        }  # fmt: skip
        Revision.objects.filter(pk=revision.pk).update(content=revision.content, object_str=title)
    page.wagtail_admin_comments.all().delete()
    # The history keeps who and when; its labels and data carry titles.
    PageLogEntry.objects.filter(page=page.pk).update(label=title, data={})
    words.cancel_what_waits([page], [])
    traces.forget_typed([page], set())
    traces.refer_anew([page])
