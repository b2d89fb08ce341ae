"""Forms of the admin that do not go over what somebody else saved while they were open."""

import hashlib
from typing import Any

from django import forms
from django.core import serializers
from django.db import models
from django.http import HttpResponse
from modelcluster.models import ClusterableModel
from wagtail.admin import messages

from courses.views.editor import newer_words, see_newer


class Seen(forms.CharField):
    """How a row stood when its form was opened. Nobody changes it."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class NothingOverwritten:
    """Mixed into a view that changes a row: whoever saves second is told, and keeps what she typed."""

    def get_form(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.stands = digest(self.object)
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        form.fields["seen"] = Seen(required=False, initial=self.stands)
        return form

    def form_valid(self: Any, form: Any) -> HttpResponse:
        if form.cleaned_data.get("seen") in ("", self.stands):
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            return response
        form.data = form.data.copy()
        form.data["seen"] = self.stands
        self.form = form
        newer = messages.button(self.request.get_full_path(), see_newer(), True)
        messages.warning(self.request, newer_words(), buttons=[newer])
        again: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return again


def digest(row: models.Model) -> str:
    """Of everything that stands in a row, and in those that it holds."""
    text = row.to_json() if isinstance(row, ClusterableModel) else serializers.serialize("json", [row])
    return hashlib.sha256(text.encode()).hexdigest()
