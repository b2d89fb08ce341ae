"""Recordings in the Wagtail admin: a list, a form, and the chooser that blocks show."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser
from wagtail.documents.models import Document
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from courses.actions import recordings
from courses.media_forms import RecordingForm, WordsForm
from courses.models import CourseRecording
from courses.newest import NothingOverwritten
from lms.files import held
from lms.files.remux import Clean
from lms.files.words import not_kept
from lms.referrals.own import OwnViewSet
from lms.referrals.viewsets import AddView, ChangeView, RecordedDelete

# As with handouts, and by the same permissions: an author changes her own, and may choose those of her program.
register_permission_policy(
    CourseRecording,
    CollectionOwnershipPermissionPolicy(CourseRecording, auth_model=Document, owner_field_name="uploaded_by_user"),
)


class AddRecording(AddView):
    """The file may have come with the form before: it was put aside while something else was not right."""

    def save_instance(self) -> CourseRecording:
        before, who = self.form.held, self.request.user.pk
        if before:
            self.form.cleaned_data["upload"] = held.opened(before, by=who)
        added = recordings.add(form=self.form, by=self.request.user, now=self.request.now)
        if before:
            transaction.on_commit(lambda: held.let_go(before, by=who))
        return added

    def form_invalid(self, form: Any) -> HttpResponse:
        if found := self._kept(form):
            form.keep(found)
        answer: HttpResponse = super().form_invalid(form)
        if found:
            messages.info(self.request, form.kept_words(found))
        return answer

    def _kept(self, form: Any) -> held.Held | None:
        """What came now, else what came before. Where there is no room, she chooses it once more."""
        came: Clean | None = form.cleaned_data.get("upload")
        if came is None:
            return form.held  # type: ignore[no-any-return]
        try:
            return held.hold(came, by=self.request.user.pk, now=self.request.now)
        except held.NotKept:
            messages.warning(self.request, not_kept())
            return None
        finally:
            came.close()


class ChangeRecording(NothingOverwritten, ChangeView):
    pass


class DeleteRecording(RecordedDelete):
    def delete_action(self) -> None:
        recordings.delete(recording=self.object, by=self.request.user, now=self.request.now)


class WordsPanel(InlinePanel):
    """Captions and transcripts, each in a form that reads captions."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = WordsForm
        return options


WORDS = [FieldPanel(name) for name in ("language", "captions", "from_captions", "transcript")]
PANELS = [
    FieldPanel("title"),
    FieldPanel("upload"),
    FieldPanel("collection"),
    WordsPanel(
        "words",
        WORDS,
        heading=_("Captions and transcript, for each language"),
        label=_("Language"),
        max_num=len(settings.LANGUAGES),
    ),
]


class RecordingViewSet(OwnViewSet):
    model = CourseRecording
    name = "recordings"
    url_prefix = "recordings"
    icon = "media"
    menu_label, menu_name = _("Recordings"), "recordings"
    menu_order = 310
    add_to_admin_menu = True
    list_display = ("title", "kind", "languages", "created_at")
    list_filter = ("kind",)
    search_fields = ("title",)
    copy_view_enabled = False
    edit_handler = ObjectList(PANELS, base_form_class=RecordingForm)
    add_view_class, edit_view_class, delete_view_class = AddRecording, ChangeRecording, DeleteRecording


def _choosable(request: HttpRequest) -> QuerySet[CourseRecording]:
    policy = policy_registry.get_by_type(CourseRecording)
    return policy.instances_user_has_any_permission_for(request.user, ["choose", "change"])


class _OwnChoices:
    def get_object_list(self: Any) -> QuerySet[CourseRecording]:
        return _choosable(self.request)


class ChooseOwn(_OwnChoices, chooser.ChooseView):
    pass


class ChooseOwnResults(_OwnChoices, chooser.ChooseResultsView):
    pass


class ChosenOwn(chooser.ChosenView):
    def get_object(self, pk: str) -> CourseRecording:
        return _choosable(self.request).get(pk=pk if pk.isdecimal() else None)


class ChosenOwnMany(chooser.ChosenMultipleView):
    def get_objects(self, pks: list[str]) -> QuerySet[CourseRecording]:
        return _choosable(self.request).filter(pk__in=[pk for pk in pks if pk.isdecimal()])


class NotHere(chooser.CreateView):
    """A file of hundreds of megabytes is added on a page of its own."""

    def can_create(self) -> bool:
        return False


class RecordingChooserWidget(BaseChooser):
    """Offers recordings of one kind."""

    def __init__(self, kind: str = "", **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def get_chooser_modal_url(self) -> str:
        return reverse(self.chooser_modal_url_name) + (f"?kind={self.kind}" if self.kind else "")


class RecordingChooser(ChooserViewSet):
    model = CourseRecording
    icon = "media"
    choose_one_text = _("Choose a recording")
    choose_another_text = _("Choose another recording")
    edit_item_text = _("Edit this recording")
    url_filter_parameters = ("kind",)
    preserve_url_parameters = ("multiple", "kind")
    choose_view_class, choose_results_view_class = ChooseOwn, ChooseOwnResults
    chosen_view_class, chosen_multiple_view_class = ChosenOwn, ChosenOwnMany
    create_view_class = NotHere
    base_widget_class = RecordingChooserWidget


recording_chooser = RecordingChooser("recording_chooser", url_prefix="recordings/choose")
