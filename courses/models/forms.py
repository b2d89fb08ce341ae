"""The form that Wagtail asks the model of a page for."""

from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import WagtailAdminPageForm
from wagtail.blocks import BlockField, CharBlock, StreamBlock, StreamValue

from courses.topics import Choices, ModuleWidget, choices
from lms import clock

GOAL_LENGTH = 200


class Goals(StreamBlock):
    """Boxes for sentences. A form that says nothing of them, as one sent by a command, leaves them as they are."""

    goal = CharBlock(label=_("Goal"), max_length=GOAL_LENGTH, required=False)

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        omitted = self.value_omitted_from_data(data, files, prefix)
        return self.empty_value() if omitted else super().value_from_datadict(data, files, prefix)


class GoalsField(BlockField):
    """A list of sentences, each in a box of its own; kept as a plain list of texts. Empty boxes are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(block=Goals(required=False), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, StreamValue):  # what was typed, shown again beside what is wrong with it
            return value
        # Before this field was a list of boxes anybody could have typed something else into it.
        goals = [value] if isinstance(value, str) else value
        texts = [str(goal) for goal in goals if goal] if isinstance(goals, list) else []
        rows = [{"type": "goal", "value": text, "id": str(uuid4())} for text in texts or [""]]
        return self.block.to_python(rows)

    def clean(self, value: Any) -> list[str]:
        return [text for goal in super().clean(value) if (text := goal.value.strip())]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != [goal.value for goal in data if goal.value]


class ModulePageForm(WagtailAdminPageForm):
    """A draft may lack what a reader must have; what is handed in or published may not."""

    goals = GoalsField(required=False, label=_("Goals"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if body := self.fields.get("body"):
            body.widget = ModuleWidget(body.block, self._topics)

    def _topics(self) -> Choices:
        """Those of the program whose module it is, and what a check in it names already."""
        from courses.bank import topics_of

        course = getattr(self.parent_page, "specific", None)
        chosen = [block.value["topic"] for block in self.instance.body if block.block_type == "knowledge_check"]
        return choices(topics_of(getattr(course, "program_id", None)), chosen)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not self.is_deferred_validation and {"body", "minimum_minutes"} <= clean.keys():
            # A page asks for its form before anything that looks at pages can be imported.
            from courses import quality

            course = getattr(self.parent_page, "specific", None)
            for problem in quality.errors(
                self.instance, body=clean["body"], minutes=clean["minimum_minutes"],
                program=getattr(course, "program", None), now=clock.now(),
            ):  # fmt: skip
                self.add_error(None, problem)
        return clean
