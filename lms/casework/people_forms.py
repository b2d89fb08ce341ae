"""Which people of a caseload are listed, and in which order. It stands in the address, so it takes no names or numbers."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.casework.models import SavedView
from lms.referrals import search
from lms.referrals.models import LANGUAGES, STATUS_LABELS, Court, Referral
from lms.referrals.rules.search import wanted
from lms.referrals.rules.status import MOMENTS

ALL = ("", _("All"))
STANDINGS = [
    ("in_compliance", _("In compliance")),
    ("at_risk", _("At risk")),
    ("not_in_compliance", _("Not in compliance")),
    ("completed", _("Completed")),
    ("not_completed", _("Not completed")),
]
PHASES = [("week", _("Every week")), ("two_weeks", _("Every two weeks")), ("month", _("Every month"))]
NEEDS = [("some", _("Needs someone today")), ("none", _("Nothing waits"))]
SORTS = {
    "name": (_("Name"), ("last_name", "first_name", "pk")),
    "newest": (_("Newest first"), ("-received_at", "pk")),
    "deadline": (_("The court’s date"), (F("complete_by").asc(nulls_last=True), "last_name", "pk")),
    "next": (_("Next check-in"), ("last_name", "first_name", "pk")),
    "contact": (_("Longest without contact"), ("last_name", "first_name", "pk")),
}
# What the database cannot be asked, because it follows from moments by a rule.
BY_RULE = ("standing", "phase", "needs")
SORTED_BY_RULE = ("next", "contact")


class PeopleFilter(forms.Form):
    """Courts are those of ``people``: nobody is told of another's."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    standing = forms.ChoiceField(label=_("Standing"), required=False, choices=[ALL, *STANDINGS])
    court = forms.ModelChoiceField(
        label=_("Court"), queryset=Court.objects.none(), required=False, empty_label=_("All")
    )
    phase = forms.ChoiceField(label=_("Phase of the track"), required=False, choices=[ALL, *PHASES])
    needs = forms.ChoiceField(label=_("Needs"), required=False, choices=[ALL, *NEEDS])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ALL, *LANGUAGES])
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(key, words) for key, (words, _by) in SORTS.items()]
    )

    def __init__(self, *args: Any, people: QuerySet[Referral], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["status"].choices = [ALL, *((status.value, label) for status, label in STATUS_LABELS.items())]
        fields["court"].queryset = Court.objects.filter(pk__in=people.order_by().values("court"))
        self.is_valid()
        # What made no sense is passed over.
        self.chosen: dict[str, Any] = {
            name: value for name, value in getattr(self, "cleaned_data", {}).items() if value
        }

    def narrow(self, people: QuerySet[Referral]) -> QuerySet[Referral]:
        """Those who match, as far as the database can tell, in their order."""
        for name in ("court", "language"):
            if name in self.chosen:
                people = people.filter(**{name: self.chosen[name]})
        if status := self.chosen.get("status"):
            people = people.filter(in_status(status))
        return people.order_by(*SORTS[self.chosen.get("sort", "name")][1])

    @property
    def by_rule(self) -> bool:
        """Whether everybody has to be looked at before anybody is listed."""
        return any(name in self.chosen for name in BY_RULE) or self.chosen.get("sort") in SORTED_BY_RULE

    def asked(self) -> dict[str, str]:
        """The question as an address and a saved view hold it."""
        return {name: str(self.data.get(name)) for name in self.chosen}

    def query(self) -> str:
        return urlencode(self.asked())


def in_status(status: str) -> Q:
    """The SQL reading of rules.status.status_of: this moment is there, and none that outranks it."""
    names = [name for name, _status in MOMENTS]
    mine = next(name for name, one in MOMENTS if one == status)
    later = dict.fromkeys(names[names.index(mine) + 1 :])
    return Q(**{f"{mine}__isnull": False}, **later)


class SearchForm(forms.Form):
    """Posted, so that no name and no case number stands in an address."""

    q = forms.CharField(
        label=_("Name or case number"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def find(self, people: QuerySet[Referral]) -> QuerySet[Referral]:
        """Whoever has all that was typed, without accents, capitals or punctuation: “pena 00042” finds Ms. Peña's case.

        Of nothing but punctuation there is nobody.
        """
        asked = self.cleaned_data["q"]
        return search.narrow(people, asked) if wanted(asked) else people.none()


class SaveViewForm(forms.ModelForm):
    """Only the name is asked: what is kept is what is listed."""

    name = forms.CharField(label=_("Name of this view"), max_length=60)

    class Meta:
        model = SavedView
        fields = ("name",)
