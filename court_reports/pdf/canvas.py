"""A canvas that knows what it draws: every mark belongs to an element or is an artifact."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from court_reports.pdf import metadata
from court_reports.pdf.metadata import Metadata
from court_reports.pdf.profile import Profile
from court_reports.pdf.structure import Element, MarkedContent, ObjectKid, Raw, Root, text
from court_reports.pdf.text import REGULAR
from court_reports.pdf.voices import SpokenText
from court_reports.pdf.writer import ArchivalCatalog, ArchivalDocument, TaggedPage, set_moment


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """ReportLab's canvas plus marked content, links and archival assembly on save."""

    def __init__(self, target: BytesIO, *, meta: Metadata, profile: Profile, **options: Any) -> None:
        options |= {"invariant": 1, "pageCompression": 1, "lang": meta.language, "initialFontName": REGULAR}
        super().__init__(target, **options)
        self._doc.__class__ = ArchivalDocument
        self._doc.Catalog.__class__ = ArchivalCatalog
        set_moment(self._doc, meta.moment)
        self._doc.signature.update(meta.fingerprint.encode() + profile.name.encode())
        self.meta, self.profile, self.root = meta, profile, Root()
        self._doc.root = self.root
        self._depth, self._marks = 0, list[Element]()
        self.inline: Element | None = None
        self._headings = 0
        self._footers: list[tuple[float, float, str, float]] = []

    def _describe(self) -> None:
        """What a viewer shows of the file; last, since a document template writes its own “(anonymous)”."""
        self.setTitle(self.meta.title)
        self.setAuthor(self.meta.author)
        self.setSubject(self.meta.subject)
        self.setCreator("Amends")
        self.setProducer(metadata.PRODUCER)

    @property
    def document(self) -> Element:
        return self.root.document

    def begin(self, element: Element, *, inline: bool = False) -> None:
        """What is drawn until ``end`` belongs to ``element``. Inside another mark it already belongs: nothing is done.

        ``inline``: only text will be drawn, and each piece of it is marked by itself (``mark``), in a voice of its own
        where it needs one. Marks may not cross a text object, so one mark round it all could not be parted.
        """
        if self._depth == 0 and inline:
            self.inline = element
        elif self._depth == 0:
            self._code.append(self._mark(element))
        self._depth += 1

    def mark(self, code: str, language: str) -> str:
        """The code of a piece of text as content of the inline element, or of a Span in it that has a language."""
        if self.inline is None:
            return code
        element = Element("Span", self.inline, lang=language) if language else self.inline
        return f"{self._mark(element)} {code} EMC"

    def _mark(self, element: Element) -> str:
        number = len(self._marks)
        self._marks.append(element)
        element.kids.append(MarkedContent(self._doc.thisPageName(), number))
        return f"/{element.kind} <</MCID {number}>> BDC"

    def begin_artifact(self, kind: str = "Layout") -> None:
        """Furniture until ``end``: drawn, never read aloud."""
        if self._depth == 0:
            self._code.append(f"/Artifact <</Type /{kind}>> BDC")
        self._depth += 1

    def end(self) -> None:
        self._depth -= 1
        if self._depth == 0 and self.inline:
            self.inline = None
        elif self._depth == 0:
            self._code.append("EMC")

    @contextmanager
    def marked(self, element: Element, *, inline: bool = False) -> Iterator[None]:
        self.begin(element, inline=inline)
        try:
            yield
        finally:
            self.end()

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[None]:
        self.begin_artifact(kind)
        try:
            yield
        finally:
            self.end()

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> SpokenText:
        return SpokenText(self, x, y, direction=direction)

    def link(self, element: Element, url: str, rectangle: tuple[float, float, float, float]) -> None:
        """A link over ``rectangle`` (page coordinates) that belongs to ``element``."""
        key = self.root.new_key(element)
        corners = " ".join(f"{corner:.2f}" for corner in rectangle)
        head = f"<< /Type /Annot /Subtype /Link /Rect [ {corners} ] /Border [ 0 0 0 ] /F 4 /StructParent {key} "
        target = b"/A << /S /URI /URI (" + url.replace("(", "%28").replace(")", "%29").encode("ascii") + b") >> >>"
        annotation = Raw(head.encode() + b"/Contents " + text(url) + target)
        self._annotationrefs.append(self._doc.Reference(annotation))
        element.kids.append(ObjectKid(self._doc.thisPageName(), annotation))

    def bookmark(self, title: str, level: int, top: float) -> None:
        self._headings += 1
        key = f"h{self._headings}"
        self.bookmarkHorizontalAbsolute(key, top)
        self.addOutlineEntry(title, key, level)

    def page_count_here(self, right: float, y: float, words: str, size: float) -> None:
        """Where "Page n of m" goes. ``words`` has {n} and {m}; m is known only at the end."""
        self._code.append(f"% footer {len(self._footers)}")
        self._footers.append((right, y, words.replace("{n}", str(self._pageNumber)), size))

    def _setAnnotations(self, page: Any) -> None:
        super()._setAnnotations(page)
        if self._depth:
            raise RuntimeError("marked content must end on the page where it began")
        page.__class__ = TaggedPage
        page.StructParents = self.root.new_key(self._marks)
        page.Tabs = Raw(b"/S").write
        self._marks = []

    def save(self) -> None:
        if len(self._code):
            self.showPage()
        self._write_footers()
        self._describe()
        self._doc.Catalog.StructTreeRoot = self._doc.Reference(self.root)
        metadata.assemble(self._doc, self.meta, self.profile)
        self._doc.SaveToFile(self._filename, self)

    def _write_footers(self) -> None:
        pages = self._doc.Pages.pages
        for number, (right, y, words, size) in enumerate(self._footers):
            words = words.replace("{m}", str(len(pages)))
            line = self.beginText(right - pdfmetrics.stringWidth(words, REGULAR, size), y)
            line.setFont(REGULAR, size)
            line.textOut(words)
            code = str(line.getCode())
            for page in pages:
                page.stream = page.stream.replace(f"% footer {number}\n", f"{code}\n", 1)
