"""What the Wagtail admin shows of cases: upkeep only, never a case itself."""

from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy

from lms.referrals.models import Agreement, Invitation, PolicyVersion, Program
from lms.referrals.own import OwnPrograms
from lms.referrals.viewsets import CasesGroup

register_permission_policy(Program, OwnPrograms(Program, path="pk"))
register_permission_policy(PolicyVersion, OwnPrograms(PolicyVersion, path="program"))
register_permission_policy(Agreement, OwnPrograms(Agreement, path="program"))
register_permission_policy(Invitation, OwnPrograms(Invitation, path="program"))


@hooks.register("register_admin_viewset")
def cases_group() -> CasesGroup:
    return CasesGroup()


@hooks.register("construct_main_menu")
def only_what_is_needed(request: object, items: list[MenuItem]) -> None:
    """Leave out what no role here uses."""
    items[:] = [item for item in items if item.name not in {"help"}]
