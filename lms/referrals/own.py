"""In the Wagtail admin too, each program sees only what is its own."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import page_permission_policy, policy_registry

from lms.people.models import User
from lms.referrals.access import courts_offered, invitations_of, programs_of
from lms.referrals.models import Court, Invitation, ProgramRole

ANY = ["view", "change", "add"]


class OwnRows(ModelPermissionPolicy):
    """Whoever has a permission has it for some rows only: ``own``."""

    roles: Sequence[str] = (ProgramRole.ADMINISTRATOR,)

    def own(self, user: User, roles: Sequence[str]) -> QuerySet[Any]:
        """The rows that are theirs by one of ``roles``."""
        raise NotImplementedError

    def _own(self, user: User) -> QuerySet[Any]:
        return self.own(user, self.roles)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: User, actions: list[str], instance: Any) -> bool:
        return self.user_has_any_permission(user, actions) and self._own(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: User, actions: list[str]) -> QuerySet[Any]:
        return self._own(user) if self.user_has_any_permission(user, actions) else self.model.objects.none()

    def users_with_any_permission_for_instance(self, actions: list[str], instance: Any) -> QuerySet[User]:
        return self.users_with_any_permission(actions)


class OwnPrograms(OwnRows):
    """Whoever holds one of ``roles`` reaches only what belongs to the programs in which they hold it."""

    def __init__(self, model: type, *, path: str, roles: Sequence[str] = (ProgramRole.ADMINISTRATOR,)) -> None:
        super().__init__(model)
        self.path, self.roles = path, roles

    def own(self, user: User, roles: Sequence[str]) -> QuerySet[Any]:
        return self.model.objects.filter(**{f"{self.path}__in": programs_of(user, *roles)})


class OwnCourts(OwnRows):
    """The courts that an administrator's programs serve, or nobody's yet."""

    def own(self, user: User, roles: Sequence[str]) -> QuerySet[Court]:
        return courts_offered(user)


class OwnInvitations(OwnRows):
    """Those to a role in an administrator's programs and to the courts these serve: the same as on the team's page."""

    def own(self, user: User, roles: Sequence[str]) -> QuerySet[Invitation]:
        return invitations_of(user)


def offer_own(form: forms.BaseForm, user: User, roles: Sequence[str]) -> None:
    """Let a form choose only among rows that are theirs; among none, where nobody has said whose a model's rows are."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            policy = policy_registry.get_by_type(field.queryset.model, fallback=False)
            own = policy.own(user, roles) if isinstance(policy, OwnRows) else field.queryset.none()
            field.queryset = field.queryset.filter(pk__in=own.order_by().values("pk"))


class OwnChoices:
    """Mixed into a view with a form: what is somebody else's is not offered, and not taken when it is posted."""

    def get_form(self: Any, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        if isinstance(self.permission_policy, OwnRows):  # by collections: Wagtail's own form narrows those
            offer_own(form, self.request.user, self.permission_policy.roles)
        return form


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

    @cached_property
    def filters(self: Any) -> Any:
        found = super().filters  # type: ignore[misc]
        if found and isinstance(self.permission_policy, OwnRows):
            offer_own(found.form, self.request.user, self.permission_policy.roles)
        return found


class OwnViewSet(ModelViewSet):
    """A viewset each of whose views guards its object, its list, and what its form may name."""

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        return super().construct_view(_guarded(view_class), **kwargs)


@cache
def _guarded(view_class: type) -> type:
    guards: list[type] = []
    if hasattr(view_class, "get_object"):
        guards.append(OwnObject)
    elif hasattr(view_class, "get_base_queryset"):
        guards.append(OwnList)
    if hasattr(view_class, "get_form"):
        guards.append(OwnChoices)
    return type(view_class.__name__, (*guards, view_class), {"__module__": view_class.__module__})


AUTHORING = "/authoring/"
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")


class Own:
    """In the Wagtail admin too, somebody else's page and what one may not do answer 404 (security.md 5, rule 5).

    Wagtail itself shows any page's place in the tree to whoever may open the admin, and sends who may not do
    something to its home with a message: an answer that tells a page of others from one that does not exist.
    """

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handle(request)
        if request.path.startswith(AUTHORING) and _was_refused(request, response):
            list(messages.get_messages(request))  # said by the page below instead
            raise Http404
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if not request.path.startswith(AUTHORING) or not request.user.is_authenticated:
            return
        named = {kwargs[name] for name in PAGE_ARGUMENTS if name in kwargs}
        if named and named != set(
            page_permission_policy.explorable_instances(request.user).filter(pk__in=named).values_list("pk", flat=True)
        ):
            raise Http404


def _was_refused(request: HttpRequest, response: HttpResponse) -> bool:
    to_home = response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")
    # A form that was sent from the home page goes back there when it is done.
    return to_home and "next" not in request.POST and "next" not in request.GET
