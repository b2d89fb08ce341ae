"""Title, language, conformance and color: what an archive reads before it opens a page."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc

from court_reports.pdf.profile import Profile
from court_reports.pdf.structure import Raw, text

PRODUCER = "Amends with ReportLab"

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<dc:format>application/pdf</dc:format>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate><xmp:CreatorTool>Amends</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says of itself. ``fingerprint`` makes its identifier its own."""

    title: str
    author: str
    subject: str
    language: str
    moment: datetime
    fingerprint: str
    attachment: bytes = b""


def xmp(meta: Metadata, profile: Profile) -> bytes:
    moment = meta.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {"title": meta.title, "author": meta.author, "subject": meta.subject, "language": meta.language}
    values = {name: escape(value) for name, value in named.items()}
    return XMP.format(**values, moment=moment, producer=PRODUCER, part=profile.part).encode()


def assemble(document: pdfdoc.PDFDocument, meta: Metadata, profile: Profile) -> None:
    """Hang metadata, color profile and attachment on the catalog."""
    catalog = document.Catalog
    kind = {"Type": pdfdoc.PDFName("Metadata"), "Subtype": pdfdoc.PDFName("XML")}
    catalog.Metadata = document.Reference(_stream(kind, xmp(meta, profile)))
    catalog.MarkInfo = document.Reference(Raw(b"<< /Marked true >>"))
    catalog.ViewerPreferences = document.Reference(Raw(b"<< /DisplayDocTitle true >>"))
    color = document.Reference(_stream({"N": 3}, icc(), compress=True))
    catalog.OutputIntents = Raw(lambda doc: _output_intent(doc, color))
    if profile.attach_facts:
        _attach(document, meta)


def _output_intent(document: pdfdoc.PDFDocument, color: pdfdoc.PDFObjectReference) -> bytes:
    head = b"[ << /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1)"
    written: bytes = color.format(document)
    return head + b" /Info (sRGB IEC61966-2.1) /DestOutputProfile " + written + b" >> ]"


def _attach(document: pdfdoc.PDFDocument, meta: Metadata) -> None:
    moment = meta.moment.astimezone(UTC).strftime("(D:%Y%m%d%H%M%SZ)")
    check = hashlib.md5(meta.attachment, usedforsecurity=False).hexdigest()
    params = f"<< /Size {len(meta.attachment)} /CreationDate {moment} /ModDate {moment} /CheckSum <{check}> >>"
    keys = {"Type": pdfdoc.PDFName("EmbeddedFile"), "Subtype": b"/application#2Fjson", "Params": params.encode()}
    stream = document.Reference(_stream(keys, meta.attachment, compress=True))
    spec = document.Reference(Raw(lambda doc: _file_spec(stream.format(doc))))
    document.Catalog.AF = Raw(lambda doc: b"[ " + spec.format(doc) + b" ]")
    document.Catalog.Names = Raw(
        lambda doc: b"<< /EmbeddedFiles << /Names [ (report.json) " + spec.format(doc) + b" ] >> >>"
    )


def _file_spec(stream: bytes) -> bytes:
    named = b"<< /Type /Filespec /F (report.json) /UF " + text("report.json") + b" /AFRelationship /Data /Desc "
    return named + text("The facts of this report as JSON") + b" /EF << /F " + stream + b" /UF " + stream + b" >> >>"


def _stream(keys: dict[str, object], content: bytes, *, compress: bool = False) -> pdfdoc.PDFStream:
    filters = [pdfdoc.PDFZCompress] if compress else None
    stream = pdfdoc.PDFStream(dictionary=pdfdoc.PDFDictionary(keys), content=content, filters=filters)
    stream.__RefOnly__ = 1
    return stream


@lru_cache(maxsize=1)
def icc() -> bytes:
    """An sRGB profile made once and kept: a fresh one would carry today's date."""
    return (Path(__file__).parent / "srgb.icc").read_bytes()
