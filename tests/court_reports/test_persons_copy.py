"""A copy in Spanish, beside the report that the court holds; and a notice that can be read before it is answered."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from court_reports.models import Delivery, Kind, RegisterEntry, Release
from lms import clock
from lms.people.models import User
from tests.builders import at
from tests.court_reports.cases import a_case_in_track, a_draft_of, a_release_of, an_enrolled_case
from tests.court_reports.drawing import text_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def who_reads(language: str, release: Release) -> User:
    person = release.report.referral.person
    assert person is not None
    person.language = language
    person.save(update_fields=["language"])
    return person


def test_who_reads_spanish_gets_a_copy_that_says_it_is_one(signed_in: SignIn, tmp_path: Path) -> None:
    release = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=at("2026-03-20 12:00"))
    client = signed_in(who_reads("es", release))
    address = reverse("my_reports:copy", args=[release.pk])
    assert address in client.get(reverse("my_reports:list")).content.decode()
    lines, steps = RegisterEntry.objects.count(), Delivery.objects.count()
    answer = client.get(address)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    told = " ".join(text_of(answer.content, tmp_path).split())
    assert "Copia para la persona, en español." in told
    assert f"el original en inglés, número {release.number}." in told
    assert "Aviso de inscripción" in told and "Enrollment" not in told
    assert release.issue.code not in told.replace("-", "")
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        assert str(pdf.Root.Lang) == "es-US"
        assert str(pdf.docinfo["/Title"]) == f"Copia para la persona: Aviso de inscripción {release.number}"
        assert list(pdf.attachments) == []
        assert "/AcroForm" not in pdf.Root
    # It is no report: nothing is entered for it anywhere.
    assert (RegisterEntry.objects.count(), Delivery.objects.count()) == (lines, steps)


def test_there_is_none_for_who_reads_english_nor_for_anybody_else(signed_in: SignIn) -> None:
    release = a_release_of(an_enrolled_case(), Kind.ENROLLMENT, now=at("2026-03-20 12:00"))
    address = reverse("my_reports:copy", args=[release.pk])
    client = signed_in(who_reads("en", release))
    assert client.get(address).status_code == 404
    assert address not in client.get(reverse("my_reports:list")).content.decode()
    other = an_enrolled_case().person
    assert other is not None
    other.language = "es"
    other.save(update_fields=["language"])
    assert signed_in(other).get(address).status_code == 404


def test_a_notice_is_told_in_spanish_where_it_is_answered(signed_in: SignIn) -> None:
    referral = a_case_in_track()
    report = a_draft_of(referral, Kind.NON_COMPLIANCE, now=clock.now())
    assert referral.person is not None
    referral.person.language = "es"
    referral.person.save(update_fields=["language"])
    page = signed_in(referral.person).get(reverse("my_reports:answer", args=[report.pk])).content.decode()
    assert '<div lang="es">' in page
    # Long after the end of the track nothing was made.
    assert f"{referral.name} no completó el programa." in page
    assert "Pasos dados" in page and "omitido" in page
