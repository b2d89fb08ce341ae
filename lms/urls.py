"""The address map: one include per audience (domain.md, "Map of addresses")."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access

from courses.views.editor import EditPage
from court_reports.api.interface import api
from lms import health, policy_reports
from lms.authoring import AccountView


@login_not_required
def nowhere(request: HttpRequest, **_: object) -> HttpResponse:
    """Doors that other software opens here and we do not."""
    raise Http404


urlpatterns = [
    path("", include("lms.referrals.home_urls")),
    path("", include("lms.referrals.urls")),
    path("", include("lms.people.urls")),
    path("learn/", include("courses.urls")),
    path("mine/", include("courses.public_urls")),
    path("check-ins/", include("accountability.urls")),
    path("commitments/", include("accountability.commitment_urls")),
    path("provider/", include("accountability.provider_urls")),
    path("my-copy/", include("lms.keeping.own_urls")),
    path("my-reports/", include("court_reports.person_urls")),
    path("facilitate/course/", include("courses.staff_urls")),
    path("facilitate/roster/", include("courses.roster_urls")),
    path("facilitate/track/", include("accountability.staff_urls")),
    path("facilitate/circles/", include("accountability.circle_urls")),
    path("facilitate/", include("lms.casework.urls")),
    path("facilitate/keeping/", include("lms.keeping.urls")),
    path("facilitate/reports/", include("court_reports.staff_urls")),
    path("court/reports/", include("court_reports.court_urls")),
    path("court-link/", include("court_reports.link_urls")),
    path("court/hearings/", include("court_reports.hearing_urls")),
    path("court/tokens/", include("court_reports.token_urls")),
    path("calendar/hearings/", include("court_reports.calendar_urls")),
    path("verify/", include("court_reports.verify_urls")),
    # Public, and ahead of what asks for a token.
    path("api/v1/schemas/", include("court_reports.schema_urls")),
    path("api/v1/", api.urls),
    path("pages/", include("lms.pages")),
    path("callbacks/", include("lms.outbox.callbacks")),
    path("health/", include(health.urlpatterns)),
    path("health/policy-report/", policy_reports.report, name="health_policy_report"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    # allauth's sign-up is closed; nothing of it is served.
    re_path(r"^accounts/signup/", nowhere),
    path("accounts/", include("allauth.urls")),
    # Wagtail's own doors would let a password alone in (security.md 2.2): closed before the includes.
    path("authoring/login/", RedirectView.as_view(pattern_name="account_login"), name="authoring_login"),
    # Choices of what has no number.
    re_path(r"^authoring/(?:documents|images)/chooser/chosen/(?!\d+/)", nowhere),
    # It names what was edited last of every kind, whoever wrote it.
    re_path(r"^authoring/reports/page-types-usage/", nowhere),
    # Accounts and roles are given by invitation alone; the others are Wagtail's own tests and notices.
    re_path(r"^authoring/(?:password_reset|users|groups|failwhale|test404|dismissibles)/", nowhere),
    path("authoring/account/", require_admin_access(AccountView.as_view()), name="authoring_account"),
    path("authoring/pages/<int:page_id>/edit/", require_admin_access(EditPage.as_view()), name="authoring_edit_page"),
    path("authoring/", include(wagtailadmin_urls)),
]

if settings.DEVELOPMENT:
    urlpatterns += [path("dev/", include("lms.dev"))]

handler400 = "lms.pages.bad_request"
handler403 = "lms.pages.forbidden"
handler404 = "lms.pages.not_found"
handler500 = "lms.pages.server_error"
