"""What of a roster is listed, and in which order. It stands in the address, so it takes no names and no case numbers."""

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from courses.models import Edition, Enrollment
from courses.roster import SORTS, STATES, month_words
from lms.referrals.models import LANGUAGES, Court, Program

STATE_WORDS = {
    "stuck": _("May need a hand"),
    "near": _("The court’s date is near"),
    "not_begun": _("Not begun yet"),
    "taking": _("Taking the course"),
    "done": _("Completed"),
}
SORT_WORDS = {
    "name": _("Name"),
    "activity": _("Longest without activity"),
    "progress": _("Fewest modules completed"),
    "deadline": _("The court’s date"),
}
MONTH, EDITION = "month", "edition"


class RosterFilter(forms.Form):
    """Choices are made of ``enrollments``: whoever may not see a court is not told of it."""

    state = forms.ChoiceField(label=_("How they are doing"), required=False)
    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.none(), required=False)
    court = forms.ModelChoiceField(label=_("Court"), queryset=Court.objects.none(), required=False)
    cohort = forms.ChoiceField(label=_("Began together"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("All")), *LANGUAGES])
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORT_WORDS.items()))

    def __init__(self, *args: Any, enrollments: QuerySet[Enrollment], zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        seen = enrollments.order_by()
        fields: dict[str, Any] = self.fields
        fields["state"].choices = [("", _("Everyone")), *((state, STATE_WORDS[state]) for state in STATES)]
        for name, model in (("program", Program), ("court", Court)):
            fields[name].queryset = model.objects.filter(pk__in=seen.values(f"referral__{name}"))
            fields[name].empty_label = _("All")
        fields["cohort"].choices = [("", _("All")), *_months(seen, zone), *_editions(seen)]

    def narrow(self, found: QuerySet[Any], *, states: bool = True) -> QuerySet[Any]:
        """Those who match; what made no sense is passed over. ``states``: how it goes is asked too."""
        chosen = self._chosen()
        if program := chosen.get("program"):
            found = found.filter(referral__program=program)
        if court := chosen.get("court"):
            found = found.filter(referral__court=court)
        if language := chosen.get("language"):
            found = found.filter(referral__language=language)
        if cohort := chosen.get("cohort"):
            found = found.filter(self._cohort(cohort))
        if states and (state := chosen.get("state")):
            found = found.filter(STATES[state])
        return found.order_by(*SORTS[chosen.get("sort") or "name"])

    def query(self, **other: str) -> str:
        """The same question as an address holds it, with some of it another way."""
        asked = {name: str(self.data.get(name, "")) for name in self.fields} | other
        return urlencode({name: value for name, value in asked.items() if value})

    def _chosen(self) -> dict[str, Any]:
        if not self.is_bound:
            return {}
        self.is_valid()
        return self.cleaned_data

    def _cohort(self, chosen: str) -> Q:
        kind, _colon, value = chosen.partition(":")
        if kind == EDITION:
            return Q(edition=value)
        begins = date.fromisoformat(f"{value}-01")
        ends = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
        since, until = (datetime.combine(day, time(), self.zone) for day in (begins, ends))
        return Q(enrolled_at__gte=since, enrolled_at__lt=until)


def _months(seen: QuerySet[Enrollment], zone: ZoneInfo) -> list[tuple[str, str]]:
    months = seen.annotate(month=TruncMonth("enrolled_at", tzinfo=zone)).values_list("month", flat=True).distinct()
    return [(f"{MONTH}:{month:%Y-%m}", month_words(month)) for month in months.order_by("-month")]


def _editions(seen: QuerySet[Enrollment]) -> list[tuple[str, str]]:
    editions = Edition.objects.filter(pk__in=seen.values("edition")).order_by("title_en", "-number")
    return [(f"{EDITION}:{edition.pk}", str(edition)) for edition in editions]
