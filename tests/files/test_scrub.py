"""T1: an author's picture or document says nothing of her. Asked of exiftool, and of the bytes themselves."""

import io
import subprocess

import pytest
from PIL import Image, ImageChops

from lms.files import scrub
from lms.files.accept import accept
from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE, Refused, Why
from tests.files.corpus import (
    MARKERS,
    a_pdf,
    a_picture,
    a_telling_pdf,
    a_telling_picture,
    everything_in,
    markers_in,
)

TELLING = {"JPEG": "a.jpg", "PNG": "a.png", "WEBP": "a.webp", "AVIF": "a.avif", "HEIF": "a.heic", "GIF": "a.gif"}
# What exiftool says of any file: its size, its kind, how it is packed. Nothing else may be there.
HARMLESS = {
    "SourceFile", "ExifTool:ExifToolVersion", "File:FileName", "File:Directory", "File:FileSize",
    "File:FileModifyDate", "File:FileAccessDate", "File:FileInodeChangeDate", "File:FilePermissions",
    "File:FileType", "File:FileTypeExtension", "File:MIMEType", "File:ImageWidth", "File:ImageHeight",
    "File:EncodingProcess", "File:BitsPerSample", "File:ColorComponents", "File:YCbCrSubSampling",
    "JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution",
    "PNG:ImageWidth", "PNG:ImageHeight", "PNG:BitDepth", "PNG:ColorType", "PNG:Compression", "PNG:Filter",
    "PNG:Interlace", "RIFF:VP8Version", "RIFF:HorizontalScale", "RIFF:VerticalScale", "RIFF:ImageWidth",
    "RIFF:ImageHeight", "RIFF:WebP_Flags", "RIFF:AlphaIsUsed", "Composite:ImageSize", "Composite:Megapixels",
    "PDF:PDFVersion", "PDF:Linearized", "PDF:PageCount",
}  # fmt: skip


@pytest.mark.parametrize("kind", TELLING)
def test_the_planted_markers_are_there_before(kind, exiftool):
    """A test that finds nothing afterward must have found something before."""
    tags = exiftool(a_telling_picture(kind))
    assert MARKERS[0] in str(tags)
    assert any("GPS" in tag for tag in tags) or kind == "GIF"
    assert markers_in(a_telling_picture(kind))


@pytest.mark.parametrize("kind", TELLING)
def test_a_picture_keeps_its_dots_and_nothing_else(kind, exiftool):
    clean = accept(a_telling_picture(kind), rules=COURSE_PICTURE, name=TELLING[kind])
    tags = exiftool(clean.data)
    assert set(tags) - HARMLESS == set()
    assert markers_in(clean.data) == []
    assert Image.open(io.BytesIO(clean.data)).size == (64, 40)


def test_a_picture_is_turned_the_right_way_up_before_its_note_about_that_goes():
    turned = accept(a_telling_picture("JPEG", orientation=6), rules=COURSE_PICTURE, name="a.jpg")
    assert Image.open(io.BytesIO(turned.data)).size == (40, 64)


def test_the_dots_of_a_png_are_the_same_dots():
    before = a_telling_picture("PNG")
    after = accept(before, rules=COURSE_PICTURE, name="a.png").data
    difference = ImageChops.difference(Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after)))
    assert difference.getbbox() is None


def test_what_was_seen_through_does_not_come_to_light_in_a_jpeg():
    source = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    target = io.BytesIO()
    source.save(target, "AVIF", quality=100)
    clean = Image.open(io.BytesIO(accept(target.getvalue(), rules=COURSE_PICTURE, name="a.avif").data))
    assert all(channel > 240 for channel in clean.getpixel((20, 20)))


def test_the_planted_markers_are_in_the_pdf_before(exiftool):
    assert MARKERS[0] in str(exiftool(a_telling_pdf()))
    assert set(markers_in(a_telling_pdf())) == set(MARKERS)


def test_a_pdf_keeps_its_pages_and_nothing_else(exiftool):
    clean = accept(a_telling_pdf(), rules=COURSE_DOCUMENT, name="a.pdf").data
    assert set(exiftool(clean)) - HARMLESS == set()
    assert markers_in(clean) == []


def test_the_page_of_a_cleaned_pdf_still_shows_its_picture(tmp_path):
    path = tmp_path / "clean.pdf"
    path.write_bytes(accept(a_telling_pdf(), rules=COURSE_DOCUMENT, name="a.pdf").data)
    subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)
    listed = subprocess.run(["pdfimages", "-list", str(path)], check=True, capture_output=True, text=True).stdout
    assert "jpeg" in listed
    subprocess.run(["pdftoppm", "-png", "-r", "30", str(path), str(tmp_path / "page")], check=True)
    (page,) = tmp_path.glob("page*.png")
    colors = Image.open(page).convert("RGB").getcolors(100_000)
    assert len(colors) > 20


def test_scripts_and_files_would_not_come_along_even_if_they_were_let_in():
    def armed(pdf):
        import pikepdf

        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=MARKERS[3])
        pdf.attachments["x.txt"] = MARKERS[0].encode()
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=MARKERS[1]))

    clean = scrub.pdf(a_pdf(armed))
    whole = everything_in(clean)
    for word in (b"JavaScript", b"EmbeddedFile", b"OpenAction", *(m.encode() for m in MARKERS)):
        assert word not in whole


def test_a_pdf_whose_pictures_we_cannot_clean_is_refused():
    def with_jpeg_2000(pdf):
        import pikepdf

        picture = pdf.make_stream(a_picture("JPEG2000"))
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Filter = pikepdf.Name.JPXDecode
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=picture))

    with pytest.raises(Refused) as refused:
        accept(a_pdf(with_jpeg_2000), rules=COURSE_DOCUMENT, name="a.pdf")
    assert refused.value.why == Why.UNCLEANABLE


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_jpeg_without_its_segments_shows_the_same(options):
    exif = Image.Exif()
    exif[0x013B] = "secret"
    before = a_picture(comment=b"secret", exif=exif, **options)
    after = scrub.without_segments(before)
    assert b"secret" not in after
    assert b"Exif" not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()
