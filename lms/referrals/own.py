"""In the Wagtail admin too, each program sees only what is its own."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from lms.people.models import User
from lms.referrals.access import programs_of
from lms.referrals.models import ProgramRole

ANY = ["view", "change", "add"]


class OwnPrograms(ModelPermissionPolicy):
    """Whoever holds one of ``roles`` reaches only what belongs to the programs in which they hold it."""

    def __init__(self, model: type, *, path: str, roles: Sequence[str] = (ProgramRole.ADMINISTRATOR,)) -> None:
        super().__init__(model)
        self.path, self.roles = path, roles

    def _own(self, user: User) -> QuerySet[Any]:
        return self.model.objects.filter(**{f"{self.path}__in": programs_of(user, *self.roles)})

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: User, actions: list[str], instance: Any) -> bool:
        return self.user_has_any_permission(user, actions) and self._own(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: User, actions: list[str]) -> QuerySet[Any]:
        return self._own(user) if self.user_has_any_permission(user, actions) else self.model.objects.none()

    def users_with_any_permission_for_instance(self, actions: list[str], instance: Any) -> QuerySet[User]:
        return self.users_with_any_permission(actions)


class OwnObject:
    """Mixed into a view of one object: somebody else's answers 404, like one that does not exist.

    Wagtail's generic views ask their policy about the model only.
    """

    def get_object(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(*args, **kwargs)  # type: ignore[misc]
        needed = [self.permission_required] if self.permission_required else ANY
        policy = self.permission_policy
        if policy and not policy.user_has_any_permission_for_instance(self.request.user, needed, found):
            raise Http404
        return found


class OwnList:
    """Mixed into a list: what the policy does not give is not listed."""

    def get_base_queryset(self: Any) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_base_queryset()  # type: ignore[misc]
        policy = self.permission_policy
        allowed = policy.instances_user_has_any_permission_for(self.request.user, ANY)
        return queryset.filter(pk__in=allowed.values("pk"))


class OwnViewSet(ModelViewSet):
    """A viewset each of whose views guards its object and its list."""

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        return super().construct_view(_guarded(view_class), **kwargs)


@cache
def _guarded(view_class: type) -> type:
    guard: type | None = None
    if hasattr(view_class, "get_object"):
        guard = OwnObject
    elif hasattr(view_class, "get_base_queryset"):
        guard = OwnList
    return (
        type(view_class.__name__, (guard, view_class), {"__module__": view_class.__module__}) if guard else view_class
    )
