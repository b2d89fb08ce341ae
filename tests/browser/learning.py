"""Steps that somebody takes in a module, and a line that fails."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, Route

from courses.models import EditionModule, Enrollment
from courses.shown import body
from tests.browser.world import World

# What a browser could keep on a phone that is shared.
KEPT = """async () => {
  const caches_ = await caches.keys(), databases = await indexedDB.databases();
  return { local: localStorage.length, session: sessionStorage.length, caches: caches_.length, databases: databases.length };
}"""
NOTHING = {"local": 0, "session": 0, "caches": 0, "databases": 0}


def enrollment_of(world: World) -> Enrollment:
    return Enrollment.objects.get(referral=world.learner)


def attest(page: Page, module: EditionModule) -> None:
    page.goto(reverse("learn:attest", args=[module.pk]))
    page.locator("label[for=id_mine]").click()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{reverse('learn:module', args=[module.pk])}**")


def step_of(module: EditionModule, kind: str) -> int:
    """The page on which the first block of a kind stands."""
    return module.step_of(next(str(each.id) for each in body(module, "en") if each.block_type == kind))


def at_step(module: EditionModule, step: int) -> str:
    return f"{reverse('learn:module', args=[module.pk])}?step={step}"


def activity(module: EditionModule, name: str, kind: str) -> str:
    return reverse(f"learn:{name}", args=[module.pk, module.asked(kind)[0]["id"]])


def answer_all(page: Page, *, right: bool = True) -> None:
    """The questions of the sample bank: “One” is right."""
    for group in page.locator("main fieldset").all():
        group.locator("label", has_text="One" if right else "Two").or_(
            group.locator("label", has_text="Uno" if right else "Dos")
        ).first.click()


def lose_the_first_answer(page: Page, address: str) -> list[Any]:
    """The server takes what is posted to ``address``, and its first answer never arrives. What was posted is listed."""
    sent: list[Any] = []

    def handle(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(address, handle)
    return sent
