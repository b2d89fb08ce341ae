"""What every page's frame needs to know about who is looking at it."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from lms.people import sessions
from lms.people.models import Kind, User

NAVIGATION = {
    Kind.RESPONSIBLE_PARTY: [
        (_("Home"), "home"),
        (_("Course"), "learn:home"),
        (_("Check-ins"), "check_ins:home"),
        (_("Reports"), "my_reports:list"),
    ],
    Kind.COURT: [
        (_("Referrals"), "referrals:court_home"),
        (_("Hearings"), "court_hearings:month"),
        (_("Reports"), "reports_court:list"),
    ],
    Kind.AUTHOR: [(_("Authoring"), "wagtailadmin_home")],
}
# Of staff each role its own; without one, none.
CASES = [
    (_("Today"), "referrals:caseload"),
    (_("Caseload"), "casework:people"),
    (_("Reviews"), "courses_staff:queue"),
    (_("Check-ins"), "track_staff:queue"),
    (_("Reports"), "reports_staff:list"),
]
PICTURES = [(_("Program"), "referrals:program")]
KEEP = {"facilitator", "administrator", "auditor"}
KEEPING = [(_("Keeping"), "keeping:home")]


def navigation(request: HttpRequest) -> dict[str, object]:
    """``navigation``: [{label, url, current}] for this kind of account; ``development``: whether this is a copy to play with;
    ``session_left``: seconds until the session ends."""
    user = getattr(request, "user", None)
    roles = _roles(user) if user and user.is_authenticated and user.kind == Kind.STAFF else set()
    items = NAVIGATION.get(user.kind, []) if user and user.is_authenticated else []
    items = [*items, *(CASES if roles & {"facilitator", "administrator"} else []), *(KEEPING if roles & KEEP else [])]
    items = [*items, *(PICTURES if "administrator" in roles else [])]
    shown = [_item(label, name, request.path) for label, name in items]
    if user and user.is_authenticated and user.kind == Kind.STAFF and user.has_perm("wagtailadmin.access_admin"):
        shown.append(_item(_("Messages"), "referrals:messages", request.path))
        shown.append(_item(_("Team"), "referrals:team", request.path))
        shown.append(_item(_("Administration"), "wagtailadmin_home", request.path))
    if user and user.is_authenticated and user.kind == Kind.COURT and user.court_memberships.filter(lead=True).exists():
        shown.append(_item(_("Members"), "referrals:court_members", request.path))
    if roles & {"auditor", "administrator"}:  # auditors all of it, administrators how much
        shown.append(_item(_("Journal"), "referrals:audit", request.path))
    if "custodian" in roles:
        shown.append(_item(_("Authors"), "courses_staff:identities", request.path))
    return {
        "navigation": _marked([item for item in shown if item]),
        "development": settings.DEVELOPMENT,
        "session_left": _session_left(request) if user and user.is_authenticated else 0,
    }


def _roles(user: User) -> set[str]:
    return set(user.program_memberships.values_list("role", flat=True))


def _session_left(request: HttpRequest) -> int:
    """Seconds, for the warning before the end."""
    now = getattr(request, "now", None)
    return int(sessions.left(request, now).total_seconds()) if now else 0


def _item(label: object, name: str, path: str) -> dict[str, object] | None:
    try:
        url = reverse(name)
    except NoReverseMatch:
        return None
    return {"label": label, "url": url, "current": path == url if url == "/" else path.startswith(url)}


def _marked(items: list[dict[str, object]]) -> list[dict[str, object]]:
    """One place is “here”: the deepest, since /facilitate/reports/ lies within /facilitate/."""
    deepest = max((str(item["url"]) for item in items if item["current"]), key=len, default="")
    return [item | {"current": item["url"] == deepest} for item in items]
