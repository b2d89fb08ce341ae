"""How a report reached a court, in words."""

from django.utils.translation import gettext_lazy as _

HOW = {
    "portal": _("signed in"),
    "portal_notice": _("by e-mail"),
    "link": _("by a link in an e-mail"),
    "webhook": _("from system to system"),
    "pack": _("by hand"),
    "api": _("through the interface"),
    "nobody": _("nobody there could be told"),
}


def how(code: str) -> str:
    """Empty for what came by no route of the court."""
    return str(HOW.get(code, ""))
