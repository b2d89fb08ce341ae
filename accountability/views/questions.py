"""A version of a program's questions as people will see it, for whoever writes it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accountability.answer_forms import AnswersForm
from accountability.asking import Asked
from accountability.models import CheckInForm
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import programs_of
from lms.referrals.models import LANGUAGES, ProgramRole


@only(Kind.STAFF)
@require_GET
def preview(request: Request, pk: str) -> HttpResponse:
    """In both languages; nothing can be sent from here."""
    own = CheckInForm.objects.filter(program__in=programs_of(request.user, ProgramRole.ADMINISTRATOR))
    row = get_object_or_404(own, pk=pk)
    shown = [_in(language, name, row) for language, name in LANGUAGES]
    return render(request, "facilitate/track/form_preview.html", {"row": row, "shown": shown})


def _in(language: str, name: str, row: CheckInForm) -> dict[str, object]:
    with translation.override(language):
        asked = Asked(tuple(row.in_language(language)), commitments=((1, _("an example")),), language=language)
        form = AnswersForm(asked=asked, prefix=language)
        return {"language": language, "name": name, "html": form.render()}
