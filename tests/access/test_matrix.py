"""Who may do what (security.md 5), asked at every address: each role, each method, one's own thing and another's.

``matrix.txt`` is the table, read by people: a line per address and method, a column per role. A cell says what
that role gets for its own thing and, after a slash, for somebody else's: a status, or where it is sent instead
(``login`` sign-in, ``factor`` second factor, ``proof`` prove once more who you are). An address without a line,
and a line without its address, fail. ``MATRIX=write`` writes what is so now, to be read before it is kept.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import time
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoDbBlocker
from wagtail.models import Page

from lms.people.models import User
from tests.access.addresses import Address, addresses
from tests.access.world import World
from tests.conftest import sign_in_session

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

TABLE = Path(__file__).with_name("matrix.txt")
METHODS = ("GET", "POST")
# Nothing of ours and nothing of Wagtail's is reached by any other verb.
CLOSED_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ROLES = [
    "nobody",
    "person",
    "facilitator",
    "administrator",
    "auditor",
    "court",
    "court lead",
    "author",
    "reviewer",
    "survivor",
]
# The others have just proved again who they are. The same people, when they have not, or showed only a password.
LATE = {"facilitator late": "facilitator", "administrator late": "administrator"}
UNPROVED = {"password only": "facilitator"}
COLUMNS = [*ROLES, *LATE, *UNPROVED]
SENT_TO = (("/accounts/login/", "login"), ("/accounts/reauthenticate/", "proof"), ("/accounts/2fa/reauth", "proof"), ("/accounts/2fa/", "factor"))  # fmt: skip
ALL = addresses()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        made.everyone  # noqa: B018  the accounts are part of the world
        with django_db_blocker.block():
            yield made
        transaction.set_rollback(True)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_address_answers_each_role_as_the_table_says(world: World, column: str):
    found = {(address.name, method): cell for address, method, cell in walk(world, column)}
    if os.environ.get("MATRIX") == "write":
        write(column, found)
    expected = {row: cells[column] for row, cells in read().items()}
    differing = {row: (expected.get(row), cell) for row, cell in found.items() if expected.get(row) != cell}
    assert differing == {}
    assert set(expected) == set(found)


def test_no_other_verb_is_known_at_any_address(world: World):
    known = set()
    for column in ("nobody", "administrator"):
        client = a_client(world, column)
        for address in ALL:
            for method in CLOSED_METHODS:
                status = ask(client, method, address.of(world.a)).status_code
                if status not in (405, 404):
                    known.add((column, method, address.name, status))
    assert known == set()


# Wagtail 8.0.1 takes for granted that its own link form comes with its field.
WAGTAILS = {("wagtailadmin_choose_page_external_link", "POST")}


def test_no_cell_of_the_table_is_a_failure_of_ours():
    failing = {row for row, cells in read().items() if re.search(r"\b5\d\d\b", " ".join(cells.values()))}
    assert failing == WAGTAILS


# Whoever holds the secret in the address is let in, whoever they are.
SECRETS = {
    "referrals:invitation", "check_ins:feed", "hearing_calendar:feed", "provider:confirm", "verify:mail",
    "court_link:report", "court_link:file", "court_link:acknowledge",
}  # fmt: skip


def test_nothing_tells_somebody_elses_thing_from_one_that_does_not_exist():
    """Three cells apart mean that the middle one, another's, is answered otherwise than nobody's. A court is nobody's
    until it is somebody's: those it refers to keep it, and no other program's administrator."""
    told = {row[0] for row, cells in read().items() if any(cell.count("/") == 2 for cell in cells.values())}
    assert told == SECRETS


NEVER_CHANGED = "a version is never changed nor removed, only followed by the next"
BY_TOKEN = "of a court's own system, with its token: tests/court_reports/test_api.py"
INTERFACE = (
    "api-root", "programs", "send_referral", "read_referral", "add_hearing", "move_hearing", "cancel_hearing",
    "list_reports", "read_report", "read_facts", "read_file", "read_proof", "acknowledge",
)  # fmt: skip
TRANSFERS = "of an administrator of the one program or of the other: tests/accountability/test_transfers.py"
# What none of these may do, and why that is right.
NOBODYS = {
    **{f"api:{name}": BY_TOKEN for name in INTERFACE},
    **{f"{name}:{way}": NEVER_CHANGED for name in ("agreement", "policyversion", "checkinform") for way in ("edit", "delete", "usage")},
    **{f"invitation:{way}": "an invitation is only ever made; the team's page withdraws it" for way in ("edit", "delete", "usage")},
    **{f"{name}:delete": "courts and programs stay" for name in ("court", "program")},
    "authoring_login": "there is one place to sign in, and this leads to it",
    "callbacks:sms_status": "the provider's, which signs what it sends: tests/lms/test_sms.py",
    "callbacks:sms_incoming": "the provider's, which signs what it sends: tests/lms/test_sms.py",
    "courses_staff:identities": "of the identity custodian alone: tests/courses/test_identities.py",
    "courses_staff:identity": "of the identity custodian alone: tests/courses/test_identities.py",
    "courses_staff:words_threat": "for words that threaten somebody: tests/courses/test_words_to_authors.py",
    "courses_staff:withdraw_waiver": "of whoever proposed it alone: tests/courses/test_waivers.py",
    "give_consent": "for a story that has no consent yet: tests/courses/test_consents.py",
    "hide_words": "for words that are shown to her: tests/courses/test_words_to_authors.py",
    "mine:take_back": "for the link that is shown once: tests/courses/test_consents.py",
    "module_word_fine": "for a word that stands in the module: tests/courses/test_before_review.py",
    "recording_chooser:create": "a recording needs its words: it is made on its own page, and only chosen here",
    "my_reports:copy": "for whoever reads Spanish: tests/court_reports/test_persons_copy.py",
    "reports_staff:withdraw_revocation": "of whoever proposed it alone: tests/court_reports/test_fallen.py",
    "report_schemas:schema": "of the numbers that there are: tests/court_reports/test_schemas.py",
    **{f"track_staff:{act}_transfer": TRANSFERS for act in ("accept", "decline", "withdraw")},
    "verify:proof": "for whoever holds a report's code or file: tests/court_reports/test_register.py",
    "track_staff:withdraw_override": "of whoever proposed it alone: tests/accountability/test_overrides.py",
}  # fmt: skip
OTHERS = re.compile(r"@|wagtail|account_|mfa_|simple_translation:|usersessions")
LET_IN = re.compile(r"(2\d\d|302|proof)\b")


def test_every_address_of_ours_lets_somebody_in():
    """Where everybody gets 404, nothing is said about the one who should not: there is nothing there to be kept from."""
    entered = {name for (name, _), cells in read().items() if any(LET_IN.match(cell) for cell in cells.values())}
    ours = {name for name, _ in read() if not OTHERS.match(name)}
    assert ours - entered == set(NOBODYS)


def walk(world: World, column: str) -> Iterator[tuple[Address, str, str]]:
    client = a_client(world, column)
    other = world.other(role_of(column))
    for address in ALL:
        for method in METHODS:
            own = answer(client, method, address.of(world.a), world.a.bodies.get(address.name))
            if not address.takes_arguments and address.name not in world.a.bodies:
                yield address, method, own
                continue
            theirs = answer(client, method, address.of(other), other.bodies.get(address.name))
            # Somebody else's and nobody's must look alike.
            missing = answer(client, method, address.of_nobody())
            cell = own if own == theirs == missing else f"{own}/{theirs}"
            yield address, method, cell if theirs == missing else f"{cell}/{missing}"


def role_of(column: str) -> str:
    return (LATE | UNPROVED).get(column, column)


def a_client(world: World, column: str) -> Client:
    client = Client(raise_request_exception=False)
    role = role_of(column)
    if role == "nobody":
        return client
    user: User = world.everyone[role]
    if column in UNPROVED:
        client.force_login(user)
        return client
    sign_in_session(client, user)
    session = client.session
    records = session["account_authentication_methods"]
    if column in LATE:
        for record in records:
            record["at"] = time() - 3600
    else:
        records.append({"method": "password", "at": time(), "username": user.username, "reauthenticated": True})
    session.save()
    return client


def answer(client: Client, method: str, path: str, body: Mapping[str, object] | None = None) -> str:
    response = ask(client, method, path, body)
    location = response.headers.get("Location", "")
    return next((word for start, word in SENT_TO if location.startswith(start)), str(response.status_code))


def ask(client: Client, method: str, path: str, body: Mapping[str, object] | None = None) -> HttpResponseBase:
    """Ask, and undo whatever it did: each question meets the same world."""
    cookies = client.cookies.copy()
    cache.clear()  # how often something was asked is counted there
    with transaction.atomic():
        response = client.generic(method, path, urlencode(body or {}), content_type="application/x-www-form-urlencoded")
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def read() -> dict[tuple[str, str], dict[str, str]]:
    if not TABLE.exists():
        return {}
    lines = [re.split(r"\s{2,}", line.strip()) for line in TABLE.read_text().splitlines() if line.strip()]
    return {(name, method): dict(zip(lines[0][2:], cells, strict=True)) for name, method, *cells in lines[1:]}


def write(column: str, found: dict[tuple[str, str], str]) -> None:
    before = read()
    rows = [["address", "method", *COLUMNS]]
    for row in sorted(found):
        cells = before.get(row, {}) | {column: found[row]}
        rows.append([*row, *(cells.get(name, "?") for name in COLUMNS)])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    TABLE.write_text(
        "".join("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() + "\n" for r in rows)
    )


ELSEWHERE = "Unmistakably elsewhere"


@pytest.mark.parametrize("column", ["administrator", "author"])
def test_no_page_of_the_admin_names_what_another_program_wrote(world: World, column: str):
    Page.objects.filter(pk__in=world.c.pages.values("pk")).update(title=ELSEWHERE, draft_title=ELSEWHERE)
    client = a_client(world, column)
    named = {
        address.name
        for address in ALL
        if address.route.startswith("/authoring/")
        for path in (address.of(world.a), address.of(world.c))
        if ELSEWHERE.encode() in body(client.get(path))
    }
    assert named == set()


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
