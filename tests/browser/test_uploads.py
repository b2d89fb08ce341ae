"""A picture full of traces goes in through the real forms, and comes out with none."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from courses.models import CoursePicture
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.world import a_world
from tests.builders import PASSWORD, an_author
from tests.files.corpus import a_picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NEEDLES = (b"Wilhelmina", b"SN-4711", b"at the lake house")
TELLING = {"EXIF", "XMP", "IPTC", "MakerNotes", "JFIF:Comment"}
Tags = Callable[[bytes], dict[str, object]]


@pytest.fixture
def telling(tmp_path: Path, exiftool: Tags) -> Path:
    """A photograph that says where, by whom and with what it was taken; written by the independent tool."""
    picture = tmp_path / "IMG_Wilhelmina_home.jpg"
    picture.write_bytes(a_picture())
    subprocess.run(
        [
            str(shutil.which("exiftool")), "-q", "-overwrite_original", "-GPSLatitude=40.7128", "-GPSLatitudeRef=N",
            "-GPSLongitude=74.006", "-GPSLongitudeRef=W", "-Artist=Wilhelmina", "-XMP:Creator=Wilhelmina",
            "-IPTC:By-line=Wilhelmina", "-SerialNumber=SN-4711", "-UserComment=at the lake house", "-Comment=Wilhelmina",
            str(picture),
        ],
        check=True, timeout=60,
    )  # fmt: skip
    assert all(needle in picture.read_bytes() for needle in NEEDLES)
    assert any("GPS" in tag for tag in exiftool(picture.read_bytes()))
    return picture


def assert_tells_nothing(data: bytes, exiftool: Tags) -> None:
    assert not [needle for needle in NEEDLES if needle in data]
    assert not [tag for tag in exiftool(data) if tag.partition(":")[0] in TELLING or "GPS" in tag]


def test_an_authors_picture(open_as: OpenAs, telling: Path, exiftool: Tags) -> None:
    page = open_as(an_author(a_world().program))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(reverse("wagtailimages:add"))
    page.locator("[name=title]").fill("A street")
    page.locator("main input[type=file]").set_input_files(telling)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{reverse('wagtailimages:index')}")
    picture = CoursePicture.objects.get()
    shown = page.locator("main img").first.get_attribute("src")
    assert "Wilhelmina" not in picture.file.name + str(shown)
    assert_tells_nothing(page.request.get(str(shown)).body(), exiftool)
    with picture.file.open() as kept:
        assert_tells_nothing(kept.read(), exiftool)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_courts_order_as_a_photograph(open_as: OpenAs, language: str, telling: Path, exiftool: Tags) -> None:
    world = a_world()
    page = open_as(world.administrator, language=language)
    page.goto(reverse("keeping:case", args=[world.learner.pk]))
    for name, value in (("act", "seal"), ("ground", "court_order")):
        box = page.locator(f"main input[name={name}][value={value}]")
        page.locator(f"label[for={box.get_attribute('id')}]").click()
    page.locator("main input[type=file]").set_input_files(telling)
    page.locator("main form[enctype] button[type=submit]").click()
    page.wait_for_url("**/facilitate/keeping/*/")
    assert problems(page, language=language) == []
    name, data = taken(page)
    assert "Wilhelmina" not in name
    assert_tells_nothing(data, exiftool)
    assert not any(
        needle in file.read_bytes() for file in Path(settings.PRIVATE_ROOT).rglob("*") if file.is_file()
        for needle in NEEDLES
    )  # fmt: skip


def taken(page: Page) -> tuple[str, bytes]:
    """The order, downloaded; who asks proves again who they are."""
    page.locator("a[href$='/order/']").first.click()
    page.wait_for_url("**/reauthenticate/**")
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_download() as coming:
        page.locator("main form button[type=submit]").first.click()
    return coming.value.suggested_filename, coming.value.path().read_bytes()
