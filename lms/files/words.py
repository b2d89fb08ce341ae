"""Why a file was not taken: one clear sentence each."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.files.rules import Refused, Why

SENTENCES = {
    Why.EMPTY: gettext_lazy("This file is empty."),
    Why.TOO_BIG: gettext_lazy("This file is larger than %(megabytes)s MB. Choose a smaller one."),
    Why.WRONG_KIND: gettext_lazy("This kind of file cannot be taken here. These can: %(kinds)s."),
    Why.NAME_DIFFERS: gettext_lazy(
        "This is a file of the kind %(kind)s, but its name ends differently. Save it again with the right ending."
    ),
    Why.BROKEN: gettext_lazy("This file cannot be opened. It may be damaged: save it again, or scan it anew."),
    Why.TOO_MANY_PIXELS: gettext_lazy("This picture is larger than %(millions)s megapixels. Save it smaller."),
    Why.MOVES: gettext_lazy("This picture moves. Choose one that stands still."),
    Why.LOCKED: gettext_lazy("This PDF is locked with a password. Save it without one."),
    Why.ACTIVE: gettext_lazy(
        "This PDF holds more than pages: a script, a form or another file. Print it to a new PDF and choose that one."
    ),
    Why.UNPACKS: gettext_lazy("This file would become far too large when opened, so it was not opened."),
    Why.TOO_MANY_PAGES: gettext_lazy("This PDF has more than %(pages)s pages, or too many parts. Split it."),
    Why.UNCLEANABLE: gettext_lazy(
        "This PDF holds pictures whose hidden details cannot be removed. Print it to a new PDF and choose that one."
    ),
    Why.NOT_TEXT: gettext_lazy("This is not a CSV file in UTF-8. In a spreadsheet, save it as “CSV UTF-8”."),
    Why.DRAWING: gettext_lazy("This is an SVG drawing, which can hold programs. Save it as PNG and choose that one."),
    Why.OFFICE: gettext_lazy(
        "This is a document of an office program, which holds more than its pages. Save it as PDF and choose that one."
    ),
    Why.UNPLAYABLE: gettext_lazy(
        "This recording is packed as %(codec)s, which many phones and browsers cannot play. Export it as MP4 with H.264 video and AAC sound, or sound alone as MP3 or M4A (AAC). On an iPhone: Settings, Camera, Formats, Most Compatible."
    ),
    Why.NO_SOUND_OR_PICTURE: gettext_lazy("There is neither sound nor picture in this file. Export it again."),
    Why.TOO_LONG: gettext_lazy("This recording is longer than %(hours)s hours. Cut it into parts."),
    Why.TOO_SLOW: gettext_lazy("Reading this file took too long. Export it again, or cut it into parts."),
    Why.CUT_OFF: gettext_lazy(
        "This file is incomplete: its end is missing. Perhaps the connection was lost. Upload it again; if that does not help, copy it once more from the device, or save it anew."
    ),
    Why.TELLS_MORE: gettext_lazy(
        "This recording holds hidden details that cannot be removed. Export it as a plain MP4 with H.264 video and AAC sound."
    ),
}


def why(refused: Refused) -> str:
    """The sentence for a refusal."""
    return str(SENTENCES[refused.why]) % refused.values


def too_big(most: int) -> Any:
    """The sentence about a file of more than ``most`` bytes, for the browser to say before anything is sent."""
    return lazy(lambda: why(Refused(Why.TOO_BIG, megabytes=max(most // 1_000_000, 1))), str)()


def not_kept() -> str:
    """When the disk would not take it: nobody's fault, nothing lost but the file."""
    return _(
        "The file could not be kept just now: there is no room for it. Everything else you typed is still here. Try again later, or go on without the file."
    )
