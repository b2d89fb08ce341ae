"""The bytes of an archival file: what stock ReportLab cannot write (ISO 19005: 6.1.7, 6.2.4, 6.8).

Extension by subclass, never by changing ReportLab's modules.
"""

import time
from datetime import UTC, datetime

from reportlab.pdfbase import pdfdoc


class ArchivalCatalog(pdfdoc.PDFCatalog):
    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents", "AF")


class TaggedPage(pdfdoc.PDFPage):
    __NoDefault__ = (*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs")


class ArchivalDocument(pdfdoc.PDFDocument):
    """Writes every stream with an end of line before ``endstream``, and no comments."""

    def format(self) -> bytes:
        catalog, info = self.Catalog, self.info
        self.Reference(catalog)
        self.Reference(info)
        self.encrypt.prepare(self)
        chunks = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        offset, ids = len(chunks[0]), []
        number = 1
        # Formatting an object may register further ones: the loop ends when none is left.
        while number in self.numberToId:
            name = self.numberToId[number]
            body = self._object(name)
            self.idToOffset[name] = offset
            ids.append(name)
            chunks.append(body)
            offset += len(body)
            number += 1
        chunks.append(self._xref(ids))
        chunks.append(self._trailer(number, offset))
        return b"".join(chunks)

    def _object(self, name: str) -> bytes:
        body: bytes = pdfdoc.PDFIndirectObject(name, self.idToObject[name]).format(self)
        if body.endswith(b"endstream\nendobj\n"):
            body = body[: -len(b"endstream\nendobj\n")] + b"\nendstream\nendobj\n"
        return body

    def _xref(self, ids: list[str]) -> bytes:
        lines = [f"xref\n0 {len(ids) + 1}\n0000000000 65535 f \n"]
        lines += [f"{self.idToOffset[name]:010d} 00000 n \n" for name in ids]
        return "".join(lines).encode()

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


def set_moment(document: pdfdoc.PDFDocument, moment: datetime) -> None:
    """Make ``moment`` the document's only idea of time, so that the same facts give the same bytes."""
    utc = moment.astimezone(UTC)
    stamp = document._timeStamp
    stamp.t, stamp.lt = int(utc.timestamp()), time.gmtime(int(utc.timestamp()))
    stamp.YMDhms, stamp.dhh, stamp.dmm, stamp.tzname = tuple(stamp.lt)[:6], 0, 0, "UTC"
