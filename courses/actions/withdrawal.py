"""A module taken back: gone from everywhere at once, and no one's progress is worse for it (invariant 10)."""

from datetime import datetime

from django.db import transaction
from wagtail.models import PageLogEntry, ReferenceIndex, Revision
from wagtail.search import index

from courses.actions import completion
from courses.models import EditionModule, Enrollment, ModulePage
from lms.journal import journal
from lms.people.models import User

WITHDRAWN_TITLE = {"en": "Withdrawn", "es": "Retirado"}


@transaction.atomic
def withdraw_module(*, page: ModulePage, by: User, now: datetime) -> None:
    """Take a module back in every language and edition. The words are erased, from drafts and
    revisions too; what remains is which revision was shown, its keyed digest, and when.

    What the module asked for is waived; what was completed stays completed.
    """
    affected = EditionModule.objects.filter(page_key=page.translation_key, withdrawn_at=None)
    editions = list(affected.values_list("edition", flat=True))
    for module in affected:
        module.withdrawn_at = now
        module.title_en, module.title_es = WITHDRAWN_TITLE["en"], WITHDRAWN_TITLE["es"]
        # What was asked is kept by kind and id; its words are not.
        module.asks = [{**ask, "title": ""} if "title" in ask else ask for ask in module.asks]
        module.save()
    for translation in ModulePage.objects.filter(translation_key=page.translation_key):
        _erase(translation)
    journal.record("module.withdrawn", about=None, on=page, by=by, at=now)
    for enrollment in Enrollment.objects.filter(edition__in=editions, completed_at=None, started_at__isnull=False):
        completion.complete_if_done(enrollment=enrollment, by=None, now=now)


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
        }  # fmt: skip
        Revision.objects.filter(pk=revision.pk).update(content=revision.content, object_str=title)
    page.wagtail_admin_comments.all().delete()
    # The history keeps who and when; its labels and data carry titles.
    PageLogEntry.objects.filter(page=page.pk).update(label=title, data={})
    ReferenceIndex.create_or_update_for_object(page)
    index.insert_or_update_object(page)
