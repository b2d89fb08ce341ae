"""R6: every field of every table has a class, third parties' too."""

from pathlib import Path

from django.conf import settings

from lms.keeping import classes
from lms.keeping.classes import Data


def test_every_field_has_a_class_and_no_declaration_is_stale():
    assert classes.problems() == []


def test_an_unclassified_a_stale_and_a_doubled_field_are_found(monkeypatch):
    declared = dict(classes._declared)
    del declared["people.User.email"]
    monkeypatch.setattr(classes, "_declared", declared | {"people.User.shoe_size": Data.IDENTITY})
    monkeypatch.setattr(classes, "_doubled", {"people.User.zone"})
    assert classes.problems() == [
        "people.User.email: nobody said what it holds",
        "people.User.shoe_size: declared, but there is no such field",
        "people.User.zone: declared twice",
    ]


def test_the_page_about_it_is_up_to_date():
    page = Path(settings.BASE_DIR) / "docs" / "security" / "data-classes.md"
    assert page.read_text() == classes.as_markdown(), "run: manage.py data_classes > docs/security/data-classes.md"
