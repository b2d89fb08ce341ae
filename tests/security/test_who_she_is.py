"""Who an author is, planted in every field that can hold it, and looked for at every address there is (T1-T3).

Outside the authoring place there is nothing of her but a byline; inside it others know her by the name that she chose
for that, and never by the handle that she signs in with.
"""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import Comment, CommentReply, PageSubscription, TaskState

from courses.actions import identities
from courses.models import CourseDocument, CoursePicture, CourseRecording, ModulePage
from lms import clock
from lms.journal.models import Event
from lms.people.actions import kept_words
from lms.people.models import Kind, SignIn, User
from tests.access.addresses import ARGUMENT, Address, addresses
from tests.access.test_matrix import body
from tests.access.world import Case
from tests.builders import PASSWORD, a_court_lead, a_court_user, a_reviewer, a_user, an_auditor, an_author
from tests.conftest import sign_in_session
from tests.security.needles import needles, seen_in

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

BYLINE = "Marrowby in Gray"
PLANTED = {
    "email": "m.xylo@hidden-author.example",
    "legal name": "Mariska Xylographova",
    "contact": "555-0199-862",
    "payment": "Tamarind Savings 77",
    "device": "Velocipede Phone 9",
    "network": "198.51.100.0/24",
    "passkey": "the yellow key of M.",
    "words not sent": "persimmonfig",
    "words not saved": "burgundyshallot",
}


class Hers:
    """A case whose course one author wrote, and everything in which a trace of her could lie."""

    def __init__(self) -> None:
        self.case = Case()
        self.author = self.case.author
        self.page = self.case.pages.type(ModulePage).first().specific
        self._account()
        self._writes()
        self._sends_in()

    def _account(self) -> None:
        author, now = self.author, clock.now()
        User.objects.filter(pk=author.pk).update(email=PLANTED["email"], last_login=now)
        author.refresh_from_db()
        EmailAddress.objects.create(user=author, email=PLANTED["email"], verified=True, primary=True)
        identities.save(
            legal_name=PLANTED["legal name"], contact=PLANTED["contact"], payment=PLANTED["payment"], by=author, now=now
        )
        identities.call_me(byline=BYLINE, by=author, now=now)
        Authenticator.objects.create(user=author, type="webauthn", data={"name": PLANTED["passkey"], "credential": {}})
        SignIn.objects.create(user=author, at=now, how="password", device=PLANTED["device"], origin=PLANTED["network"])
        kept_words.keep(user=author, path="/authoring/", fields={"words": [PLANTED["words not sent"]]}, now=now)

    def _writes(self) -> None:
        author, now, kind = self.author, clock.now(), ContentType.objects.get_for_model(ModulePage)
        for model in (CoursePicture, CourseRecording, CourseDocument):
            model.objects.update(uploaded_by_user=author)
        for page in self.case.pages.specific():
            page.owner, page.locked, page.locked_by, page.locked_at = author, True, author, now
            page.save()
            page.save_revision(user=author, log_action=True)
            said = Comment.objects.create(page=page, user=author, text="A note", contentpath="title")
            CommentReply.objects.create(comment=said, user=author, text="More of it")
            PageSubscription.objects.create(page=page, user=author, comment_notifications=True)
        row = {"user": author, "content_type": kind, "object_id": str(self.page.pk)}
        self.session = EditingSession.objects.create(**row, last_seen_at=now)
        FormState.objects.create(**row, data=PLANTED["words not saved"], parent_object_id="", last_updated_at=now)

    def _sends_in(self) -> None:
        """It waits for somebody; a step of it bears her as who decided."""
        self.state = self.page.get_workflow().start(self.page, self.author)
        TaskState.objects.filter(workflow_state=self.state).update(finished_by=self.author, comment="Mine")
        self.page.revisions.update(user=self.author)

    def paths(self, address: Address) -> list[str]:
        """To what is this case's, and where the address is Wagtail's own to what she touched."""
        told = {
            "page_id": self.page.pk, "revision_id": self.page.latest_revision_id,
            "image_id": self.case.picture.pk, "workflow_state_id": self.state.pk, "object_id": self.page.pk,
            "task_state_id": self.state.current_task_state_id, "task_id": self.state.current_task_state.task_id,
            "session_id": self.session.pk, "action_name": "approve", "app_label": "courses",
            "model_name": "modulepage", "content_type_app_name": "courses", "content_type_model_name": "modulepage",
        }  # fmt: skip
        told |= {"pk": self.case.picture.pk if "images" in address.name else self.page.pk}
        also = ARGUMENT.sub(lambda found: str(told.get(found.group(2), found.group(0))), address.route)
        found = [address.of(self.case)]
        found += [also] if address.name.startswith("wagtail") and "<" not in also else []
        return [*found, f"{found[0]}?export=csv"] if "reports" in address.name else found


@pytest.fixture(scope="module")
def hers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Hers]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = Hers()
        with django_db_blocker.block():
            yield made
        transaction.set_rollback(True)


OUTSIDE = {
    "nobody": lambda case: None,
    "the person": lambda case: case.person,
    "the facilitator": lambda case: case.facilitator,
    "an auditor": lambda case: an_auditor(case.program),
    "a clerk": lambda case: a_court_user(case.court),
    "a court's lead": lambda case: a_court_lead(case.court),
    "a survivor participant": lambda case: a_user(Kind.SURVIVOR_PARTICIPANT),
}
BESIDE_HER = {"another author": an_author, "a reviewer": a_reviewer}


def account(author: User) -> dict[str, bytes]:
    return {"handle": author.username.encode(), "in hex": author.pk.hex.encode(), "number": str(author.pk).encode()}


def read_back(hers: Hers, client: Client, sought: dict[str, bytes], below: str = "/") -> tuple[list[str], set[str]]:
    """Which of these stand anywhere; and which addresses were answered with a page."""
    found, opened = [], set()
    for address in [each for each in addresses() if each.route.startswith(below)]:
        for path in dict.fromkeys(hers.paths(address)):
            for method in ("POST",) if "editing_sessions" in address.name else ("GET",):
                status, told = served(client, method, path)
                found += [f"{method} {path}: {name}" for name in seen_in(told, sought)]
                opened |= {address.name} if status == 200 else set()
    return found, opened


def served(client: Client, method: str, path: str) -> tuple[int, bytes]:
    """Every byte of an answer, its headers and cookies; whatever was done for it is undone."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, path)
        told = body(response) + str(response.headers).encode() + str(response.cookies).encode()
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code, told


def a_client(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        sign_in_session(client, user)
    return client


@pytest.mark.parametrize("who", OUTSIDE)
def test_nothing_of_her_leaves_the_authoring_place(hers: Hers, who: str):
    sought = needles(PLANTED | {"name here": BYLINE}, kind="author") | account(hers.author)
    found, opened = read_back(hers, a_client(OUTSIDE[who](hers.case)), sought)
    assert found == []
    assert opened >= {"pages:help", "verify:check"}
    if who == "the person":
        assert opened >= {"learn:media", "learn:media_captions", "my_reports:download"}


@pytest.mark.parametrize("who", BESIDE_HER)
def test_who_writes_beside_her_knows_her_by_the_name_she_chose(hers: Hers, who: str):
    sought = needles(PLANTED, kind="author") | {"handle": hers.author.username.encode()}
    client = a_client(BESIDE_HER[who](hers.case.program))
    found, opened = read_back(hers, client, sought, below="/authoring/")
    assert found == []
    assert opened >= {
        "wagtailadmin_home", "wagtailadmin_pages:edit", "wagtailadmin_pages:history", "wagtailadmin_explore",
        "wagtailadmin_pages:workflow_history_detail", "wagtailadmin_reports:site_history", "my_reviews",
        "wagtailadmin_editing_sessions:ping", "wagtailadmin_api:pages:detail", "editions",
    }  # fmt: skip
    # The search is not blind: it is these pages that name who wrote, holds, asked and is there.
    for name in ("wagtailadmin_pages:edit", "wagtailadmin_pages:history", "wagtailadmin_pages:workflow_history"):
        told = body(client.get(reverse(name, args=[hers.page.pk]))).decode()
        assert BYLINE in told, name


def test_a_name_is_hers_to_choose_to_change_and_to_leave_out(hers: Hers):
    client, address = a_client(hers.author), reverse("my_identity")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    history = reverse("wagtailadmin_pages:history", args=[hers.page.pk])
    for name, shown in (("Gray Heron", "Gray Heron"), ("", f"Author {hers.author.pk.hex[-4:]}")):
        assert client.post(address, {"byline": name, "name_here": "1"}).status_code == 302
        assert shown in body(client.get(address)).decode()
        told = body(a_client(an_author(hers.case.program)).get(history)).decode()
        assert shown in told
        assert BYLINE not in told
    assert Event.objects.filter(kind="identity.named").last().data == {}
    # What lies sealed is another form: it is as it was.
    assert PLANTED["legal name"] in body(client.get(address)).decode()
