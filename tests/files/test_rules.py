"""T22: an account was stolen and sends whatever it can think of. Nothing of it comes in."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from lms.files.accept import Accepted, accept
from lms.files.forms import PrivateFileField
from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE, COURT_ORDER, REFERRAL_TABLE, Refused, Why
from lms.files.words import SENTENCES, why
from tests.files.corpus import STRANGE_NAMES, a_moving, a_pdf, a_picture, a_telling_picture, dots, hostile, saved

HOSTILE = hostile()


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("rules", [COURT_ORDER, COURSE_PICTURE, COURSE_DOCUMENT], ids=["order", "picture", "document"])
def test_nothing_of_the_corpus_comes_in_by_any_door(what, rules):
    name, data, expected = HOSTILE[what]
    with pytest.raises(Refused) as refused:
        accept(data, rules=rules, name=name)
    if rules is COURT_ORDER:
        assert refused.value.why == expected


@pytest.mark.parametrize("what", HOSTILE)
def test_a_form_says_it_in_one_sentence_in_both_languages(what):
    class Form(forms.Form):
        file = PrivateFileField(rules=COURT_ORDER)

    name, data, _ = HOSTILE[what]
    for language in ("en", "es"):
        with translation.override(language):
            form = Form({}, {"file": SimpleUploadedFile(name, data)})
            assert not form.is_valid()
            (sentence,) = form.errors["file"]
            assert sentence.endswith(".")
            assert "%" not in sentence


def test_every_refusal_has_its_sentence():
    assert set(SENTENCES) == set(Why)
    values = {"megabytes": 1, "kinds": "PDF", "kind": "PDF", "millions": 40, "pages": 300, "codec": "AV1", "hours": 3}
    for reason in Why:
        assert why(Refused(reason, **values)).endswith(".")


@pytest.mark.parametrize(
    ("name", "data", "becomes"),
    [
        ("a.jpg", a_picture(), "image/jpeg"),
        ("a.JPEG", a_picture(), "image/jpeg"),
        ("a.png", a_picture("PNG", mode="RGBA"), "image/png"),
        ("a.png", a_picture("PNG", mode="P"), "image/png"),
        ("a.webp", a_picture("WEBP"), "image/webp"),
        ("a.heic", a_telling_picture("HEIF"), "image/jpeg"),
        ("a.pdf", a_pdf(), "application/pdf"),
    ],
)
def test_what_people_really_have_comes_in(name, data, becomes):
    assert accept(data, rules=COURT_ORDER, name=name).media_type == becomes


def test_avif_of_an_author_becomes_a_jpeg():
    assert accept(a_picture("AVIF"), rules=COURSE_PICTURE, name="a.avif").media_type == "image/jpeg"


def test_a_phones_jpeg_with_a_second_picture_in_it_keeps_the_first_alone():
    two = saved(dots(), "MPO", save_all=True, append_images=[dots((30, 30))])
    good = accept(two, rules=COURSE_PICTURE, name="IMG_1.jpg")
    assert good.media_type == "image/jpeg"
    assert good.data.count(b"\xff\xd8\xff") == 1


def test_ten_thousand_frames_are_refused_without_being_opened():
    with pytest.raises(Refused) as refused:
        accept(a_moving("WEBP", 10_000), rules=COURSE_PICTURE)
    assert refused.value.why == Why.MOVES


def test_a_comment_of_sixty_thousand_bytes_is_not_kept():
    data = a_picture(comment=b"x" * 60_000)
    assert len(data) > 60_000
    assert len(accept(data, rules=COURSE_PICTURE, name="a.jpg").data) < 10_000


def test_html_behind_a_picture_is_not_kept():
    good = accept(a_picture() + b"<script>alert(1)</script>", rules=COURSE_PICTURE, name="a.jpg")
    assert b"<script>" not in good.data


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_a_name_decides_nothing_but_whether_its_ending_lies(name):
    form = _one_field({"file": SimpleUploadedFile("x.jpg", a_picture())})
    form.files["file"]._name = name  # as a hand-made request may put it, before Django tidies it
    assert form.is_valid()
    assert isinstance(form.cleaned_data["file"], Accepted)
    assert not hasattr(form.cleaned_data["file"], "name")


def test_no_file_is_no_file_where_none_is_needed():
    class Form(forms.Form):
        file = PrivateFileField(rules=COURT_ORDER, required=False)

    form = Form({}, {})
    assert form.is_valid()
    assert form.cleaned_data["file"] is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\r\n1,2\r\n", None),
        ("\ufeffnombre,año\r\nJosé,1984\r\n".encode(), None),
        (b"a,b\r\n\x00,2\r\n", Why.NOT_TEXT),
        ("nombre\r\nJosé".encode("latin-1"), Why.NOT_TEXT),
        ("a,b\r\n1,2".encode("utf-16"), Why.NOT_TEXT),
        (b"<html>,b", Why.NOT_TEXT),
        (b"a,b\x1b[2J", Why.NOT_TEXT),
        (b"PK\x03\x04" + bytes(200), Why.NOT_TEXT),
    ],
)
def test_a_table_is_text(data, expected):
    if expected is None:
        assert accept(data, rules=REFERRAL_TABLE, name="a.csv").data == data
        return
    with pytest.raises(Refused) as refused:
        accept(data, rules=REFERRAL_TABLE, name="a.csv")
    assert refused.value.why == expected


def _one_field(files):
    class Form(forms.Form):
        file = PrivateFileField(rules=COURT_ORDER)

    return Form({}, files)


WHOLE = {
    "a.jpg": a_picture(size=(300, 200)),
    "a.png": saved(dots((300, 200)), "PNG"),
    "a.webp": saved(dots(), "WEBP"),
    "a.gif": saved(dots(), "GIF"),
    "a.avif": saved(dots(), "AVIF"),
    "a.heic": a_telling_picture("HEIF", size=(300, 200)),
    "a.pdf": a_pdf(pages=4),
    "web.pdf": a_pdf(pages=4, linearize=True),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_file_whose_end_is_missing_is_told_so_and_nothing_of_it_is_kept(name, part):
    data = WHOLE[name]
    rules = COURSE_DOCUMENT if name.endswith("pdf") else COURSE_PICTURE
    assert accept(data, rules=rules, name=name)
    with pytest.raises(Refused) as refused:
        accept(data[: int(len(data) * part)], rules=rules, name=name)
    assert refused.value.why == Why.CUT_OFF
    assert "Upload it again" in why(refused.value)
    with translation.override("es"):
        assert "Vuelva a subirlo" in why(refused.value)


def test_what_stands_behind_a_whole_file_does_no_harm():
    """As telephones and mail programs leave it there."""
    for name, rules in (("a.jpg", COURSE_PICTURE), ("a.pdf", COURSE_DOCUMENT)):
        assert accept(WHOLE[name] + b"\r\n" + bytes(200), rules=rules, name=name)
