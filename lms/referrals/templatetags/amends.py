"""Moments in a person's own time, in words. Built into every template."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.people.rules import origins

register = template.Library()
# As data for machines writes a day, or a moment in UTC; and nothing that only looks like one, such as a case number.
WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}\+00:00)?")


def zone_named(zone: object) -> ZoneInfo:
    """The zone of this name; where there is none, UTC."""
    if isinstance(zone, ZoneInfo):
        return zone
    return ZoneInfo(str(zone) if zone else "UTC")


def zone_words(moment: datetime) -> str:
    """What people call the zone: “Eastern”, or its short name where there is no such word."""
    names = {
        "EST": _("Eastern"), "EDT": _("Eastern"), "CST": _("Central"), "CDT": _("Central"),
        "MST": _("Mountain"), "MDT": _("Mountain"), "PST": _("Pacific"), "PDT": _("Pacific"),
        "AKST": _("Alaska"), "AKDT": _("Alaska"), "HST": _("Hawaii"), "AST": _("Atlantic"),
    }  # fmt: skip
    short = moment.tzname() or ""
    return str(names.get(short, short))


@register.filter
def local(moment: datetime | None, zone: object) -> str:
    """“Monday, March 8, 2027, 2:30 p.m. (Eastern)”."""
    if moment is None:
        return ""
    here = moment.astimezone(zone_named(zone))
    return _("%(date)s, %(time)s (%(zone)s)") % {
        "date": formats.date_format(here, _("l, F j, Y")),
        "time": formats.time_format(here.timetz(), _("g:i a")),
        "zone": zone_words(here),
    }


@register.filter
def in_words(value: object, zone: object) -> object:
    """A moment or a day written for machines, as people read it; anything else as it is."""
    if not isinstance(value, str) or not WRITTEN.fullmatch(value):
        return value
    try:
        return (
            local(datetime.fromisoformat(value), zone) if "T" in value else local_date(date.fromisoformat(value), zone)
        )
    except ValueError:
        return value


@register.filter
def device(user_agent: str) -> str:
    """“Android, Chrome”: what a person recognizes of their browser; nothing when it is not known."""
    return origins.device_of(user_agent)


@register.filter
def deadline(moment: datetime | None, zone: object) -> str:
    """An exclusive end of a day, in the words people use: 11:59 p.m. of the day it ends."""
    return local(moment - timedelta(minutes=1), zone) if moment else ""


@register.filter
def local_date(moment: datetime | date | None, zone: object) -> str:
    """“Monday, March 8, 2027”."""
    if moment is None:
        return ""
    day = moment.astimezone(zone_named(zone)) if isinstance(moment, datetime) else moment
    return formats.date_format(day, _("l, F j, Y"))


@register.filter
def local_time(moment: datetime | None, zone: object) -> str:
    """“2:30 p.m.”."""
    return formats.time_format(moment.astimezone(zone_named(zone)).timetz(), _("g:i a")) if moment else ""


@register.filter
def zone_told(moment: datetime, zone: object) -> str:
    """What people call the zone at that moment, where a list of times says it once: “Eastern”."""
    return zone_words(moment.astimezone(zone_named(zone)))


@register.filter
def minutes(count: float | None) -> str:
    """“45 minutes”, “1 hour 5 minutes”."""
    total = int(count or 0)
    hours, rest = divmod(total, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    return " ".join(parts)


@register.filter
def lookup(mapping: dict[object, object], key: object) -> object:
    """``mapping[key]``, or nothing."""
    return mapping.get(key, "") if mapping else ""


CHECKBOX, CHOICES, SELECT, TEXTAREA, FILE, PARTS = "checkbox", "choices", "select", "textarea", "file", "parts"
STYLE = {CHECKBOX: "usa-checkbox__input", SELECT: "usa-select", PARTS: "usa-select", TEXTAREA: "usa-textarea",
         FILE: "usa-file-input"}  # fmt: skip


@register.filter
def by_group(field: BoundField) -> list[tuple[str, list[BoundWidget]]]:
    """The choices of a field under the names of their groups; an empty name where they have none."""
    shown = iter(field.subwidgets)
    groups = field.field.widget.optgroups(field.html_name, [])
    return [(str(name or ""), [next(shown) for _ in options]) for name, options, _index in groups]


@register.filter
def widget_kind(field: BoundField) -> str:
    """Which of a handful of markups a field takes."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return CHOICES
    if isinstance(widget, forms.CheckboxInput):
        return CHECKBOX
    if isinstance(widget, forms.MultiWidget):
        return PARTS
    if isinstance(widget, forms.Select):
        return SELECT
    if isinstance(widget, forms.Textarea):
        return TEXTAREA
    return FILE if isinstance(widget, forms.FileInput) else "input"


@register.filter
def styled(field: BoundField) -> SafeString:
    """The bare control, with its USWDS class, its hint and its error bound to it."""
    kind = widget_kind(field)
    css = STYLE.get(kind, "usa-input")
    if field.errors and kind in (SELECT, TEXTAREA, "input"):
        css += " usa-input--error"
    attrs = {"class": f"{css} {field.field.widget.attrs.get('class', '')}".strip()}
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    if described:
        attrs["aria-describedby"] = " ".join(described)
    # A placeholder that repeats the label vanishes with the first letter, and is too pale to read.
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs=attrs)


@register.filter
def choice_class(input_type: str) -> str:
    """USWDS's block name for a radio or a checkbox."""
    return "usa-radio" if input_type == "radio" else "usa-checkbox"


@register.filter
def as_minutes(seconds: float | None) -> str:
    """Seconds in words of whole minutes."""
    return minutes((seconds or 0) // 60)
