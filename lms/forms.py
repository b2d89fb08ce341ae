"""How forms look everywhere: accessible USWDS markup, written once (templates/django/forms)."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """``{{ form }}`` and ``{{ field.as_field_group }}`` from our own templates."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
