"""Wagtail's admin, with what it knows of people taken out (security.md 2.2)."""

from typing import Any

from wagtail.admin.views import account
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from lms.exports import safe_cell

# An author's account bears no name and shows no face; everybody's name and address are changed in the product itself.
ABOUT_A_PERSON = (account.NameEmailSettingsPanel, account.AvatarSettingsPanel, account.ChangePasswordPanel)


class AccountView(account.AccountView):
    """Language, notices and colors of the admin: whatever does not say who somebody is."""

    def get_panels(self) -> list[account.BaseSettingsPanel]:
        return [panel for panel in super().get_panels() if not isinstance(panel, ABOUT_A_PERSON)]


def write_csv_row(view: SpreadsheetExportMixin, writer: Any, row: dict[str, Any]) -> Any:
    """As Wagtail does, but no cell is a formula (security.md finding 10). Its XLSX is safe by itself."""
    found = {name: view.preprocess_field_value(name, value, view.FORMAT_CSV) for name, value in row.items()}
    return writer.writerow({name: safe_cell(value) for name, value in found.items()})


def make_exports_safe() -> None:
    """Every list and report of Wagtail that can be downloaded is written by this one method."""
    SpreadsheetExportMixin.write_csv_row = write_csv_row
