"""The structure tree of a tagged PDF (ISO 32000-1, 14.7): elements, marked content, parent tree."""

from __future__ import annotations

from reportlab.pdfbase import pdfdoc


def text(value: str) -> bytes:
    """A PDF text string: UTF-16BE in hex, which needs no escaping."""
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


class Element(pdfdoc.PDFObject):
    """One structure element. Kids are elements, (page name, marked content id), or annotations."""

    __RefOnly__ = 1

    def __init__(self, kind: str, parent: Element | None = None, *, alt: str = "", lang: str = "", extra: str = ""):
        self.kind, self.parent, self.alt, self.lang, self.extra = kind, parent, alt, lang, extra
        self.kids: list[object] = []
        if parent is not None:
            parent.kids.append(self)

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        parts = [b"<< /Type /StructElem /S /" + self.kind.encode() + b" /P " + _ref(document, self.parent)]
        if self.alt:
            parts.append(b"/Alt " + text(self.alt))
        if self.lang:
            parts.append(b"/Lang (" + self.lang.encode() + b")")
        if self.extra:
            parts.append(self.extra.encode())
        kids = b" ".join(_kid(document, kid) for kid in self.kids)
        return b" ".join([*parts, b"/K [ " + kids + b" ] >>"])


class MarkedContent:
    """A run of one page's content stream that belongs to an element."""

    def __init__(self, page: str, number: int):
        self.page, self.number = page, number


class ObjectKid:
    """An annotation that belongs to an element."""

    def __init__(self, page: str, annotation: pdfdoc.PDFObject):
        self.page, self.annotation = page, annotation


class Root(pdfdoc.PDFObject):
    """The StructTreeRoot with its parent tree: from marked content back to elements."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.kids: list[object] = []
        self.document = Element("Document", self)  # type: ignore[arg-type]
        self.by_key: list[list[Element] | Element] = []

    def new_key(self, entry: list[Element] | Element) -> int:
        self.by_key.append(entry)
        return len(self.by_key) - 1

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        numbers = b" ".join(f"{key} ".encode() + self._entry(document, e) for key, e in enumerate(self.by_key))
        return b"".join(
            [
                b"<< /Type /StructTreeRoot /K " + _ref(document, self.document),
                b" /ParentTree << /Nums [ " + numbers + b" ] >>",
                f" /ParentTreeNextKey {len(self.by_key)} >>".encode(),
            ]
        )

    def _entry(self, document: pdfdoc.PDFDocument, entry: list[Element] | Element) -> bytes:
        if isinstance(entry, Element):
            return _ref(document, entry)
        return b"[ " + b" ".join(_ref(document, element) for element in entry) + b" ]"


class Raw(pdfdoc.PDFObject):
    """An object whose bytes are given by a function of the document."""

    __RefOnly__ = 1

    def __init__(self, write: object):
        self.write = write

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        return self.write(document) if callable(self.write) else self.write  # type: ignore[return-value]


def _ref(document: pdfdoc.PDFDocument, thing: object) -> bytes:
    return document.Reference(thing).format(document)  # type: ignore[no-any-return]


def _page(document: pdfdoc.PDFDocument, name: str) -> bytes:
    return pdfdoc.PDFObjectReference(name).format(document)  # type: ignore[no-any-return]


def _kid(document: pdfdoc.PDFDocument, kid: object) -> bytes:
    if isinstance(kid, Element):
        return _ref(document, kid)
    if isinstance(kid, MarkedContent):
        return b"<< /Type /MCR /Pg " + _page(document, kid.page) + f" /MCID {kid.number} >>".encode()
    if isinstance(kid, ObjectKid):
        annotation = _ref(document, kid.annotation)
        return b"<< /Type /OBJR /Pg " + _page(document, kid.page) + b" /Obj " + annotation + b" >>"
    raise TypeError(kid)
