"""One check-in as one person answers it: its questions, what is typed, and on which screen."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import get_language

from accountability.actions import answering as actions
from accountability.answer_forms import AnswersForm
from accountability.asking import Asked, asked_now
from accountability.models import Answering, Attachment, CheckIn, Review
from accountability.rules.check_in_state import State
from lms.people.http import Request
from lms.people.models import QuestionsShown

SEND = "send"


@dataclass
class Sheet:
    """What the views of one request share."""

    request: Request
    check_in: CheckIn
    answering: Answering
    asked: Asked
    language: str

    @cached_property
    def keys(self) -> list[str]:
        return AnswersForm(asked=self.asked).keys

    @property
    def one_by_one(self) -> bool:
        return self.request.user.questions_shown == QuestionsShown.ONE

    @cached_property
    def draft(self) -> dict[str, Any]:
        return self.check_in.read_draft()

    def empty(self, only: str = "") -> AnswersForm:
        """As it stands, to be filled in."""
        return AnswersForm(asked=self.asked, only=only, initial=self.draft)

    def posted(self) -> AnswersForm:
        """What came from the page: of all questions, or of the one that stood there."""
        on = self.request.POST.get("on", "")
        return AnswersForm(self.request.POST, self.request.FILES, asked=self.asked, only=on if on in self.keys else "")

    def whole(self) -> AnswersForm:
        """What was typed so far, as if it were sent."""
        data = QueryDict(mutable=True)
        for name, value in self.draft.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        return AnswersForm(data, asked=self.asked)

    def step(self) -> str:
        """Which question, or SEND: the one that was asked for, else where they were, else the first."""
        wanted = self.request.GET.get("q", "")
        if wanted.isdigit() and 1 <= int(wanted) <= len(self.keys):
            return self.keys[int(wanted) - 1]
        if wanted == SEND or (not wanted and self.answering.place == SEND):
            return SEND
        return self.answering.place if self.answering.place in self.keys else self.keys[0]

    def address(self, key: str = "") -> str:
        """Of a screen; of the whole page without."""
        base = reverse("check_ins:answer", args=[self.check_in.pk])
        if not key:
            return base
        return f"{base}?q={SEND if key == SEND else self.keys.index(key) + 1}"

    def beside(self, key: str, by: int) -> str:
        """The question before or after one; after the last one it is sent."""
        steps = [*self.keys, SEND]
        return steps[min(max(steps.index(key) + by, 0), len(steps) - 1)]

    @cached_property
    def device(self) -> str:
        """Whence this comes, so that one phone does not write over another's words."""
        key = self.request.session.session_key or ""
        return salted_hmac("accountability.answering", key).hexdigest()[:16]

    @property
    def seen(self) -> int | None:
        said = self.request.POST.get("seen", "")
        return int(said) if said.isdigit() and len(said) < 9 else None

    def attachments(self) -> list[Attachment]:
        rows = self.check_in.attachments.filter(removed_at=None, submission=None)
        return list(rows.select_related("file"))


def open_sheet(request: Request, check_in: CheckIn) -> Sheet:
    """The questions are fixed when it is opened first."""
    answering = actions.prepare(check_in=check_in, now=request.now)
    language = get_language() or "en"
    return Sheet(request, check_in, answering, asked_now(check_in, answering, language, now=request.now), language)


def page_of(sheet: Sheet, form: AnswersForm, **more: Any) -> dict[str, Any]:
    """What the page shows, of whichever screen."""
    check_in, state = sheet.check_in, sheet.check_in.state(sheet.request.now)
    by_question: dict[str, list[Attachment]] = {}
    for row in sheet.attachments():
        by_question.setdefault(row.question, []).append(row)
    return {
        "check_in": check_in,
        "form": form,
        "groups": [(group, by_question.get(group.key, [])) for group in form.groups()],
        "one": bool(form.only),
        "place": sheet.keys.index(form.only) + 1 if form.only else 0,
        "total": len(sheet.keys),
        "until": until(check_in, state),
        "state": state,
        "zone": check_in.track.time_zone,
        "note": newest_note(check_in) if state is State.RETURNED else "",
        "code": sheet.answering.code,
        "seen": sheet.answering.version,
        "program": check_in.track.referral.program,
        "carries": "check-in-form",
        **more,
    }


def until(check_in: CheckIn, state: State) -> Any:
    return {
        State.OPEN: check_in.due_at,
        State.IN_GRACE: check_in.closes_at,
        State.MISSED: check_in.cure_until,
        State.RETURNED: check_in.returned_until,
    }[state]


def newest_note(check_in: CheckIn) -> str:
    newest: Review | None = check_in.reviews.order_by("-at").first()
    return newest.read_note() if newest else ""
