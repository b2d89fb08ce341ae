"""The panel that Wagtail's editor asks the model of a page for."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel


class QualityPanel(Panel):
    """What the newest saved draft still lacks, and what its reviewer will look at."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"heading": _("Before review"), "icon": "clipboard-list"} | kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "authoring/quality_panel.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None or self.is_new_module

        @property
        def is_new_module(self) -> bool:
            """Not saved yet. It is soon, while she writes, and Wagtail then fills the panel in (pages/edit_partials.html)."""
            return self.instance.pk is None and hasattr(self.instance, "minimum_minutes")

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            # The page asks for its panel before anything that looks at pages can be imported.
            from courses.before_review import looked_at

            context = super().get_context_data(parent_context)
            if self.is_new_module:
                return context | {"is_new": True}
            return context | looked_at(self.instance, self.request)
