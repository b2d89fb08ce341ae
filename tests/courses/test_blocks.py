"""What an author can put into a module: each part in a file of its own, with an icon, help and a preview."""

from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from wagtail.admin.icons import get_icons

from courses import blocks
from courses.blocks import MODULE_BLOCKS
from courses.models import ModulePage
from tests.builders import a_program, an_author

pytestmark = pytest.mark.django_db
NAMES = [name for name, _ in MODULE_BLOCKS]


def the_block(name: str):
    return ModulePage._meta.get_field("body").stream_block.child_blocks[name]


@pytest.mark.parametrize("name", NAMES)
def test_each_part_has_a_file_an_icon_help_and_a_template(name):
    block = the_block(name)
    assert Path(blocks.__file__).with_name(f"{name}.py").exists()
    assert type(block).__module__ == f"courses.blocks.{name}"
    assert block.meta.icon != "placeholder"
    assert f"icon-{block.meta.icon}" in get_icons()
    assert get_template(block.meta.template).template.name == f"blocks/{name}.html"
    told = {}
    for language in ("en", "es"):
        with translation.override(language):
            help_text = str(getattr(block.meta, "help_text", "") or block.field.help_text)
            told[language] = (str(block.label), str(block.get_description()), help_text)
    assert all(told["en"])
    pairs = list(zip(told["en"], told["es"], strict=True))
    # Audio and video are called the same in both.
    assert [en for en, es in pairs if en == es and en not in ("Audio", "Video")] == []


# What stands in each preview, in English and in Spanish.
SEEN = {
    "text": ("A paragraph of text.", "Un párrafo de texto."),
    "story": ("Speaks of violence.", "Habla de violencia."),
    "myth_fact": ("What is said", "Lo que se dice"),
    "pull_quote": ("A sentence to remember.", "Una frase para recordar."),
    "knowledge_check": ("Check what you know", "Compruebe lo que sabe"),
    "reflection": ("What stayed with you?", "¿Qué se le quedó?"),
    "scenario": ("Say no, and why", "Decir que no, y por qué"),
    "commitment": ("Call a friend", "Llamar a una amistad"),
    "resources": ("Call or text", "Llame o envíe un mensaje"),
    "grounding_pause": ("Breathe out slowly.", "Suelte el aire despacio."),
    "picture": ("A path through the hills", "Un camino entre las colinas"),
    "handout": ("Numbers to call", "Números a los que llamar"),
    "audio": ("Every word, for whoever cannot hear it.", "Cada palabra, para quien no puede oírla."),
    "video": ("Every word, for whoever cannot hear it.", "Cada palabra, para quien no puede oírla."),
}


@pytest.mark.parametrize("name", NAMES)
def test_each_part_shows_what_it_looks_like_in_both_languages(name, signed_in):
    block = the_block(name)
    assert block.is_previewable
    english, spanish = SEEN[name]
    for language, words, others in (("en", english, spanish), ("es", spanish, english)):
        author = an_author(a_program(), language=language)
        response = signed_in(author).get(
            reverse("wagtailadmin_block_preview"),
            {"id": block.definition_prefix},
            headers={"accept-language": language},
        )
        shown = response.content.decode()
        assert (words in shown, others in shown) == (True, False), shown
        assert "css/amends" in shown
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"
