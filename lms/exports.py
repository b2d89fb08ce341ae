"""CSV that a spreadsheet reads as text and never as a formula (security.md T23, ASVS v5.0.0-1.2.10)."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator

# A spreadsheet takes a cell that begins like this for something to work out.
BEGINNINGS = ("=", "+", "-", "@", "|", "%")
# Excel and LibreOffice pass over these before they look, and so do we. They are harmful by themselves as well.
SKIPPED = "\t\r\n\v\f\0 \u00a0\u200b\ufeff"
HARMFUL_FIRST = ("\t", "\r", "\n", "\v", "\f", "\0")
# What makes a spreadsheet read a cell as text, and is seen by whoever reads the file.
MARK = "'"


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: object) -> object:
    """The same value, or its text with a mark before it. Numbers stay numbers: nobody typed them.

    Full-width forms are looked at as what they stand for: Excel does so in East Asian editions.
    """
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    first = unicodedata.normalize("NFKC", text.lstrip(SKIPPED)[:1])
    harmful = first.startswith(BEGINNINGS) or text.startswith(HARMFUL_FIRST)
    return MARK + text if harmful else text


def csv_rows(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of a CSV file (RFC 4180, every text in quotes), each safe to open; for a streaming answer."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC)
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])
