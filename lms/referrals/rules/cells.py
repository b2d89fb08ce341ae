"""Cells of a table that a spreadsheet will open: text, and never a formula (ASVS 1.2.10)."""

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(value: object) -> str:
    """The value as text, marked as text where a spreadsheet would take it for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text
