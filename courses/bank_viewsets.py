"""The question bank in the Wagtail admin."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets import Button
from wagtail.permissions import register_permission_policy

from courses.bank import figures_of
from courses.bank_forms import FORMS
from courses.models import Question, Topic
from courses.newest import NothingOverwritten
from courses.rules.figures import NONE
from lms.referrals.models import ProgramRole
from lms.referrals.own import OwnPrograms, OwnViewSet
from lms.referrals.viewsets import AddView, ChangeView, RecordedCopy, RecordedDelete

THEIR_BANK = (ProgramRole.ADMINISTRATOR, ProgramRole.AUTHOR, ProgramRole.REVIEWER)
register_permission_policy(Topic, OwnPrograms(Topic, path="program", roles=THEIR_BANK))
register_permission_policy(Question, OwnPrograms(Question, path="topic__program", roles=THEIR_BANK))

WHAT_FOR = {
    Question.SINGLE: gettext_lazy("Several choices; one of them is right."),
    Question.MULTIPLE: gettext_lazy("Several choices; each that is right has to be marked."),
    Question.ORDERING: gettext_lazy("Steps or events, to be numbered."),
    Question.MATCHING: gettext_lazy("For each item, its partner is chosen from a list."),
    Question.SHORT: gettext_lazy("A word or a few, typed; you say which are accepted."),
    Question.NUMERIC: gettext_lazy("A number, typed; you say how far off is still right."),
}


class ChangeTopic(NothingOverwritten, ChangeView):
    pass


class TopicViewSet(OwnViewSet):
    model = Topic
    icon = "folder-open-inverse"
    form_fields = ("program", "slug", "title")
    list_display = ("title", "slug", "program")
    add_view_class, edit_view_class = AddView, ChangeTopic
    copy_view_class, delete_view_class = RecordedCopy, RecordedDelete


class OfOneKind:
    """A view whose form has the fields of one kind of question."""

    kind: str

    def get_form_class(self) -> Any:
        return FORMS[self.kind].get_form_class()

    def get_bound_panel(self: Any, form: Any) -> Any:
        return FORMS[self.kind].get_bound_panel(request=self.request, instance=form.instance, form=form)


class AddQuestion(OfOneKind, AddView):
    """First which kind, then its form."""

    @property
    def kind(self) -> str:
        return self.request.GET.get("kind", "")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.kind in FORMS else self._choose(request)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.kind in FORMS else self._choose(request)

    def _choose(self, request: HttpRequest) -> HttpResponse:
        kinds = [(kind.value, kind.label, WHAT_FOR[kind]) for kind in Question.Kind]
        return render(request, "authoring/kinds.html", {"kinds": kinds, "title": _("A new question: of which kind?")})

    def get_initial_form_instance(self) -> Question:
        return Question(kind=self.kind)

    def get_add_url(self) -> str:
        return f"{super().get_add_url()}?kind={self.kind}"

    def get_page_subtitle(self) -> str:
        return Question.Kind(self.kind).label


class ChangeQuestion(NothingOverwritten, OfOneKind, ChangeView):
    @cached_property
    def header_more_buttons(self) -> list[Button]:
        seen = reverse("bank_question", args=[self.object.pk])
        return [*super().header_more_buttons, Button(_("As people see it"), url=seen, icon_name="view", priority=5)]

    @property
    def kind(self) -> str:
        return self.object.kind


class CopyQuestion(OfOneKind, RecordedCopy):
    """A new question with the words of another, and a short name of its own to be given."""

    @cached_property
    def kind(self) -> str:
        return self.get_object().kind

    def get_initial_form_instance(self) -> Question:
        copy, _children = self.get_object().copy_cluster(exclude_fields=["id"])
        copy.pk = uuid.uuid4()
        return copy

    def get_add_url(self) -> str:
        return reverse(f"{Question._meta.model_name}:copy", args=[self.kwargs["pk"]])


class QuestionIndex(generic.IndexView):
    """The list, with how each question fares: two more queries, however long it is."""

    @cached_property
    def columns(self) -> list[Column]:
        return [
            *super().columns,
            BooleanColumn("active", label=_("In use"), sort_key="active"),
            Column("asked", label=_("Times asked"), accessor=lambda question: question.figures.asked),
            Column("right_at_first", label=_("Right at first"), accessor=_right_at_first),
            Column("attempts_needed", label=_("Attempts needed"), accessor=_attempts_needed),
        ]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("topic")

    def get_table(self, object_list: Any) -> Any:
        found = figures_of([question.pk for question in object_list])
        for question in object_list:
            question.figures = found.get(question.pk, NONE)
        return super().get_table(object_list)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [
            *super().header_more_buttons,
            Button(_("Bring in from a file"), url=reverse("bank_bring_in"), icon_name="upload", priority=30),
            Button(_("Take out into a file"), url=reverse("bank_take_out"), icon_name="download", priority=40),
        ]


def _right_at_first(question: Question) -> str:
    percent = question.figures.percent
    return _("not enough answers yet") if percent is None else f"{percent} %"


def _attempts_needed(question: Question) -> str:
    needed = question.figures.attempts_needed
    return _("not enough answers yet") if needed is None else number_format(float(needed), 1 if needed % 1 else 0)


class QuestionViewSet(OwnViewSet):
    model = Question
    index_view_class = QuestionIndex
    icon = "help"
    edit_handler = FORMS[Question.SINGLE]  # each view takes that of its question's kind
    list_display = ("__str__", "topic", "kind", "difficulty")
    list_filter = ("topic", "kind", "difficulty", "active")
    search_fields = ("prompt_en", "prompt_es")
    add_view_class, edit_view_class = AddQuestion, ChangeQuestion
    copy_view_class, delete_view_class = CopyQuestion, RecordedDelete


class BankGroup(ViewSetGroup):
    menu_label = gettext_lazy("Question bank")
    menu_icon = "help"
    menu_order = 120
    items = (TopicViewSet, QuestionViewSet)
