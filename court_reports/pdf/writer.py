"""The bytes of an archival file: what stock ReportLab cannot write (ISO 19005: 6.1.7, 6.2.4, 6.8).

Extension by subclass, never by changing ReportLab's modules.
"""

import time
from datetime import UTC, datetime

from reportlab.pdfbase import pdfdoc

from court_reports.pdf.structure import Root


class ArchivalCatalog(pdfdoc.PDFCatalog):
    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents", "AF")


class TaggedPage(pdfdoc.PDFPage):
    __NoDefault__ = (*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs")


class ArchivalDocument(pdfdoc.PDFDocument):
    """Writes every stream with an end of line before ``endstream``, the structure tree, and no comments."""

    root: Root

    def format(self) -> bytes:
        catalog, info = self.Catalog, self.info
        self.Reference(catalog)
        self.Reference(info)
        self.encrypt.prepare(self)
        self.elements = {e.number: e for e in self.root.number_elements(self.objectcounter + 1)}
        self.objectcounter += len(self.elements)
        self.referred: dict[object, str] = {}
        chunks = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        offset = len(chunks[0])
        offsets: list[int] = []
        # Writing an object may register further ones: the count grows until none is left.
        while len(offsets) < self.objectcounter:
            body = self._object(len(offsets) + 1)
            offsets.append(offset)
            chunks.append(body)
            offset += len(body)
        chunks.append(_xref(offsets))
        chunks.append(self._trailer(len(offsets) + 1, offset))
        return b"".join(chunks)

    def _object(self, number: int) -> bytes:
        if element := self.elements.get(number):
            above = element.parent.number if element.parent else self._number(self.root.__InternalName__)
            return element.write(self.refer, above)
        name = self.numberToId[number]
        body: bytes = pdfdoc.PDFIndirectObject(name, self.idToObject[name]).format(self)
        if body.endswith(b"endstream\nendobj\n"):
            body = body[: -len(b"endstream\nendobj\n")] + b"\nendstream\nendobj\n"
        return body

    def _number(self, name: str) -> int:
        return int(self.idToObjectNumberAndVersion[name][0])

    def refer(self, thing: object) -> str:
        """The reference of a page, by its name, or of an object. A page has as many as it has marks."""
        if thing not in self.referred:
            name = thing if isinstance(thing, str) else self.Reference(thing).name
            self.referred[thing] = f"{self._number(name)} 0 R"
        return self.referred[thing]

    def _trailer(self, size: int, start: int) -> bytes:
        root = self.Reference(self.Catalog).format(self)
        info = self.Reference(self.info).format(self)
        mark = b"<" + self.signature.hexdigest().encode() + b">"
        return b"".join(
            [
                f"trailer\n<< /Size {size} /Root ".encode() + root + b" /Info " + info,
                b" /ID [" + mark + mark + b"] >>\n",
                f"startxref\n{start}\n%%EOF\n".encode(),
            ]
        )


def _xref(offsets: list[int]) -> bytes:
    lines = [f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n"]
    return "".join(lines + [f"{offset:010d} 00000 n \n" for offset in offsets]).encode()


def set_moment(document: pdfdoc.PDFDocument, moment: datetime) -> None:
    """Make ``moment`` the document's only idea of time, so that the same facts give the same bytes."""
    utc = moment.astimezone(UTC)
    stamp = document._timeStamp
    stamp.t, stamp.lt = int(utc.timestamp()), time.gmtime(int(utc.timestamp()))
    stamp.YMDhms, stamp.dhh, stamp.dmm, stamp.tzname = tuple(stamp.lt)[:6], 0, 0, "UTC"
