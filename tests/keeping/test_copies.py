"""A person's own copy: asked for, released, made in their language, fetched once they prove who they are, gone."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lms import clock
from lms.journal.models import Event
from lms.keeping.actions import copies, forgetting
from lms.keeping.models import Act, Ground, PersonsCopy
from lms.outbox.models import Message
from lms.referrals.models import PolicyVersion, Referral
from tests.builders import PASSWORD, a_facilitator, a_program, at
from tests.keeping.world import MARK, NOW, World, a_marked_world, files

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def a_made_copy(world: World, language: str = "en") -> PersonsCopy:
    copy = copies.ask(referral=world.referral, language=language, by=world.person, now=NOW)
    copies.release(copy=copy, by=world.facilitator, now=NOW)
    assert copies.make_due(now=NOW, limit=10) == 1
    copy.refresh_from_db()
    return copy


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_waits_for_a_release_and_asking_twice_asks_once():
    world = a_marked_world()
    first = copies.ask(referral=world.referral, language="en", by=world.person, now=NOW)
    assert copies.ask(referral=world.referral, language="en", by=world.person, now=NOW) == first
    assert copies.make_due(now=NOW, limit=10) == 0
    with pytest.raises(copies.NotAllowed):
        copies.release(copy=first, by=a_facilitator(a_program()), now=NOW)
    with pytest.raises(copies.NotReady):
        copies.fetch(copy=first, by=world.person, now=NOW)
    copies.release(copy=first, by=world.facilitator, now=NOW)
    assert copies.make_due(now=NOW, limit=10) == 1
    assert copies.make_due(now=NOW, limit=10) == 0


def test_where_the_policy_says_so_nobody_needs_to_release_it():
    program = a_program()
    PolicyVersion.objects.create(
        program=program, number=2, in_force_from=at("2021-01-01 00:00"), copy_needs_release=False
    )
    world = a_marked_world()
    Referral.objects.filter(pk=world.referral.pk).update(policy=program.policy_at(NOW))
    copies.ask(referral=world.referral, language="en", by=world.person, now=NOW)
    assert copies.make_due(now=NOW, limit=10) == 1


def test_it_holds_everything_of_theirs_and_names_nobody_else():
    world = a_marked_world()
    before = files()
    copy = a_made_copy(world)
    (file,) = files() - before
    assert MARK.encode() not in file.read_bytes()
    assert MARK not in file.name
    parts = opened(copies.fetch(copy=copy, by=world.person, now=NOW))
    assert {"index.html", "data.json", f"report-{world.release.number}.pdf"} == set(parts)
    page, data = parts["index.html"].decode(), json.loads(parts["data.json"])
    for words in ("last", "reflection", "note", "answered", "question", "undertakes", "hearing", "phone"):
        assert f"{MARK} {words}" in page or f"{MARK}{words}" in page, words
    assert {name for name, rows in data.items() if rows} >= {
        "account", "sign-ins", "referral", "hearings", "agreements", "course", "reflections", "knowledge-checks",
        "check-ins", "check-in-answers", "commitments", "reports", "messages", "mobile-number", "sign-in-history",
    }  # fmt: skip
    assert parts[f"report-{world.release.number}.pdf"].startswith(b"%PDF")
    everything = page + parts["data.json"].decode()
    for other in (world.facilitator, world.admin, world.clerk):
        assert other.last_name not in everything
        assert other.email not in everything
    assert MARK + " officer" not in everything


def test_it_says_who_read_their_words_by_role(signed_in):
    world = a_marked_world()
    reflection = Event.objects.get(kind="reflection.submitted").on_id
    signed_in(world.facilitator).get(reverse("courses_staff:reflection", args=[reflection]))
    parts = opened(copies.fetch(copy=a_made_copy(world), by=world.person, now=NOW))
    (read,) = json.loads(parts["data.json"])["readers"]
    assert list(read.values())[1:] == ["A reflection of yours was read", "Program staff"]


def test_it_is_in_their_language():
    world = a_marked_world(language="es")
    parts = opened(copies.fetch(copy=a_made_copy(world, "es"), by=world.person, now=NOW))
    assert '<html lang="es">' in parts["index.html"].decode()
    with translation.override("es"):
        assert translation.gettext("Name") in json.dumps(json.loads(parts["data.json"]), ensure_ascii=False)


def test_after_a_week_it_is_gone_and_a_new_one_can_be_asked_for(django_capture_on_commit_callbacks):
    world = a_marked_world()
    before = files()
    copy = a_made_copy(world)
    assert copies.expire(now=NOW + WEEK - timedelta(seconds=1), limit=10) == 0
    with pytest.raises(copies.NotReady):
        copies.fetch(copy=copy, by=world.person, now=NOW + WEEK)
    with django_capture_on_commit_callbacks(execute=True):
        assert copies.expire(now=NOW + WEEK, limit=10) == 1
    assert files() == before
    kinds = ["copy.asked", "copy.released", "copy.made", "copy.expired"]
    assert list(Event.objects.filter(kind__startswith="copy.").values_list("kind", flat=True)) == kinds
    assert copies.ask(referral=world.referral, language="en", by=world.person, now=NOW + WEEK) != copy


def test_it_goes_with_the_case_that_is_forgotten():
    before = files()
    world = a_marked_world()
    a_made_copy(world)
    row = forgetting.propose(
        referral=world.referral, act=Act.EXPUNGE, ground=Ground.REQUEST, by=world.facilitator, now=NOW
    )
    forgetting.confirm(forgetting=row, by=world.admin, now=NOW)
    assert files() == before


def test_in_the_browser_asked_released_and_fetched_after_proving_who_they_are(signed_in):
    world = a_marked_world()
    person = signed_in(world.person)
    assert 'href="/my-copy/"' in person.get("/").content.decode()
    assert "Ask for a copy" in person.get("/my-copy/").content.decode()
    person.post(reverse("my_copy:ask", args=[world.referral.pk]))
    assert "Your program looks at it first" in person.get("/my-copy/").content.decode()
    copy = PersonsCopy.objects.get()
    assert copy.language == "en"

    staff = signed_in(world.facilitator)
    assert "asked for a copy" in staff.get("/facilitate/").content.decode()
    release = reverse("keeping:release_copy", args=[copy.pk])
    prove(staff, release)
    staff.post(release)
    copies.make_due(now=clock.now(), limit=10)
    assert Message.objects.get(kind="copy.ready").to == world.person

    address = reverse("my_copy:file", args=[copy.pk])
    assert address in person.get("/my-copy/").content.decode()
    assert (
        signed_in(a_marked_world(case_number="CR-5", email="x@people.example").person).get(address).status_code == 404
    )
    prove(person, address)
    got = person.get(address)
    assert got["Content-Disposition"] == 'attachment; filename="copy.zip"'
    assert got["Cache-Control"] == "private, no-store"
    assert "index.html" in opened(got.getvalue())
    assert Event.objects.filter(kind="copy.fetched", by=world.person).exists()


def prove(client: Client, address: str) -> None:
    """The page asks who they are again, then lets them in."""
    asked = client.get(address)
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == address
