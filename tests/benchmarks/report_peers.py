"""``python report_peers.py BLOCKS FONTS``: the same report by other engines, in an environment of their own.

Reads the name of a peer from each line, makes one file, and answers how many bytes it has and how many milliseconds it
took. Knows nothing of us but a list of blocks: (kind, text or rows). The pictures are left out.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

FACES = {"Regular": (400, "normal"), "Bold": (700, "normal"), "Italic": (400, "italic")}


def html_of(blocks: list, fonts: str, turn: int = 0) -> str:
    faces = "".join(
        f"@font-face{{font-family:N;font-weight:{weight};font-style:{style};"
        f"src:url('{(Path(fonts) / f'NotoSerif-{name}.ttf').resolve().as_uri()}')}}"
        for name, (weight, style) in FACES.items()
    )
    style = (
        "@page{size:letter;margin:1in} body{font:12pt/16pt N} h1{font-size:19pt} h2{font-size:13.5pt}"
        "table{border-collapse:collapse;width:100%} td,th{text-align:left;vertical-align:top;border-bottom:.5pt solid #aaa}"
    )
    body = "".join(_html(kind, what) for kind, what in blocks)
    return f'<html lang="en"><head><title>Report {turn}</title><style>{faces}{style}</style></head><body>{body}</body></html>'


def _html(kind: str, what: object) -> str:
    if kind in ("h1", "h2", "p"):
        return f"<{kind}>{escape(str(what))}</{kind}>"
    if kind == "ul":
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in what) + "</ul>"
    head, rows = what
    top = "<thead><tr>" + "".join(f'<th scope="col">{escape(c)}</th>' for c in head) + "</tr></thead>" if head else ""
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(c)}</td>" for c in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table>{top}<tbody>{body}</tbody></table>"


def weasyprint(blocks: list, fonts: str, turn: int) -> bytes:
    from weasyprint import HTML

    return HTML(string=html_of(blocks, fonts, turn)).write_pdf(pdf_variant="pdf/ua-1")


def typst(blocks: list, fonts: str, turn: int) -> bytes:
    import typst as engine

    source = [f'#set document(title: "Report {turn}")', '#set text(font: "Noto Serif", size: 12pt, lang: "en")',
              '#set page(paper: "us-letter", margin: 1in, numbering: "Page 1 of 1")']  # fmt: skip
    source += [_typst(kind, what) for kind, what in blocks]
    return engine.compile(
        "\n\n".join(source).encode(), font_paths=[fonts], ignore_system_fonts=True, pdf_standards="ua-1"
    )


def _typst(kind: str, what: object) -> str:
    said = json.dumps  # a string of typst's is one of JSON's
    if kind in ("h1", "h2"):
        return f"#heading(level: {kind[1]}, {said(what, ensure_ascii=False)})"
    if kind == "p":
        return f"#par({said(what, ensure_ascii=False)})"
    if kind == "ul":
        return "#list(" + ", ".join(said(item, ensure_ascii=False) for item in what) + ")"
    head, rows = what
    cells = [said(cell, ensure_ascii=False) for row in rows for cell in row]
    top = f"table.header({', '.join(said(c, ensure_ascii=False) for c in head)}), " if head else ""
    return f"#table(columns: {len(rows[0])}, stroke: none, {top}{', '.join(cells)})"


def emboss(blocks: list, fonts: str, turn: int) -> bytes:
    from emboss import Document

    document = Document(title=f"Report {turn}")
    for kind, what in blocks:
        if kind in ("h1", "h2"):
            document.heading(what, level=int(kind[1]))
        elif kind == "p":
            document.paragraph(what)
        elif kind == "ul":
            document.bullets(what)
        else:
            head, rows = what
            document.table(headers=head or ["Name", "Value"], rows=rows)
    return document.render()


@cache
def _page() -> object:
    """A browser that is started and has a page open: only setting the page and printing it are counted."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    browser = sync_playwright().start().chromium.launch(executable_path=path, args=["--no-sandbox"])
    return browser.new_page()


def chromium(blocks: list, fonts: str, turn: int) -> bytes:
    _page().set_content(html_of(blocks, fonts, turn))
    return _page().pdf(format="Letter", tagged=True, outline=True)


PEERS: dict[str, Callable[[list, str, int], bytes]] = {
    "weasyprint": weasyprint,
    "typst": typst,
    "emboss": emboss,
    "chromium": chromium,
}


def another(what: object, turn: int) -> object:
    """The same with other words: an engine that remembers what it set before has to set them anew."""
    if isinstance(what, str):
        return what if what in ("h1", "h2", "p", "ul", "table") else f"{what} {turn}"
    return [another(part, turn) for part in what] if isinstance(what, list) else what


def main() -> None:
    blocks, fonts = json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]
    for turn, line in enumerate(sys.stdin):
        name = line.strip()
        start = time.perf_counter()
        try:
            size = len(PEERS[name](another(blocks, turn), fonts, turn))
            problem = ""
        except Exception as raised:  # whoever cannot is left out, by name
            size, problem = 0, f"{type(raised).__name__}: {raised}"[:300]
        taken = (time.perf_counter() - start) * 1000
        print(json.dumps({"ms": taken, "bytes": size, "problem": problem}), flush=True)


if __name__ == "__main__":
    main()
