"""How a report's bytes leave: our name, no copy kept on the way, nothing that could run."""

from django.http import HttpResponse


def pdf(data: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
