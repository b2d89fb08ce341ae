"""Somebody sends a letter from their phone, their facilitator accepts it, a provider answers: each on their own page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accountability.actions import commitments, providers
from accountability.models import Commitment, ProviderAnswer, Track
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.world import World, a_world
from tests.files.corpus import a_telling_picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def a_commitment(world: World, **terms: object) -> Commitment:
    track = Track.objects.get(referral=world.on_track)
    usual = {"words": "Veinte horas en el refugio", "named_by_order": "", "required": True, "unit": "hours",
             "units_asked": 20}  # fmt: skip
    return commitments.add(track=track, **usual | terms, by=world.on_track.facilitator, now=world.now)


def test_evidence_goes_from_a_phone_in_spanish_to_the_facilitator(open_as: OpenAs) -> None:
    world = a_world()
    row = a_commitment(world, proof="document")
    phone = open_as(world.on_track.person, language="es")
    phone.goto(reverse("commitments:commitment", args=[row.pk]))
    assert_page_is_kind(phone, language="es")
    phone.get_by_role("button", name="Acepto").click()
    expect(phone.locator("main")).to_contain_text("Su aceptación está anotada")
    letter = {"name": "carta.jpg", "mimeType": "image/jpeg", "buffer": a_telling_picture("JPEG")}
    phone.locator("[name=file]").set_input_files(letter)
    phone.locator("[name=words]").fill("Del refugio")
    phone.get_by_role("button", name="Enviar").click()
    expect(phone.locator("main")).to_contain_text("todavía sin revisar")
    assert_page_is_kind(phone, language="es")

    desk = open_as(world.on_track.facilitator)
    desk.goto(reverse("track_staff:commitment", args=[row.pk]))
    assert_page_is_kind(desk, language="en")
    card = desk.locator("article.card").first
    card.locator("[name$=outcome][value=accepted] + label").click()
    card.locator("[name$=units]").fill("6")
    card.get_by_role("button", name="Decide").click()
    expect(desk.locator("main")).to_contain_text("6 of 20 hours")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("6 de 20 horas")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_provider_answers_without_an_account(open_as: OpenAs, language: str) -> None:
    world = a_world()
    row = a_commitment(world, proof="provider")
    by = world.on_track.facilitator
    provider = providers.name(
        commitment=row, name="Shelter", email="s@people.example", language=language, asks="hours", by=by, now=world.now
    )
    providers.agree(provider=provider, may_name=True, by=world.on_track.person, now=world.now)
    token = providers.ask(provider=provider, by=by, now=world.now)
    page = open_as(language=language)
    page.goto(reverse("provider:confirm", args=[token]))
    assert_page_is_kind(page, language=language)
    page.locator("[name=answer][value=yes] + label").click()
    page.locator("[name=units]").fill("6")
    page.locator("[name=on]").fill(world.now.date().isoformat())
    page.locator("[name=name]").fill("Pat Provider")
    page.locator("[name=role]").fill("Coordinator")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text({"en": "Thank you", "es": "Gracias"}[language])
    assert_page_is_kind(page, language=language)
    assert ProviderAnswer.objects.get().units == 6
    page.goto(reverse("provider:confirm", args=[token]))
    expect(page.locator("h1")).to_have_text({"en": "This link does not work", "es": "Este enlace no sirve"}[language])
