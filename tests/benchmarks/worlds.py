"""The people and pages that the bench asks for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.template import engines
from django.template.loader import render_to_string
from django.test import Client
from wagtail.models import Page, Site

from courses import consents, shown
from courses.access import progress_of
from courses.actions import evidence
from courses.models import EditionModule, Enrollment, ModulePage
from lms import crypto
from tests.builders import a_facilitator, a_program, a_published_course, an_author, an_enrolled_referral
from tests.conftest import sign_in_session
from tests.courses.full_module import more_modules, publish_full_module

POSITION = 2
# How often each kind of block stands in the module, and how many modules there are.
FULL = {"": (1, 3), " 3 times": (3, 3), ", 1 of 12 modules": (1, 12)}

Ask = Callable[[], Any]


def addresses(now: datetime) -> dict[str, Ask]:
    """Name → ask for that page. One person of the world beside (tests/crash) for what is no course, one for each module."""
    person = Enrollment.objects.select_related("referral__person").get(referral__case_number="CR-3")
    client = Client()
    sign_in_session(client, person.referral.person)
    home = _bare_home()
    home.add_child(instance=Page(title="Bare", slug="bare"))
    full = _full_modules(now - timedelta(hours=1))
    asks = {
        "hello-world view": _get(client, "/bench/hello/"),
        "hello in the product’s frame": _get(client, "/bench/frame/"),
        "bare Wagtail page": _get(client, "/bench/pages/bare/"),
    }
    for name in ("", " 3 times"):
        slug = f"blocks{len(name)}"
        _same_blocks(home, slug, _module(full[name]))
        asks[f"bare Wagtail page, same blocks{name}"] = _get(client, f"/bench/pages/{slug}/")
    asks["module page, sample course"] = _module_page(client, person, 1, step=2, now=now)
    for name, enrollment in full.items():
        theirs = Client()
        sign_in_session(theirs, enrollment.referral.person)
        asks[f"module page, all blocks{name}"] = _module_page(theirs, enrollment, POSITION, step=1, now=now)
    track = person.referral.track
    check_in = track.check_ins.filter(submitted_at=None, excused_at=None, opens_at__lte=now).order_by("number").first()
    assert check_in, "no check-in is open"
    return asks | {
        "course page": _get(client, "/learn/"),
        "check-in page": _get(client, f"/check-ins/{check_in.pk}/"),
        "home: what is next": _get(client, "/"),
    }


def parts(page: Ask) -> dict[str, Ask]:
    """What one showing of the full module is made of, each part by itself. What is left is what every page costs."""
    request = page().wsgi_request
    user, pk = request.user, request.resolver_match.kwargs["pk"]
    stand = progress_of(user, "en").get(module=pk)
    module, language = stand.module, "en"
    here, everywhere = module.steps[0], [block for step in module.steps for block in step]

    def read() -> Any:
        return list(shown.body(module, language, only=here))

    def consented() -> Any:
        with crypto.at_hand():
            return consents.standing(blocks, also=everywhere, language=language, now=request.now)

    def opened() -> Any:
        return evidence.open_step(
            enrollment=stand.enrollment, module=module, step=1, by=user, now=request.now, progress=stand
        )

    blocks, viewing = read(), opened()
    rows = [shown.shaped(block, {"passed": set(), "sent": {}, "chosen": {}}) for block in blocks]
    frame = {"module": module, "title": "Full", "step": 1, "steps": len(module.steps), "viewing": viewing}
    return {
        "where they stand, and its text": lambda: list(progress_of(user, language).filter(module=pk)),
        "writing that it was opened": opened,
        "ten blocks, their media": read,
        "consents, and a name": consented,
        "template without blocks": lambda: render_to_string("learn/module.html", frame, request),
        "template with them": lambda: render_to_string("learn/module.html", frame | {"blocks": rows}, request),
    }


def _get(client: Client, path: str) -> Ask:
    def ask() -> Any:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    return ask


def _bare_home() -> Page:
    """Where Wagtail serves pages by itself, as in any project: nothing of the product does."""
    home = Page.get_first_root_node().add_child(instance=Page(title="Bench", slug="bench-home"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "testserver", "root_page": home, "port": 80}
    )
    engines["django"].engine.dirs.append(Path(__file__).parent / "templates")
    return home


def _same_blocks(home: Page, slug: str, module: EditionModule) -> None:
    """A page with what stands on the first page of a module, served by Wagtail and shown by a plain template."""
    ModulePage.serve, ModulePage.template = Page.serve, "bare_blocks.html"
    body = shown.body(module, "en", only=module.steps[0])
    home.add_child(instance=ModulePage(title="Bare", slug=slug, minimum_minutes=1, body=body))


def _full_modules(now: datetime) -> dict[str, Enrollment]:
    """A person for each of FULL, enrolled in an edition of their own."""
    program = a_program(name="Full")
    a_facilitator(program)
    a_published_course(program, modules=3)
    author, found = an_author(program), {}
    for number, (name, (times, modules)) in enumerate(FULL.items()):
        moment = now + timedelta(minutes=number)
        edition = publish_full_module(program, author, times=times, now=moment, number=POSITION)
        more_modules(edition, up_to=modules)
        found[name] = an_enrolled_referral(program=program, now=moment, case_number=f"FULL-{number}").enrollment
    return found


def _module(enrollment: Enrollment) -> EditionModule:
    return enrollment.edition.modules.select_related("revision_en").get(position=POSITION)


def _module_page(client: Client, enrollment: Enrollment, position: int, *, step: int, now: datetime) -> Ask:
    """The person has opened the module before, and said in this session that it is them."""
    module = enrollment.edition.modules.get(position=position)
    evidence.open_step(enrollment=enrollment, module=module, step=step, by=enrollment.referral.person, now=now)
    client.post(f"/learn/modules/{module.pk}/attest/", {"mine": "on"})
    return _get(client, f"/learn/modules/{module.pk}/?step={step}")
