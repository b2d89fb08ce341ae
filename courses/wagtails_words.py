"""Wagtail's own words that its Spanish does not have yet, or has wrong: ours are used instead (LOCALE_PATHS)."""

from django.utils.translation import gettext_noop as _

OF_THE_EDITOR = (
    _("You saved a new version in another window"),
    _("%(user_name)s saved a new version"),
    _("Proceeding will overwrite the changes you made in that window."),
    _("Proceeding will overwrite the changes made by %(user_name)s."),
    _("Alternatively, you can view the latest version in a new tab."),
    _("View latest version"),
    _("You have unsaved changes in another window"),
    _("%(user_name)s has unsaved changes"),
    _("A network error occurred"),
    _(
        "Troubleshoot your connection to the site before proceeding. Open the editor in a separate tab to view the last saved version."
    ),
    _("Currently viewing"),
    _("Currently idle"),
    _("Save your changes before leaving"),
    _("The page could not be created due to validation errors."),
    _("The page could not be saved due to validation errors."),
    _("The page could not be saved as it is locked."),
)

# What its lists call things, where its Spanish is wrong or none.
OF_THE_LISTS = (
    _("live"),
    _("live + draft"),
    _("Search…"),
    _("Actions"),
    _('There are no %(model_name)s to display. Why not <a href="%(add_url)s">add one</a>?'),
)
