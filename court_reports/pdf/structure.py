"""The structure tree of a tagged PDF (ISO 32000-1, 14.7): elements, marked content, parent tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reportlab.pdfbase import pdfdoc

# The reference of a page (by name) or of an annotation, as it is written: "7 0 R".
Refer = Callable[[object], str]


def text(value: str) -> bytes:
    """A PDF text string: UTF-16BE in hex, which needs no escaping."""
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


class Element:
    """One structure element. Kids are elements, marked content, or annotations."""

    def __init__(self, kind: str, parent: Element | None = None, *, alt: str = "", lang: str = "", extra: str = ""):
        self.kind, self.parent, self.alt, self.lang, self.extra = kind, parent, alt, lang, extra
        self.kids: list[Element | MarkedContent | ObjectKid] = []
        self.number = 0  # of its object in the file; given when the file is written
        if parent is not None:
            parent.kids.append(self)

    def walk(self) -> Iterator[Element]:
        """This and everything below, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    def write(self, refer: Refer, parent: int) -> bytes:
        parts = [f"{self.number} 0 obj\n<< /Type /StructElem /S /{self.kind} /P {parent} 0 R".encode()]
        if self.alt:
            parts.append(b"/Alt " + text(self.alt))
        if self.lang:
            parts.append(f"/Lang ({self.lang})".encode())
        if self.extra:
            parts.append(self.extra.encode())
        kids = " ".join(_kid(refer, kid) for kid in self.kids)
        return b" ".join([*parts, f"/K [ {kids} ] >>\nendobj\n".encode()])


@dataclass(frozen=True, slots=True)
class MarkedContent:
    """A run of one page's content stream that belongs to an element."""

    page: str
    number: int


@dataclass(frozen=True, slots=True)
class ObjectKid:
    """An annotation that belongs to an element."""

    page: str
    annotation: pdfdoc.PDFObject


class Root(pdfdoc.PDFObject):
    """The StructTreeRoot with its parent tree: from marked content back to elements.

    The elements are no objects of ReportLab: a report has hundreds, and each would be registered, looked up and
    formatted by many calls. They are numbered together and written as they are.
    """

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.document = Element("Document")
        self.by_key: list[list[Element] | Element] = []

    def new_key(self, entry: list[Element] | Element) -> int:
        self.by_key.append(entry)
        return len(self.by_key) - 1

    def number_elements(self, first: int) -> list[Element]:
        """Give the elements the object numbers from ``first`` on."""
        elements = list(self.document.walk())
        for number, element in enumerate(elements, first):
            element.number = number
        return elements

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        numbers = " ".join(f"{key} {_entry(entry)}" for key, entry in enumerate(self.by_key))
        return (
            f"<< /Type /StructTreeRoot /K {self.document.number} 0 R /ParentTree << /Nums [ {numbers} ] >>"
            f" /ParentTreeNextKey {len(self.by_key)} >>"
        ).encode()


def _entry(entry: list[Element] | Element) -> str:
    if isinstance(entry, Element):
        return f"{entry.number} 0 R"
    return f"[ {' '.join(f'{element.number} 0 R' for element in entry)} ]"


def _kid(refer: Refer, kid: Element | MarkedContent | ObjectKid) -> str:
    if isinstance(kid, Element):
        return f"{kid.number} 0 R"
    if isinstance(kid, MarkedContent):
        return f"<< /Type /MCR /Pg {refer(kid.page)} /MCID {kid.number} >>"
    return f"<< /Type /OBJR /Pg {refer(kid.page)} /Obj {refer(kid.annotation)} >>"


class Raw(pdfdoc.PDFObject):
    """An object whose bytes are given by a function of the document."""

    __RefOnly__ = 1

    def __init__(self, write: object):
        self.write = write

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        return self.write(document) if callable(self.write) else self.write  # type: ignore[return-value]
