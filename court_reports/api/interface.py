"""The interface put together, and its description. No page of documentation: that would need scripts of others."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from court_reports.api import problems
from court_reports.api.door import Bearer
from court_reports.api.endpoints import router
from court_reports.api.wire import Strict

DESCRIPTION = (
    "For a court’s own systems. A token reaches its own court’s cases and released reports; what is another court’s "
    "answers like what does not exist (404). Times carry their offset. What is wrong comes as application/problem+json "
    "(RFC 9457), each field named by a JSON pointer. Only GET and POST are known."
)


class Interface(NinjaAPI):
    """Ninja's, with our addresses open to whoever has a token, and problems described as what they are."""

    def _get_urls(self) -> list[Any]:
        patterns = super()._get_urls()
        for pattern in (each for each in patterns if isinstance(each, URLPattern)):
            # Not a session but a token lets in; Bearer looks at it.
            pattern.callback = login_not_required(_plain(pattern.callback))
            if pattern.name == "openapi-json":
                pattern.callback = require_GET(pattern.callback)
        return patterns

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for path in schema["paths"].values():
            for operation in path.values():
                _describe(operation["responses"])
        return schema

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)


def _plain(view: Any) -> Any:
    """A function: what the framework makes with ``partial`` carries no marks. No cookie lets anybody in, so no foreign
    page can abuse one."""

    @csrf_exempt
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return asked


def _describe(responses: dict[Any, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            response["content"] = {problems.MEDIA_TYPE: content["application/json"]}
        elif "application/pdf" in content:
            content.pop("application/json", None)


api = Interface(
    title="Amends for courts",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    auth=Bearer(),
    parser=Strict(),
)
problems.install(api)
api.add_router("", router)
