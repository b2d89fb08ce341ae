"""The two languages of a report: English, which is the report, and Spanish, for the person's own copy.

Not gettext: what a report says must not change with a catalog, and no report may come out half translated. A phrase that
has no Spanish raises KeyError, and a test finds it before that. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from court_reports.words_es import MONTHS, PHRASES

NOTHING = "\u2014"
CADENCES = {"week": "weekly", "two_weeks": "every two weeks", "month": "monthly"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: phrases by their English, and how it spells days, hours and numbers."""

    language: str
    region: str
    phrases: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_english(self) -> bool:
        return self.language == "en"

    def say(self, phrase: str, **values: object) -> str:
        """``phrase`` is English, with names in braces. Raises KeyError where this language has no such phrase."""
        words = phrase if self.is_english or not phrase else self.phrases[phrase]
        return words.format(**values) if values else words

    def day(self, value: date | None) -> str:
        """\"March 8, 2027\", \"8 de marzo de 2027\"."""
        if value is None:
            return NOTHING
        if self.is_english:
            return f"{value:%B} {value.day}, {value.year}"
        return f"{value.day} de {MONTHS[value.month - 1]} de {value.year}"

    def short_day(self, value: date) -> str:
        """\"Mar 8\", \"8 mar\"."""
        return f"{self.month(value)} {value.day}" if self.is_english else f"{value.day} {self.month(value)}"

    def month(self, value: date) -> str:
        """\"Mar\", \"mar\"."""
        return f"{value:%b}" if self.is_english else MONTHS[value.month - 1][:3]

    def local_day(self, moment: datetime | None, zone: str) -> str:
        return NOTHING if moment is None else self.day(moment.astimezone(ZoneInfo(zone)).date())

    def local_moment(self, moment: datetime, zone: str) -> str:
        """\"March 8, 2027, 11:59 p.m. EST\"."""
        local = moment.astimezone(ZoneInfo(zone))
        half = ("a.m.", "p.m.") if self.is_english else ("a.\u00a0m.", "p.\u00a0m.")
        return f"{self.day(local.date())}, {local.hour % 12 or 12}:{local:%M} {half[local.hour >= 12]} {local.tzname()}"

    def hours(self, seconds: int) -> str:
        """Active time: \"12 h 05 min\". Rounded down, so that nothing is claimed that was not spent."""
        whole, rest = divmod(seconds // 60, 60)
        return f"{whole} h {rest:02d} min" if whole else f"{rest} min"

    def count(self, number: int, one: str, many: str) -> str:
        return f"{number} {self.say(one if number == 1 else many)}"

    def cadence(self, spelled: str) -> str:
        """\"week x 8, month\" \u2192 \"weekly (8 times), then monthly\"."""
        parts = []
        for phase in spelled.split(","):
            every, _, times = (piece.strip() for piece in phase.partition("x"))
            words = self.say(CADENCES[every]) if every in CADENCES else every
            parts.append(self.say("{every} ({times} times)", every=words, times=times) if times else words)
        return self.say(", then ").join(parts)

    def named(self, table: Mapping[str, str], code: str) -> str:
        """A code in words; one that the table does not know, as it stands."""
        return self.say(table[code]) if code in table else code.replace("_", " ")


ENGLISH = Tongue("en", "en-US")
SPANISH = Tongue("es", "es-US", PHRASES)


def tongue(language: str) -> Tongue:
    """Raises KeyError for a language in which no report is written."""
    return {"en": ENGLISH, "es": SPANISH}[language]
