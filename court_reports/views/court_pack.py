"""The court's side: what a clerk files by hand."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from court_reports import access, packs
from court_reports.actions import deliver
from court_reports.views.files import archive, unless_sealed
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind


@only(Kind.COURT)
@require_GET
@unless_sealed
def pack(request: Request, pk: str) -> HttpResponse:
    """Filing copy, signed file, cover sheet and manifest in one archive."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    return archive(deliver.fetch_pack(release=release, by=request.user, now=request.now), packs.name_of(release))
