"""A disk that is full where files are kept: a release fails calmly, leaves nothing half done, and works when there is
room again. The disk is a real one of a megabyte."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.test import Client
from django.urls import reverse

from court_reports import register, storage
from court_reports.actions.release import release
from court_reports.models import Delivery, Kind, RegisterEntry, Release
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.models import CourtProfile
from tests.builders import at
from tests.conftest import sign_in_session
from tests.court_reports.cases import a_draft_of, an_enrolled_case

pytestmark = [pytest.mark.django_db, pytest.mark.crash]
NOW = at("2026-03-20 12:00")


class Disk:
    """A small disk of its own under the private folder."""

    def __init__(self, place: Path) -> None:
        self.place, self.ballast = place, place / "ballast"

    def fill(self, *, leaving: int = 0) -> None:
        """Until ``leaving`` bytes are left."""
        free = os.statvfs(self.place).f_bavail * os.statvfs(self.place).f_frsize
        with self.ballast.open("wb") as file:
            file.write(b"x" * (free - leaving))

    def make_room(self) -> None:
        self.ballast.unlink()

    @property
    def files(self) -> list[Path]:
        return [path for path in self.place.rglob("*") if path.is_file() and path != self.ballast]


@pytest.fixture
def disk() -> Iterator[Disk]:
    place = Path(settings.PRIVATE_ROOT) / "reports"
    place.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "none", str(place)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        if os.environ.get("REQUIRE_ALL"):
            pytest.fail("a disk of one's own wants root: nothing can be mounted here")
        pytest.skip("a disk of one's own wants root: nothing can be mounted here")
    yield Disk(place)
    subprocess.run(["umount", str(place)], check=True)


def nothing_was_released() -> bool:
    tables = (Release, RegisterEntry, Delivery, Event.objects.filter(kind="report.released"),
              Message.objects.filter(kind__startswith="report."))  # fmt: skip
    return not any(getattr(table, "objects", table).exists() for table in tables)


def test_a_release_onto_a_full_disk_leaves_nothing_and_works_when_there_is_room(disk: Disk) -> None:
    report = a_draft_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    disk.fill()
    for _ in range(2):
        with pytest.raises(storage.NotKept):
            release(report=report, by=report.referral.facilitator, now=NOW)
        assert nothing_was_released()
        assert disk.files == []
    disk.make_room()
    done = release(report=report, by=report.referral.facilitator, now=NOW)
    assert done is not None
    assert done.number.endswith("-00001")  # no number was lost to what did not happen
    assert register.verify_chain() == []


def test_room_that_ends_within_the_file_leaves_no_half_of_it(disk: Disk) -> None:
    report = a_draft_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    disk.fill(leaving=16 * 1024)
    with pytest.raises(storage.NotKept):
        release(report=report, by=report.referral.facilitator, now=NOW)
    assert disk.files == []
    assert nothing_was_released()


def test_room_for_the_report_but_not_for_its_filing_copy_releases_neither(disk: Disk) -> None:
    referral = an_enrolled_case()
    CourtProfile.objects.filter(court=referral.court).update(filing_copy=True)
    report = a_draft_of(referral, Kind.ENROLLMENT, now=NOW)
    first = release(report=report, by=referral.facilitator, now=NOW)
    assert first is not None
    size = sum(-(-path.stat().st_size // 4096) * 4096 for path in disk.files)
    assert size > first.size
    second = a_draft_of(an_enrolled_case(program=referral.program, court=referral.court), Kind.ENROLLMENT, now=NOW)
    disk.fill(leaving=first.size + 40 * 1024)
    if os.statvfs(disk.place).f_bavail * 4096 > size:
        pytest.fail("the filing copy is so small that this test tells nothing")
    with pytest.raises(storage.NotKept):
        release(report=second, by=second.referral.facilitator, now=NOW)
    assert Release.objects.count() == RegisterEntry.objects.count() == 1
    assert register.verify_chain() == []
    disk.make_room()
    assert release(report=second, by=second.referral.facilitator, now=NOW) is not None
    assert register.verify_chain() == []


def test_the_page_says_that_there_is_no_room_and_that_nothing_was_released(disk: Disk) -> None:
    report = a_draft_of(an_enrolled_case(), Kind.ENROLLMENT, now=NOW)
    client = Client()
    sign_in_session(client, report.referral.facilitator)
    session = client.session
    session["account_authentication_methods"] = [
        record | {"reauthenticated": True, "at": time.time()} for record in session["account_authentication_methods"]
    ]
    session["account_authentication_methods_user"] = user_id_to_str(report.referral.facilitator)
    session.save()
    disk.fill()
    page = client.post(reverse("reports_staff:release", args=[report.pk]), follow=True)
    assert page.status_code == 200
    assert "There is no room to keep the report, so nothing was released." in page.content.decode()
    assert nothing_was_released()
    disk.make_room()
    client.post(reverse("reports_staff:release", args=[report.pk]))
    assert Release.objects.count() == 1
