"""The peer, wagtail-lms, as it comes: a throw-away site with its own models and views. Run by tests/attacker/table.py.

Nothing of it is in this repository: this drives what was installed into an environment of its own.
"""

import io
import json
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

MANIFEST = """<?xml version="1.0"?><manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2">
<organizations><organization><title>Part</title></organization></organizations>
<resources><resource identifier="r" type="webcontent" href="index.html"/></resources></manifest>"""
XAPI = "http://adlnet.gov/expapi/verbs/"


def set_up(folder: str) -> None:
    import django
    from django.conf import settings

    # The frame that every site brings.
    Path(folder, "base.html").write_text("{% block content %}{% endblock %}")
    settings.configure(
        SECRET_KEY="only for an attack on a throw-away site",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(folder, "peer.sqlite3")}},
        INSTALLED_APPS=[
            "wagtail_lms", "wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.embeds", "wagtail.sites",
            "wagtail.users", "wagtail.snippets", "wagtail.documents", "wagtail.images", "wagtail.search",
            "wagtail.admin", "wagtail", "modelcluster", "taggit", "django.contrib.admin", "django.contrib.auth",
            "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
            "django.contrib.staticfiles",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "DIRS": [folder],
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }],
        ROOT_URLCONF="tests.attacker.peer", WAGTAIL_SITE_NAME="Peer", WAGTAILADMIN_BASE_URL="http://localhost",
        MEDIA_ROOT=os.path.join(folder, "media"), STATIC_URL="/static/", ALLOWED_HOSTS=["*"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], LOGIN_URL="/login/", USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()


def __getattr__(name: str) -> Any:
    """The address map, made when it is asked for: the settings must stand before."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import include, path
    from wagtail import urls as wagtail_urls
    from wagtail.admin import urls as admin_urls

    return [
        path("admin/", include(admin_urls)),
        path("lms/", include("wagtail_lms.urls")),
        path("", include(wagtail_urls)),
    ]


class Peer:
    """wagtail-lms with one SCORM part and one H5P part in a published course."""

    name = "wagtail-lms"

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model
        from django.core.files.base import ContentFile
        from django.test import Client
        from wagtail.models import Page
        from wagtail_lms import models

        self.lms = models
        user = get_user_model()
        number = user.objects.count()
        self.me = user.objects.create_user(f"me{number}", f"me{number}@people.example", "x")
        self.other = user.objects.create_user(f"other{number}", f"other{number}@people.example", "x")
        root = Page.objects.get(depth=1)
        self.course = root.add_child(instance=models.CoursePage(title="Course", slug=f"course{number}"))
        self.hidden = root.add_child(instance=models.CoursePage(title="Hidden", slug=f"hidden{number}", live=False))
        package, h5p = _zip({"imsmanifest.xml": MANIFEST, "index.html": "first words"}), _zip({"h5p.json": "{}"})
        self.package = models.SCORMPackage(title="Part", package_file=ContentFile(package, name=f"part{number}.zip"))
        self.package.save()
        self.activity = models.H5PActivity.objects.create(
            title="Check", package_file=ContentFile(h5p, name=f"check{number}.h5p")
        )
        self.scorm = self.course.add_child(
            instance=models.SCORMLessonPage(title="Part", slug="part", scorm_package=self.package)
        )
        body = json.dumps([{"type": "h5p_activity", "value": {"activity": self.activity.pk}}])
        self.h5p = self.course.add_child(instance=models.H5PLessonPage(title="Check", slug="check", body=body))
        for one in (self.me, self.other):
            models.CourseEnrollment.objects.create(user=one, course=self.course)
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(self.me)

    # --- what it takes -------------------------------------------------------------------------------

    def scorm_says(self, key: str, value: str) -> None:
        """Through its own interface, which asks for no proof that a page of its own sent it."""
        attempt, _ = self.lms.SCORMAttempt.objects.get_or_create(user=self.me, scorm_package=self.package)
        body = json.dumps({"method": "SetValue", "parameters": [key, value]})
        self.client.post(f"/lms/scorm-api/{attempt.pk}/", body, content_type="application/json")

    def scorm_answers(self, key: str) -> str:
        attempt = self.lms.SCORMAttempt.objects.get(user=self.me)
        body = json.dumps({"method": "GetValue", "parameters": [key]})
        return str(
            self.client.post(f"/lms/scorm-api/{attempt.pk}/", body, content_type="application/json").json()["result"]
        )

    def says(self, verb: str, **more: Any) -> None:
        """An xAPI statement from the person's own page, which sends the proof that forms of this site carry."""
        from django.test import Client

        page = Client()
        page.force_login(self.me)
        statement = {"verb": {"id": XAPI + verb}} | more
        page.post(f"/lms/h5p-xapi/{self.activity.pk}/", json.dumps(statement), content_type="application/json")

    def complete(self) -> bool:
        return bool(self.lms.CourseEnrollment.objects.get(user=self.me, course=self.course).completed_at)

    def one_part_only(self) -> None:
        self.h5p.delete()

    # --- the attacks ---------------------------------------------------------------------------------

    def finish(self) -> bool:
        self.one_part_only()
        self.client.get(f"/lms/scorm-lesson/{self.scorm.pk}/play/")
        self.scorm_says("cmi.core.lesson_status", "completed")
        return self.complete()

    def state(self, word: str) -> bool:
        self.scorm_says("cmi.core.lesson_status", word)
        return bool(self.lms.SCORMAttempt.objects.get(user=self.me).completion_status == word)

    def enroll(self, *, by_get: bool, published: bool) -> bool:
        course = self.course if published else self.hidden
        self.lms.CourseEnrollment.objects.filter(user=self.me).delete()
        address = f"/lms/course/{course.pk}/enroll/"
        if by_get:
            self.client.get(address)
        else:
            self.client.get(address) if self.client.post(address).status_code == 403 else None
        return bool(self.lms.CourseEnrollment.objects.filter(user=self.me, course=course).exists())

    def read_unenrolled(self) -> bool:
        self.lms.CourseEnrollment.objects.filter(user=self.me).delete()
        return bool(self.client.get(f"/lms/scorm-content/{self.package.extracted_path}/index.html").status_code == 200)

    def speak_for_another(self) -> bool:
        actor = {"mbox": f"mailto:{self.other.email}", "objectType": "Agent"}
        self.says("completed", actor=actor)
        kept = self.lms.H5PXAPIStatement.objects.filter(statement__actor__mbox=actor["mbox"])
        return bool(kept.exists())

    def fail(self) -> bool:
        self.scorm.delete()
        self.says("failed", result={"success": False, "score": {"scaled": 0}})
        return self.complete()

    def grade(self) -> bool:
        self.says("scored", result={"score": {"raw": 100, "max": 100, "scaled": 1}})
        return bool(self.lms.H5PAttempt.objects.get(user=self.me).score_scaled == 1)

    def time_of_two_sittings(self, *, seconds: int) -> float:
        for _ in range(2):
            self.scorm_says("cmi.core.session_time", f"0000:{seconds // 60:02}:{seconds % 60:02}.00")
        hours, minutes, rest = self.scorm_answers("cmi.core.total_time").split(":")
        kept = self.lms.SCORMAttempt.objects.get(user=self.me).total_time
        return kept.total_seconds() if kept else int(hours) * 3600 + int(minutes) * 60 + float(rest)

    def comes_back_to_the_place(self) -> bool:
        self.scorm_says("cmi.core.lesson_location", "page 7")
        self.scorm_says("cmi.core.exit", "suspend")
        self.client.get(f"/lms/scorm-lesson/{self.scorm.pk}/play/")
        # What a package asks when it is opened: whether to resume, and only then where.
        return self.scorm_answers("cmi.core.entry") == "resume"

    def is_stranded_by_unpublishing(self) -> bool:
        self.scorm_says("cmi.core.lesson_status", "completed")
        self.h5p.unpublish()
        self.client.get("/")
        return not self.complete()

    def evidence_after_deleting_the_page(self) -> int:
        self.one_part_only()
        self.scorm_says("cmi.core.lesson_status", "completed")
        assert self.complete()
        self.course.delete()
        return int(self.lms.CourseEnrollment.objects.filter(user=self.me).count())

    def evidence_after_deleting_the_person(self) -> int:
        self.finish()
        assert self.complete()
        number = self.me.pk
        self.me.delete()
        return sum(
            int(model.objects.filter(user_id=number).count())
            for model in (self.lms.CourseEnrollment, self.lms.SCORMAttempt, self.lms.H5PAttempt)
        )

    def tells_what_was_completed_after_an_edit(self) -> bool:
        self.scorm.delete()
        self.says("completed")
        assert self.complete()
        self.h5p.intro = "<p>Other words</p>"
        self.h5p.save_revision().publish()
        records = [self.lms.CourseEnrollment, self.lms.H5PLessonCompletion, self.lms.H5PAttempt]
        names = {field.name for model in records for field in model._meta.get_fields()}
        return bool(names & {"revision", "digest", "version", "edition", "content_hash"})


def _zip(files: dict[str, str]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return whole.getvalue()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        set_up(folder)
        from django.core.management import call_command
        from django.db import transaction
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("migrate", verbosity=0)
        from tests.attacker.defects import DEFECTS

        found = {}
        for defect in DEFECTS:
            with transaction.atomic():
                found[defect.name] = defect.is_free(Peer())
                transaction.set_rollback(True)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
