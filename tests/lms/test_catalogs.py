"""Both catalogs are complete: every string of the product, nothing fuzzy, every placeholder kept."""

import re
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

LOCALE = Path(settings.LOCALE_PATHS[0])
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
# Words that shame; none may stand in what anybody reads (domain.md: no one is shamed).
SHAMING = re.compile(r"\b(offender|violator|delinquent|john|delincuente|ofensor|infractor)\b", re.IGNORECASE)
# Our own catalog folder is left out of the walk, so that the collection goes to the copy alone.
IGNORED = ["lms/locale", "build/*", ".venv/*", "node_modules/*", "tests/*", "var/*"]


def catalog(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))


def placeholders(text: str) -> set[str]:
    return {a or b for a, b in PLACEHOLDER.findall(text)}


def test_every_string_has_its_spanish():
    unsaid = [entry.msgid for entry in catalog("es") if not entry.obsolete and (not entry.translated() or entry.fuzzy)]
    assert unsaid == []


def test_every_placeholder_is_kept():
    lost = []
    for entry in catalog("es"):
        said = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
        for text in said:
            if placeholders(text) - placeholders(entry.msgid + (entry.msgid_plural or "")):
                lost.append(entry.msgid)
            if not entry.msgid_plural and placeholders(text) != placeholders(entry.msgid):
                lost.append(entry.msgid)
    assert lost == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_shames(language):
    found = [e.msgid for e in catalog(language) if SHAMING.search(e.msgid + " " + e.msgstr)]
    assert found == []


def test_every_string_of_the_product_is_in_the_catalogs(tmp_path, monkeypatch):
    if shutil.which("xgettext") is None:
        pytest.skip("gettext is not installed here")
    shutil.copytree(LOCALE, tmp_path / "locale")
    monkeypatch.chdir(settings.BASE_DIR)
    monkeypatch.setattr(settings, "LOCALE_PATHS", [str(tmp_path / "locale")])
    call_command(
        "makemessages", locale=["es"], extensions=["html", "txt", "py"], ignore_patterns=IGNORED,
        no_obsolete=True, no_location=True, verbosity=0,
    )  # fmt: skip
    collected = polib.pofile(str(tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"))
    known = {(e.msgid, e.msgctxt) for e in catalog("es")}
    assert sorted(e.msgid for e in collected if (e.msgid, e.msgctxt) not in known) == []


def test_every_plural_is_said_for_every_number():
    """Spanish has three plural forms in gettext's count; a missing one shows English."""
    spanish = catalog("es")
    forms = int(re.search(r"nplurals=(\d)", spanish.metadata["Plural-Forms"]).group(1))
    assert [
        e.msgid for e in spanish if e.msgid_plural and len([t for t in e.msgstr_plural.values() if t]) != forms
    ] == []
    with translation.override("es"):
        for count, words in ((1, "1 minuto"), (6, "6 minutos"), (1_000_000 // 60 * 60, None)):
            said = translation.ngettext("%(n)d minute", "%(n)d minutes", count) % {"n": count}
            assert "minut" in said
            assert words is None or said == words
