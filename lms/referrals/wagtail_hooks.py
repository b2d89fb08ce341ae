"""What the Wagtail admin shows of cases: upkeep only, never a case itself."""

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import page_permission_policy, register_permission_policy

from lms.referrals.models import Agreement, Court, Invitation, PolicyVersion, Program
from lms.referrals.own import OwnCourts, OwnInvitations, OwnPrograms
from lms.referrals.viewsets import CasesGroup

register_permission_policy(Court, OwnCourts(Court))
register_permission_policy(Program, OwnPrograms(Program, path="pk"))
register_permission_policy(PolicyVersion, OwnPrograms(PolicyVersion, path="program"))
register_permission_policy(Agreement, OwnPrograms(Agreement, path="program"))
register_permission_policy(Invitation, OwnInvitations(Invitation))


@hooks.register("register_admin_viewset")
def cases_group() -> CasesGroup:
    return CasesGroup()


@hooks.register("construct_main_menu")
def only_what_is_needed(request: object, items: list[MenuItem]) -> None:
    """Leave out what no role here uses."""
    items[:] = [item for item in items if item.name not in {"help"}]


@hooks.register("construct_page_chooser_queryset")
def choose_among_own(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Whoever looks for a page to link to sees only what they may open."""
    return pages.filter(pk__in=page_permission_policy.explorable_instances(request.user).values("pk"))
