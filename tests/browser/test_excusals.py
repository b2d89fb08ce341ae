"""On a phone, in Spanish: asked with a photo, refused in words, appealed, granted. And a colleague who is away."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accountability.actions.excusal_requests import may_ask_until
from accountability.models import CheckIn, ExcusalRequest, ResponseStep
from lms.referrals.covers import Cover
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.test_moved_day import prove
from tests.browser.world import World, a_world
from tests.builders import a_facilitator
from tests.files.corpus import a_picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
DAY = timedelta(days=1)


def not_made(world: World) -> CheckIn:
    """The first that is not made, and for which there is still time to ask."""
    rows = [row for row in world.check_ins() if not row.submitted_at and may_ask_until(row) > world.now]
    return rows[0]


def test_asked_with_a_photo_refused_appealed_and_granted(open_as: OpenAs) -> None:
    world = a_world()
    missed = not_made(world)
    person = open_as(world.on_track.person, language="es")
    person.goto(reverse("check_ins:excusal_ask", args=[missed.pk]))
    assert_page_is_kind(person, language="es")
    person.locator("main form button[type=submit]").click()
    expect(person.locator("main [role=alert]")).to_be_visible()
    assert_page_is_kind(person, language="es")
    person.locator("[name=reason]").select_option("care")
    person.locator("[name=words]").fill("Mi madre se cayó.")
    photo = {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    person.locator("[name=file_1]").set_input_files(photo)
    person.locator("main form button[type=submit]").click()
    person.wait_for_url("**/excusals/**")
    expect(person.locator("main")).to_contain_text("Espera una respuesta")
    assert_page_is_kind(person, language="es")
    row = ExcusalRequest.objects.get()

    staff = open_as(world.facilitator)
    staff.goto(reverse("track_staff:excusal", args=[row.pk]))
    expect(staff.locator("main")).to_contain_text("Mi madre se cayó.")
    assert_page_is_kind(staff, language="en")
    staff.locator("[name=complied][value=no]").focus()
    staff.keyboard.press("Space")
    staff.locator("[name=attended][value=no]").focus()
    staff.keyboard.press("Space")
    staff.locator("[name=refusal]").select_option("not_shown")
    staff.locator("[name=said]").fill("La foto no deja ver de qué día es.")
    staff.locator("main form button[type=submit]").click()
    prove(staff)
    expect(staff.locator("main")).to_contain_text("Not excused")
    assert_page_is_kind(staff, language="en")

    person.reload()
    expect(person.locator("main")).to_contain_text("La foto no deja ver de qué día es.")
    assert_page_is_kind(person, language="es")
    person.locator("[name=words]").fill("Es del martes.")
    person.locator("label[for=id_shows_files]").click()
    person.locator("form[action$='/appeal/'] button[type=submit]").click()
    expect(person.locator("main")).to_contain_text("Lo mira una persona administradora")

    admin = open_as(world.administrator)
    admin.goto(reverse("track_staff:excusal", args=[row.pk]))
    expect(admin.locator("main")).to_contain_text("Es del martes.")
    admin.locator("[name=complied][value=excused]").focus()
    admin.keyboard.press("Space")
    admin.locator("[name=said]").fill("Se acepta.")
    admin.locator("main form button[type=submit]").click()
    prove(admin)
    expect(admin.locator("main")).to_contain_text("Excused")
    assert_page_is_kind(admin, language="en")
    person.reload()
    expect(person.locator("main")).to_contain_text("Se acepta.")
    missed.refresh_from_db()
    assert missed.excused_at and missed.excused_by == world.administrator


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_colleague_covers_takes_a_step_and_the_person_reads_who_it_is(open_as: OpenAs, language: str) -> None:
    world = a_world()
    colleague = a_facilitator(world.program, first_name="Cora", last_name="Cover")
    away = open_as(world.facilitator, language=language)
    away.goto(reverse("referrals:covers"))
    assert_page_is_kind(away, language=language)
    away.locator("[name=cover]").select_option(str(colleague.pk))
    today = world.now.date()
    away.locator("[name=from_on]").fill((today - DAY).isoformat())
    away.locator("[name=until_on]").fill((today + 5 * DAY).isoformat())
    away.locator("main form.usa-form button[type=submit]").click()
    prove(away)
    expect(away.locator("main")).to_contain_text("Cora Cover")
    assert_page_is_kind(away, language=language)
    assert Cover.objects.get().cover == colleague

    desk = open_as(colleague, language=language)
    desk.goto(reverse("track_staff:responses", args=[world.on_track.pk]))
    assert_page_is_kind(desk, language=language)
    desk.locator("[name=outcome][value=no_answer]").focus()
    desk.keyboard.press("Space")
    desk.locator("main form.usa-form button[type=submit]").first.click()
    prove(desk)
    expect(desk.locator("main ol")).to_contain_text("Cora Cover")
    assert_page_is_kind(desk, language=language)
    step = ResponseStep.objects.get()
    assert step.by == colleague

    person = open_as(world.on_track.person, language=language)
    person.goto("/")
    expect(person.locator("main")).to_contain_text("Cora Cover")
    person.goto(reverse("check_ins:response", args=[step.pk]))
    assert_page_is_kind(person, language=language)
    person.locator("main form.usa-form button[type=submit]").click()
    expect(person.locator(".usa-alert--success")).to_be_visible()

    boss = open_as(world.administrator, language=language)
    boss.goto(reverse("referrals:waiting"))
    assert_page_is_kind(boss, language=language)
