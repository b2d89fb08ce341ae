"""What of a court's list somebody asks for: a name is posted, never part of an address."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.referrals.court_list import Asked
from lms.referrals.models import STATUS_LABELS
from lms.referrals.rules.status import Status

NEWEST, NAME = "newest", "name"


class CourtListFilter(forms.Form):
    q = forms.CharField(
        label=_("Name or case number"), required=False, max_length=100, help_text=_("How it begins is enough.")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *((status.value, label) for status, label in STATUS_LABELS.items())],
    )
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(NEWEST, _("Newest first")), (NAME, _("By name"))]
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def asked(self) -> Asked:
        """What made no sense is passed over."""
        if not self.is_bound:
            return Asked()
        self.is_valid()
        clean = self.cleaned_data
        before: UUID | None = clean.get("before")
        return Asked(
            text=clean.get("q") or "",
            status=Status(clean["status"]) if clean.get("status") else None,
            by_name=clean.get("order") == NAME,
            beyond=before or clean.get("after"),
            back=before is not None,
        )

    def again(self) -> dict[str, Any]:
        """What the other pages of the same list are asked with."""
        clean = self.cleaned_data if self.is_bound else {}
        return {name: clean.get(name) or "" for name in ("q", "status", "order")}
