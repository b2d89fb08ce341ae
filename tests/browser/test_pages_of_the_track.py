"""The pages of circles, commitments, providers, requests, steps and transfers: as every other page is looked at."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accountability.actions import circles, commitments, excusal_requests, providers, responses
from accountability.models import Circle, Commitment, ExcusalRequest, Track
from lms.referrals.actions import covers, transfers
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.test_pages import tell, walk
from tests.browser.world import World, a_world
from tests.builders import a_facilitator, a_program, an_administrator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])
DAY = timedelta(days=1)


@dataclass
class Things:
    """One of each on the track of the world's person."""

    track: Track
    circle: Circle
    commitment: Commitment
    token: str
    request: ExcusalRequest


def things_of(world: World) -> Things:
    now, by = world.now, world.facilitator
    track = Track.objects.get(referral=world.on_track)
    circle = circles.open_circle(
        program=world.on_track.program, name="Tuesday evenings", place="Room 2", first_on=(now - 7 * DAY).date(),
        last_on=(now + 14 * DAY).date(), at=now.time(), minutes=60, zone="UTC", every="weekly", on_holiday="skip",
        holidays=[], by=by, now=now - 8 * DAY,
    )  # fmt: skip
    circles.add_person(circle=circle, referral=world.on_track, commitment=None, by=by, now=now - 8 * DAY)
    circles.add_helper(
        circle=circle, role="mentor", name="Mika Mentor", email="mika@people.example", language="en", by=by, now=now
    )
    commitment = commitments.add(
        track=track, words="Hours of service at the food pantry.", named_by_order="20 hours of service", required=True,
        why="To give something back.", due_on=(now + 30 * DAY).date(), proof="provider", unit="hours",
        units_asked=Decimal(20), by=by, now=now,
    )  # fmt: skip
    commitments.record_progress(
        commitment=commitment, on=now.date(), units=Decimal("2.5"), source="facilitator", by=by, now=now
    )
    provider = providers.name(
        commitment=commitment, name="The food pantry", email="pantry@people.example", language="en",
        asks="How many hours?", by=by, now=now,
    )  # fmt: skip
    providers.agree(provider=provider, may_name=True, by=world.on_track.person, now=now)
    token = providers.ask(provider=provider, by=by, now=now)
    check_in = track.check_ins.unanswered().last()
    assert check_in is not None
    request = excusal_requests.ask(
        check_in=check_in, reason="care", words="My daughter is ill.", evidence=[], by=world.on_track.person, now=now
    )
    return Things(track, circle, commitment, token, request)


@languages
def test_pages_of_circles_commitments_and_decisions(open_as: OpenAs, language: str) -> None:
    world = a_world()
    things = things_of(world)
    colleague = a_facilitator(world.on_track.program, first_name="Cora", last_name="Colleague")
    covers.arrange(
        program=world.on_track.program, absent=world.facilitator, cover=colleague, from_at=world.now + DAY,
        until_at=world.now + 8 * DAY, by=world.facilitator, now=world.now,
    )  # fmt: skip
    held, ahead = things.circle.meetings.first(), things.circle.meetings.last()
    circle, case = [things.circle.pk], [world.on_track.pk]
    addresses = [
        reverse("circles:home"), reverse("circles:new"), reverse("circles:circle", args=circle),
        reverse("circles:hand_over", args=circle), reverse("circles:meeting", args=[held.pk]),
        reverse("circles:meeting", args=[ahead.pk]), reverse("track_staff:add_commitment", args=[things.track.pk]),
        reverse("track_staff:commitment", args=[things.commitment.pk]), reverse("referrals:covers"),
        reverse("track_staff:excusal", args=[things.request.pk]), reverse("track_staff:responses", args=case),
        reverse("referrals:hand_overs", args=case), reverse("referrals:case", args=case),
    ]  # fmt: skip
    found = walk(open_as(world.facilitator, language=language), addresses, language)
    assert not found, tell(found)


@languages
def test_the_persons_side_and_a_providers(open_as: OpenAs, language: str) -> None:
    world = a_world()
    things = things_of(world)
    step = responses.contact(
        referral=world.on_track, outcome="spoke", words="We talked.", by=world.facilitator, now=world.now
    )
    other = things.track.check_ins.unanswered().order_by("-number")[1]
    addresses = [
        "/", reverse("commitments:home"), reverse("commitments:commitment", args=[things.commitment.pk]),
        reverse("check_ins:excusal_ask", args=[other.pk]), reverse("check_ins:excusal", args=[things.request.pk]),
        reverse("check_ins:response", args=[step.pk]),
    ]  # fmt: skip
    found = walk(open_as(world.on_track.person, language=language), addresses, language)
    anybody = open_as(language=language)
    found += walk(anybody, [reverse("provider:confirm", args=[things.token])], language)
    assert not found, tell(found)


@languages
def test_pages_of_a_transfer(open_as: OpenAs, language: str) -> None:
    """Asked, seen, proposed; answered on the other side; told to the person and to the court."""
    world = a_world()
    there = a_program(name="Harbor Program", policy={"cadence": "two_weeks", "window_days": 5})
    taker = an_administrator(there)
    hana = a_facilitator(there, first_name="Hana", last_name="Harbor")
    page = open_as(world.administrator, language=language)
    address = reverse("track_staff:transfer_case", args=[world.on_track.pk])
    found = walk(page, [address], language)
    page.locator("[name=to_program]").select_option(str(there.pk))
    page.locator("[name=ordered_by]").fill("Judge Abel")
    page.locator("[name=from_on]").fill((world.now + 9 * DAY).date().isoformat())
    page.locator("main form button[type=submit]").first.click()
    page.locator("[name=seen]").wait_for(state="attached")
    found += problems(page, language=language)
    row = transfers.propose(
        referral=world.on_track, to_program=there, reason="moved", ordered_by="Judge Abel",
        from_on=(world.now + 9 * DAY).date(), by=world.administrator, now=world.now,
    )  # fmt: skip
    case = reverse("referrals:case", args=[world.on_track.pk])
    proposal = reverse("track_staff:transfer", args=[row.pk])
    found += walk(page, [case, proposal], language)
    person = open_as(world.on_track.person, language=language)
    found += walk(person, ["/"], language)
    found += walk(open_as(taker, language=language), [reverse("referrals:waiting"), proposal], language)
    transfers.accept(proposal=row, facilitator=hana, by=taker, now=world.now + timedelta(minutes=1))
    found += walk(person, ["/", reverse("referrals:agreements")], language)
    court = reverse("referrals:court_referral", args=[world.on_track.pk])
    found += walk(open_as(world.clerk, language=language), [court], language)
    found += walk(open_as(hana, language=language), [case], language)
    assert not found, tell(found)
