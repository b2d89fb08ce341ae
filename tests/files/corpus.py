"""Files as people send them, and as people with bad intentions do. All are made here, none is kept."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from PIL import Image, PngImagePlugin

# What must be nowhere in a file that we keep, in any form.
MARKERS = ("Maria-Secretova", "SN-4711-SECRET", "secret.author@people.example", "Hidden-History", "Kodak-Marker")
GPS = {1: "N", 2: (40.0, 42.0, 46.0), 3: "W", 4: (74.0, 0.0, 21.0)}


def a_picture(kind: str = "JPEG", *, size: tuple[int, int] = (64, 40), mode: str = "RGB", **options: Any) -> bytes:
    return saved(dots(size, mode), kind, **options)


def dots(size: tuple[int, int] = (64, 40), mode: str = "RGB") -> Image.Image:
    picture = Image.new("RGB", size)
    picture.putdata([((x * 3) % 256, (y * 5) % 256, 90) for y in range(size[1]) for x in range(size[0])])
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format=kind, **options)
    return target.getvalue()


def a_telling_picture(kind: str, *, orientation: int = 1, size: tuple[int, int] = (64, 40)) -> bytes:
    """With place, author, device, serial number, comment, XMP and a color profile's name planted."""
    options: dict[str, Any] = {"exif": _exif(orientation)}
    if kind in ("JPEG", "WEBP", "PNG", "AVIF"):
        options["xmp"] = XMP.encode()
    if kind == "JPEG":
        options["comment"] = MARKERS[3].encode()
    if kind == "GIF":
        return saved(dots(size, mode="P"), kind, comment=f"{MARKERS[0]} {MARKERS[3]}".encode(), xmp=XMP.encode())
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", MARKERS[0])
        text.add_itxt("Comment", MARKERS[3])
        text.add_itxt("XML:com.adobe.xmp", XMP)
        del options["xmp"]
        options["pnginfo"] = text
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    return saved(dots(size), kind, **options)


XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
    f"<photoshop:Credit>{MARKERS[2]}</photoshop:Credit></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
)


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARKERS[4]
    exif[0x013B] = MARKERS[0]
    exif[0x8769] = {0xA431: MARKERS[1], 0x9286: b"ASCII\0\0\0" + MARKERS[3].encode()}
    exif[0x8825] = GPS
    return exif


def a_telling_pdf(*, links: bool = True) -> bytes:
    """Author, XMP, private data of an editor, a note, a picture with EXIF inside, the person's name in each."""
    pdf = a_pdf_of_pages()
    pdf.docinfo["/Author"] = MARKERS[0]
    pdf.docinfo["/Creator"] = MARKERS[4]
    pdf.Root.Metadata = pikepdf.Stream(pdf, XMP.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    pdf.Root.PieceInfo = pikepdf.Dictionary(Editor=pikepdf.Dictionary(Private=MARKERS[3]))
    page = pdf.pages[0]
    page.obj.PieceInfo = pikepdf.Dictionary(Editor=pikepdf.Dictionary(Private=pikepdf.String(MARKERS[3])))
    page.obj.Metadata = pdf.make_stream(XMP.encode())
    page.obj.LastModified = pikepdf.String("D:20260101" + MARKERS[3])
    picture = pdf.make_stream(a_telling_picture("JPEG"))
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 64, 40, 8
    picture.ColorSpace, picture.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    picture.Metadata = pdf.make_stream(XMP.encode())
    page.obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Metadatum=picture),
        Properties=pikepdf.Dictionary(MC0=pikepdf.Dictionary(Metadata=pdf.make_stream(XMP.encode()))),
    )
    page.obj.Contents = pdf.make_stream(b"q 200 0 0 120 50 100 cm /Metadatum Do Q")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents=MARKERS[3], T=MARKERS[0]
    )
    page.obj.Annots = pdf.make_indirect([pdf.make_indirect(note)])
    return saved_pdf(pdf, deterministic_id=True)


def a_pdf_of_pages(count: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page(page_size=(300, 400))
    return pdf


def saved_pdf(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def a_pdf(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, pages: int = 1, **options: Any) -> bytes:
    pdf = a_pdf_of_pages(pages)
    change(pdf)
    return saved_pdf(pdf, **options)


def _action(**keys: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(**keys))

    return change


def _attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["tool.exe"] = b"MZ"


def _hidden_in_a_chain(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(
            S=pikepdf.Name.GoTo, Next=pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc")])
        )
    )


def _form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=[])


def _bomb(pdf: pikepdf.Pdf) -> None:
    packed = zlib.compress(bytes(300_000_000), 9)
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=pikepdf.Name.FlateDecode)


def _huge_picture(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(
            X=pikepdf.Stream(pdf, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=20000, Height=20000)
        )
    )


def a_png_of_zeros(side: int) -> bytes:
    """A PNG of side × side dots that takes almost no room."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + bytes((side + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def a_moving(kind: str, frames: int = 30) -> bytes:
    first, *rest = [Image.new("RGB", (8, 8), (i % 256, i * 7 % 256, 0)) for i in range(frames)]
    return saved(first, kind, save_all=True, append_images=rest, duration=10)


def a_zip(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return target.getvalue()


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document>&e;</w:document>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.domain)</script>"


def hostile() -> dict[str, tuple[str, bytes, str]]:
    """By name: the file's name, its bytes, and why it is refused (lms.files.rules.Why)."""
    launch = _action(S=pikepdf.Name.Launch, F="cmd.exe")
    return {
        "html as pdf": ("order.pdf", HTML, "wrong_kind"),
        "html after a pdf's beginning": ("order.pdf", b"%PDF-1.7\n" + HTML, "cut_off"),
        "html as jpg": ("me.jpg", HTML, "wrong_kind"),
        "svg with a script": ("logo.svg", SVG, "drawing"),
        "svg as png": ("logo.png", SVG, "drawing"),
        "pdf with javascript": (
            "a.pdf",
            a_pdf(_action(S=pikepdf.Name.JavaScript, JS="app.alert(1)")),
            "active",
        ),
        "pdf that launches": ("a.pdf", a_pdf(launch), "active"),
        "pdf that launches, packed in object streams": (
            "a.pdf",
            a_pdf(launch, object_stream_mode=pikepdf.ObjectStreamMode.generate),
            "active",
        ),
        "pdf with a launch hidden in a chain": ("a.pdf", a_pdf(_hidden_in_a_chain), "active"),
        "pdf with a file inside": ("a.pdf", a_pdf(_attached), "active"),
        "pdf with an xfa form": ("a.pdf", a_pdf(_form), "active"),
        "pdf that is locked": (
            "a.pdf",
            a_pdf(encryption=pikepdf.Encryption(owner="o", user="u")),
            "locked",
        ),
        "pdf that only its owner may change": (
            "a.pdf",
            a_pdf(encryption=pikepdf.Encryption(owner="o", user="")),
            "locked",
        ),
        "pdf that unpacks to 300 MB": ("a.pdf", a_pdf(_bomb, compress_streams=False), "unpacks"),
        "pdf with a picture of 400 megapixels": ("a.pdf", a_pdf(_huge_picture), "too_many_pixels"),
        "pdf of 301 pages": ("a.pdf", a_pdf(pages=301), "too_many_pages"),
        "pdf cut off": ("a.pdf", a_pdf()[:20], "cut_off"),
        "zip bomb": ("photos.zip", a_zip(zeros=bytes(50_000_000)), "wrong_kind"),
        "zip bomb as jpg": ("photo.jpg", a_zip(zeros=bytes(5_000_000)), "wrong_kind"),
        "docx with an external entity": ("order.docx", a_zip(word__document=XXE), "office"),
        "docx as pdf": ("order.pdf", a_zip(word__document=XXE), "office"),
        "png of 20000 × 20000": ("big.png", a_png_of_zeros(20_000), "too_many_pixels"),
        "png of 9000 × 9000": ("big.png", a_png_of_zeros(9_000), "too_many_pixels"),
        "webp that moves": ("cat.webp", a_moving("WEBP"), "moves"),
        "png that moves": ("cat.png", a_moving("PNG"), "moves"),
        "old word document": ("order.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "office"),
        "avif that moves": ("cat.avif", a_moving("AVIF", 5), "moves"),
        "gif that moves": ("cat.gif", a_moving("GIF"), "wrong_kind"),
        "gif that is html too": ("x.gif", b"GIF89a/*" + HTML + b"*/=1;", "wrong_kind"),
        "gif that is html too, as jpg": ("x.jpg", b"GIF89a/*" + HTML, "wrong_kind"),
        "jpeg cut off": ("x.jpg", a_picture()[:200], "cut_off"),
        "png with a broken inside": ("x.png", a_picture("PNG")[:60] + b"\0" * 300 + a_picture("PNG")[-12:], "broken"),
        "png as jpg": ("x.jpg", a_picture("PNG"), "name_differs"),
        "right picture, program's name": ("photo.jpg.exe", a_picture(), "name_differs"),
        "name turned around": ("photo\u202egpj.exe", a_picture(), "name_differs"),
        "nothing": ("x.jpg", b"", "empty"),
        "a program": ("x.pdf", b"MZ" + bytes(4000), "wrong_kind"),
        "too large": ("x.jpg", a_picture() + bytes(11_000_000), "too_big"),
    }


STRANGE_NAMES = (
    "../../../etc/passwd.jpg",
    "..\\..\\windows\\win.ini.jpg",
    "a\r\nSet-Cookie: x=1\r\n.jpg",
    "\u202egnp.\u2066photo.jpg",
    "x" * 300 + ".jpg",
    "nul\0byte.jpg",
    "Maria-Secretova at home.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "=cmd|calc!A1.jpg",
)


def everything_in(data: bytes) -> bytes:
    """The bytes, and the bytes of every stream in them that is packed."""
    found, at = [data], data.find(b"stream")
    while at != -1:
        for begin in (at + 7, at + 8):
            try:
                found.append(zlib.decompressobj().decompress(data[begin:]))
            except zlib.error:
                continue
        at = data.find(b"stream", at + 1)
    return b"\0".join(found)


def markers_in(data: bytes) -> list[str]:
    whole = everything_in(data)
    wide = [m for m in MARKERS if m.encode("utf-16-be") in whole or m.encode("utf-16-le") in whole]
    return wide + [m for m in MARKERS if m.encode() in whole]
