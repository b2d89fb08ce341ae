"""“My consents”: what an author agreed to, until when, and taking it back. Hers alone; the reviewers' list of their program."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.menu import MenuItem

from courses import access
from courses.actions import consents, withdrawal
from courses.consent_forms import ConsentForm, NameForm, TakeBackForm
from courses.consent_words import consent_text
from courses.labels import LANGUAGES_IN_WORDS
from courses.links import path_of
from courses.models import Consent, ModulePage, StoryLink, TakenBack
from courses.models.consent import Act
from courses.rules.consent import STANDING, TOLD_BEFORE, reminder_due
from courses.stories import Story, stories_of, story_of, wrote
from lms.people.access import ask_to_prove, only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import programs_of, zone_of
from lms.referrals.models import ProgramRole

SHOW_LINK = "story_link"


@only(Kind.AUTHOR)
@require_safe
def mine(request: Request) -> HttpResponse:
    """Each of her stories: what she agreed to, until when."""
    rows = [_row(story, request) for story in stories_of(request.user)]
    return render(request, "authoring/consents.html", {
        "rows": rows,
        "reviews": programs_of(request.user, ProgramRole.REVIEWER).exists(),
    })  # fmt: skip


@only(Kind.AUTHOR)
@require_safe
def one(request: Request, story: uuid.UUID) -> HttpResponse:
    """One story: its ledger, its link, and everything that she can do."""
    found = _fetch(request, story)
    lines = Consent.objects.filter(story=story).order_by("-number")
    link = StoryLink.objects.filter(story=story, revoked_at=None).first()
    return render(request, "authoring/consent.html", _row(found, request) | {
        "lines": lines,
        "link": link,
        "shown_link": _shown_once(request, link),
        "name_form": NameForm(initial={"byline": found.consent.shown_byline if found.consent else ""}),
    })  # fmt: skip


@only(Kind.AUTHOR)
def give(request: Request, story: uuid.UUID) -> HttpResponse:
    """The words, the terms, and the press. Asked again who she is: it is her name that stands under it."""
    found = _fetch(request, story)
    if found.page is None and not _sealed(found):
        raise Http404
    if prove := ask_to_prove(request):
        return prove
    last = found.consent
    languages = found.languages or set(last.languages if last else ())
    text = consent_text(language=get_language() or "en", backup_days=settings.BACKUP_DATA_DAYS)
    initial = {
        "byline": last.shown_byline if last else found.byline, "languages": sorted(languages),
        "beside": last.media if last else [], "paid": "yes" if last and last.paid else "no",
        "seen": last.number if last else 0,
    }  # fmt: skip
    form = ConsentForm(request.POST or None, languages=languages, media=found.media, initial=initial)
    if request.method == "POST" and form.is_valid() and not _moved_on(request, form):
        chosen = form.cleaned_data
        terms = consents.Terms(
            byline=chosen["byline"], languages=chosen["languages"], media=chosen.get("beside", []),
            days=chosen["days"], paid=chosen["paid"],
        )  # fmt: skip
        page = found.page or _page_of(last)
        try:
            consents.give(
                story=story, page=page, program=found.program, terms=terms, text=text, by=request.user, now=request.now
            )
        except (consents.NotHers, consents.Gone):
            raise Http404 from None
        if not StoryLink.objects.filter(story=story, revoked_at=None).exists():
            _new_link(request, story, mail=False)
        messages.success(request, _("Recorded. Your story may be shown as you chose."))
        return redirect("my_consent", story)
    return render(request, "authoring/consent_give.html", {"story": found, "form": form, "text": text})


def _moved_on(request: Request, form: ConsentForm) -> bool:
    """She agreed, renamed or took it back in another tab since this form was opened: she looks once more."""
    newest, seen = form.initial["seen"], form.cleaned_data["seen"]
    if seen is None or seen == newest:
        return False
    form.data = form.data.copy()
    form.data["seen"] = str(newest)
    messages.warning(
        request,
        _(
            "Nothing was recorded yet: you changed this consent meanwhile, in another tab. What you chose is below. Look once more; to agree to it, press again."
        ),
    )
    return True


@only(Kind.AUTHOR)
@require_POST
def rename(request: Request, story: uuid.UUID) -> HttpResponse:
    """Another name, or none."""
    found, form = _fetch(request, story), NameForm(request.POST)
    if found.consent is None:
        raise Http404
    if form.is_valid():
        try:
            consents.rename(consent=found.consent, byline=form.cleaned_data["byline"], by=request.user, now=request.now)
        except (consents.NotHers, consents.Gone):
            raise Http404 from None
        messages.success(request, _("The name is changed on every page."))
    return redirect("my_consent", story)


@only(Kind.AUTHOR)
def take_back(request: Request, story: uuid.UUID) -> HttpResponse:
    """One press, no reason."""
    found, form = _fetch(request, story), TakeBackForm(request.POST if request.method == "POST" else None)
    if not _can_take_back(found, request):
        raise Http404
    if request.method == "POST" and form.is_valid():
        what = {
            "story": story,
            "keep_days": withdrawal.KEPT_DAYS if form.keeps else 0,
            "by": request.user,
            "now": request.now,
        }
        if found.consent is None:
            withdrawal.take_back_draft(page=found.page, program=found.program, **what)
        else:
            withdrawal.take_back(**what)
        messages.success(request, _("It is gone from every page. No one’s progress is worse for it."))
        return redirect("my_consents")
    return render(request, "authoring/consent_take_back.html", {
        "story": found, "form": form, "backup_days": settings.BACKUP_DATA_DAYS,
        "copies": _copies(found.consent, request) if found.consent else [],
    })  # fmt: skip


def _can_take_back(found: Story, request: Request) -> bool:
    """What she agreed to, until she took it back; and before she agreed, what she wrote down herself."""
    if found.consent is None:
        return found.page is not None and wrote(request.user, found.key)
    return found.consent.act != Act.TAKEN_BACK


def _copies(consent: Consent, request: Request) -> list[str]:
    """What the other modules are called in which her words stand."""
    pages = withdrawal.pages_with(consent)
    known = access.modules_worked_on(request.user).filter(pk__in=pages.values("pk"))
    titles = list(dict.fromkeys(page.get_admin_display_title() for page in known))
    return titles + ([_("a module of another program")] if len(known) < pages.count() else [])


@only(Kind.AUTHOR)
@require_POST
def destroy(request: Request, story: uuid.UUID) -> HttpResponse:
    """Not to wait for the last of the days."""
    _fetch(request, story)
    withdrawal.destroy_words(story=story, by=request.user, now=request.now)
    messages.success(request, _("Its words are destroyed."))
    return redirect("my_consents")


@only(Kind.AUTHOR)
@require_POST
def link(request: Request, story: uuid.UUID) -> HttpResponse:
    """A new link, which ends the one before; or none any more."""
    found = _fetch(request, story)
    if found.consent is None:
        raise Http404
    if "revoke" in request.POST:
        consents.revoke_links(story=story, by=request.user, now=request.now)
        messages.success(request, _("The link opens nothing any more."))
        return redirect("my_consent", story)
    if prove := ask_to_prove(request):
        return prove
    _new_link(request, story, mail="mail" in request.POST)
    return redirect("my_consent", story)


@only(Kind.AUTHOR)
@require_safe
def review(request: Request) -> HttpResponse:
    """For reviewers: what was agreed for the stories of their program, without whose they are."""
    programs = programs_of(request.user, ProgramRole.REVIEWER)
    if not programs.exists():
        raise Http404
    lines = Consent.objects.newest().filter(program__in=programs).order_by("ends_at")
    titles = dict(ModulePage.objects.order_by("-locale__language_code").values_list("translation_key", "draft_title"))
    rows = [
        {
            "consent": line,
            "title": titles.get(line.page_key, ""),
            "standing": line.is_current(request.now),
            "languages": [str(LANGUAGES_IN_WORDS.get(code, code)) for code in line.languages],
        }
        for line in lines
    ]
    return render(request, "authoring/consents_review.html", {"rows": rows, "zone": zone_of(request.user) or "UTC"})


def urls() -> list[URLPattern]:
    return [
        path("consents/", mine, name="my_consents"),
        path("consents/review/", review, name="review_consents"),
        path("consents/<uuid:story>/", one, name="my_consent"),
        path("consents/<uuid:story>/give/", give, name="give_consent"),
        path("consents/<uuid:story>/name/", rename, name="rename_consent"),
        path("consents/<uuid:story>/take-back/", take_back, name="take_back_story"),
        path("consents/<uuid:story>/destroy/", destroy, name="destroy_story"),
        path("consents/<uuid:story>/link/", link, name="story_link"),
    ]


class ConsentsMenuItem(MenuItem):
    """For authors and reviewers; nobody else has any."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.kind == Kind.AUTHOR)


def _fetch(request: Request, key: uuid.UUID) -> Story:
    found = story_of(request.user, key)
    if found is None:
        raise Http404
    return found


def _row(story: Story, request: Request) -> dict[str, Any]:
    consent, now = story.consent, request.now
    taken = _taken(story)
    near = bool(consent and consent.act in STANDING and reminder_due(consent.ends_at, now))
    return {
        "story": story,
        "consent": consent,
        "standing": bool(consent and consent.is_current(now)),
        "near": near,
        "taken_back": taken,
        "sealed": bool(taken and taken.destroyed_at is None),
        "ended": bool(consent and consent.act in {*STANDING, Act.ENDED} and consent.ends_at <= now),
        "can_take_back": _can_take_back(story, request),
        "zone": zone_of(request.user) or "UTC",
        "told_before": TOLD_BEFORE,
    }


def _taken(story: Story) -> TakenBack | None:
    if story.consent is None or story.consent.act != Act.TAKEN_BACK:
        return None
    return TakenBack.objects.filter(consent=story.consent).defer("kept").first()


def _sealed(story: Story) -> bool:
    taken = _taken(story)
    return bool(taken and taken.destroyed_at is None)


def _page_of(last: Consent | None) -> ModulePage:
    page = ModulePage.objects.filter(translation_key=last.page_key).first() if last else None
    if page is None:
        raise Http404
    return page


def _new_link(request: Request, story: uuid.UUID, *, mail: bool) -> None:
    """It is shown once, on the next page: what waits in the session is which, not the link."""
    made = consents.make_link(story=story, mail=mail, by=request.user, now=request.now)
    request.session[SHOW_LINK] = str(made.pk)


def _shown_once(request: Request, link: StoryLink | None) -> str:
    wanted = request.session.pop(SHOW_LINK, None)
    return settings.PUBLIC_URL + path_of(link) if link and wanted == str(link.pk) else ""
