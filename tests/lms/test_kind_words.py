"""Nobody is shamed: no page, message, catalog or sample says a word of this list (tests/lms/kind_words.txt lets some sentences through)."""

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from accountability.sample import SAMPLE

ROOT = Path(__file__).resolve().parents[2]
# What nobody is called, anywhere.
NAMES = (
    r"offenders?", r"perpetrators?", r"violators?", r"delinquents?", r"johns?", r"criminals", r"convicts?",
    r"predators?", r"perverts?", r"addicts?", r"deadbeat\w*", r"prostitutes?", r"whores?", r"hookers?", r"you failed",
    r"pathetic", r"disgust\w*",
    r"ofensor\w*", r"infractor\w*", r"agresor\w*", r"delincuente\w*", r"criminales", r"depredador\w*",
    r"pervertid\w+", r"adict[oa]s?", r"moros[oa]s?", r"incumplid\w+", r"prostituta\w*", r"puter[oa]s?", r"putas?",
    r"usted falló",
)  # fmt: skip
# What no page and no message says of somebody. The course may speak *of* shame and guilt: it teaches to tell them apart.
VERDICTS = (
    r"shame(?:d|s|ful|less)?", r"asham\w+", r"lazy", r"careless\w*", r"guilt\w*", r"blame\w*", r"bad behaviou?r",
    r"excuses", r"no excuse", r"failed to", r"failure to", r"you neglected", r"your fault", r"punish\w*", r"disappoint\w*",
    r"criminal",
    r"verg[üu]enza\w*", r"avergonz\w+", r"avergüen\w+", r"culpa\w*", r"perezos[oa]s?", r"descuidad[oa]s?", r"fracas\w+",
    r"no hay excusa", r"castig\w+", r"decepcion\w+",
)  # fmt: skip
NAMED = re.compile(rf"\b(?:{'|'.join(NAMES)})\b", re.IGNORECASE)
SHAMED = re.compile(rf"\b(?:{'|'.join((*NAMES, *VERDICTS))})\b", re.IGNORECASE)
# Sentences in which such a word says the opposite, or is the law's own name for something. Each was read.
KIND = ROOT / "tests/lms/kind_words.txt"


def allowed() -> set[str]:
    lines = KIND.read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def shaming(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Each sentence with such a word that nobody has read and found kind."""
    known = allowed()
    for line in text.splitlines():
        for found in pattern.finditer(line):
            around = line[max(found.start() - 40, 0) : found.end() + 40]
            if not any(kind in line for kind in known):
                yield f"{found.group(0)}: …{around}…"


def templates() -> list[Path]:
    return sorted(path for ending in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{ending}"))


def said_in(language: str) -> str:
    """Every sentence of a catalog, one on each line."""
    folder = ROOT / "lms/locale" / language / "LC_MESSAGES"
    entries = [
        e for name in ("django.po", "djangojs.po") if (folder / name).exists() for e in polib.pofile(str(folder / name))
    ]
    texts = (text for e in entries for text in (e.msgid, e.msgid_plural, e.msgstr, *e.msgstr_plural.values()))
    return "\n".join(text.replace("\n", " ") for text in texts)


def test_no_template_shames():
    assert len(templates()) > 150
    found = {str(p.relative_to(ROOT)): list(shaming(p.read_text(), SHAMED)) for p in templates()}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_catalog_shames(language):
    said = said_in(language)
    assert said.count("\n") > 1000
    assert list(shaming(said, SHAMED)) == []


def test_the_sample_course_calls_nobody_names():
    paths = sorted((ROOT / "courses/sample").rglob("*.toml"))
    assert len(paths) > 5
    assert {p.name: found for p in paths if (found := list(shaming(p.read_text(), NAMED)))} == {}


def test_the_sample_check_in_shames_nobody():
    words = "\n".join(str(value) for _kind, values in SAMPLE for value in values.values())
    assert list(shaming(words, SHAMED)) == []


@pytest.mark.parametrize(
    "words", ["You failed to check in.", "Debería darle vergüenza.", "For offenders only.", "Por su culpa."]
)
def test_the_list_finds_what_it_is_for(words):
    assert list(shaming(words, SHAMED))


def test_every_sentence_that_was_let_through_still_stands_somewhere():
    """What was mended or taken out is taken from the list too."""
    everything = "\n".join([*(p.read_text() for p in templates()), said_in("en"), said_in("es")])
    assert [kind for kind in allowed() if kind not in everything] == []
