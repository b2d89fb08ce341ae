"""What is missing, in the words that the person and the staff both read."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from courses.rules import captions, quality
from courses.rules.drafts import Flaw
from courses.rules.hints import Hint
from courses.rules.progress import Unmet
from courses.rules.reading import Level
from courses.rules.recordings import Missing
from courses.rules.transfer import Note, Refusal
from courses.rules.waivers import Requirement
from courses.rules.words_to_authors import Reason

LANGUAGE_NAMES = {"en": gettext_lazy("English"), "es": gettext_lazy("Spanish")}
# Within a sentence: Spanish writes them small.
LANGUAGES_IN_WORDS = {
    "en": pgettext_lazy("within a sentence", "English"),
    "es": pgettext_lazy("within a sentence", "Spanish"),
}
LEVELS = {
    Level.EASY: gettext_lazy("easy to read"),
    Level.PLAIN: gettext_lazy("plain"),
    Level.HARD: gettext_lazy("hard to read"),
}

# Why words for the authors were not passed on.
REASONS: dict[str, str | Promise] = {
    Reason.TELLS_WHO: gettext_lazy("it might tell who somebody is"),
    Reason.CONTACT: gettext_lazy("it asks for an answer, or to be in touch"),
    Reason.HURTFUL: gettext_lazy("it might hurt those who read it"),
    Reason.OTHER: gettext_lazy("another reason"),
    Reason.THREAT: gettext_lazy("it threatens somebody"),
}


# What can be waived, as a thing.
REQUIREMENTS: dict[str, str | Promise] = {
    Requirement.TIME: gettext_lazy("active time"),
    Requirement.PAGES: gettext_lazy("pages to read"),
    Requirement.CHECK: gettext_lazy("knowledge check"),
    Requirement.REFLECTION: gettext_lazy("reflection"),
    Requirement.SCENARIO: gettext_lazy("scenario"),
    Requirement.VIDEO: gettext_lazy("video"),
    Requirement.MODULE: gettext_lazy("the whole module"),
}


class HintWords(NamedTuple):
    """What there is to look at, and what it does not prove."""

    what: str | Promise
    proves_not: str | Promise


HINTS = {
    Hint.SAME_TEXT: HintWords(
        gettext_lazy("Much of it reads the same as what another person of the program sent before."),
        gettext_lazy("It does not say who wrote it first. Two people may have used the same source, or have been helped by the same person."),
    ),
    Hint.ONE_BURST: HintWords(
        gettext_lazy("Nearly all of it arrived in one step, not bit by bit."),
        gettext_lazy("It may have been written elsewhere, on paper first, spoken to the phone, or kept back by a bad network."),
    ),
    Hint.OTHER_LANGUAGE: HintWords(
        gettext_lazy("It is written in another language than the reflection before."),
        gettext_lazy("People who live in two languages change between them, and some have help with one of them."),
    ),
}  # fmt: skip


def waived(position: int, requirement: str) -> str:
    """One requirement that is waived, or is to be: of which module, and what."""
    return _("Module %(number)d: %(what)s") % {"number": position, "what": REQUIREMENTS[requirement]}


def words_for(missing: Unmet) -> str:
    """One unmet requirement as a sentence, with how much is short."""
    if missing.kind == "pages":
        return ngettext("%(n)d page is still to be read.", "%(n)d pages are still to be read.", missing.short) % {
            "n": missing.short
        }
    if missing.kind == "time":
        minutes = -(-missing.short // 60)
        return ngettext(
            "%(n)d more minute of active reading is needed.",
            "%(n)d more minutes of active reading are needed.",
            minutes,
        ) % {"n": minutes}
    if missing.kind == "video":
        minutes = -(-missing.short // 60)
        return ngettext(
            "A recording is still to be watched, or its words read: about %(n)d more minute.",
            "A recording is still to be watched, or its words read: about %(n)d more minutes.",
            minutes,
        ) % {"n": minutes}
    return {
        "scenario": _("A scenario waits for a choice."),
        "check": _("The knowledge check is not passed yet."),
        "reflection": _("The reflection is not sent yet."),
        "reflection_returned": _("The reflection came back with a question."),
        "reflection_review": _("The reflection is being read. Nothing more needs to be written for now."),
    }[missing.kind]


def bad_captions(bad: captions.BadCaptions) -> str:
    """Why captions cannot be shown, and in which line."""
    said = {
        captions.Why.NO_BEGINNING: _("Line %(line)d: captions begin with the word WEBVTT."),
        captions.Why.NO_CUE: _("Line %(line)d: there are no captions after the beginning."),
        captions.Why.MALFORMED: _("Line %(line)d: this is no caption. One looks like: 00:00:01.000 --> 00:00:03.500, and under it the words."),
        captions.Why.EMPTY: _("Line %(line)d: this caption has no words."),
        captions.Why.BACKWARD: _("Line %(line)d: this caption ends before it begins."),
        captions.Why.OUT_OF_ORDER: _("Line %(line)d: this caption begins before the one above it."),
        captions.Why.TOO_LATE: _("Line %(line)d: this caption ends after the recording."),
    }  # fmt: skip
    return said[bad.why] % {"line": bad.line}


def recording_lacks(missing: Missing, *, recording: str, language: str) -> str:
    """What a recording needs before a page may show it."""
    said = {
        Missing.RECORDING: _("Choose a recording: none is chosen, or it is no longer there."),
        Missing.CAPTIONS: _("“%(recording)s” has no captions in %(language)s."),
        Missing.TRANSCRIPT: _("“%(recording)s” has no transcript in %(language)s."),
    }
    return said[missing] % {"recording": recording, "language": language}


def words_for_finding(finding: quality.Finding, language: str) -> str:
    """What a module lacks, or what to look at. ``language``: the page's own."""
    kind = finding.kind
    if kind in quality.LACKS:
        named = str(LANGUAGE_NAMES.get(language, language))
        return recording_lacks(Missing(kind.value), recording=finding.words, language=named)
    other = LANGUAGE_NAMES["en" if language == "es" else "es"]
    told = {"words": finding.words, "here": finding.here, "wanted": finding.wanted, "other": other}
    return {
        quality.Kind.EMPTY: _("It is empty."),
        quality.Kind.EMPTY_PART: _("This part is empty. Fill it, or delete it."),
        quality.Kind.NO_ADVISORY: _("The content advisory is missing: say in one sentence what the story speaks of."),
        quality.Kind.NO_CONSENT: _("This story has no consent that holds now. Its author can give it under “My consents”."),
        quality.Kind.NO_ALTERNATIVE: _("Say what the picture shows, for those who cannot see it, or mark it as decoration."),
        quality.Kind.BROKEN_LINK: _("A link leads to nothing that readers can open (%(words)s). Mend it, or take it out."),
        quality.Kind.SMALL_BANK: _("The question bank has %(here)d questions in use on this topic; it needs %(wanted)d. Nobody could pass, or a second attempt would ask the same."),
        quality.Kind.FEW_QUESTIONS: _("The question bank has %(here)d questions in use on this topic. With %(wanted)d no attempt before the pause would have to ask the same again."),
        quality.Kind.NO_CHOICES: _("A scenario needs at least two choices."),
        quality.Kind.TOO_MUCH_TIME: _("It asks for %(wanted)d minutes, and takes about %(here)d. Nobody could fill that time: ask for less, or write more."),
        quality.Kind.MORE_TIME: _("It asks for %(wanted)d minutes, and takes a careful reader about %(here)d."),
        quality.Kind.HARD: _("Hard to read. Shorter sentences and shorter words help."),
        quality.Kind.PHONE: _("A telephone number: “%(words)s”. Could it lead to somebody?"),
        quality.Kind.EMAIL: _("An e-mail address: “%(words)s”. Could it lead to somebody?"),
        quality.Kind.ADDRESS: _("An address on the web: “%(words)s”. Could it lead to somebody?"),
        quality.Kind.NAME: _("Perhaps a name or a place: “%(words)s”. Could it tell who somebody is?"),
        quality.Kind.NO_TRANSLATION: _("There is no page in %(other)s yet."),
        quality.Kind.OLD_TRANSLATION: ngettext("Of its translation %(here)d part waits for a translator.", "Of its translation %(here)d parts wait for a translator.", finding.here),
        quality.Kind.NOT_TRANSLATED: _("This part is not on the page in %(other)s."),
    }[kind] % told  # fmt: skip


def words_for_flaw(flaw: Flaw) -> str:
    """What is wrong with a question, and how to mend it."""
    return {
        Flaw.NO_PROMPT: _("The question itself is missing."),
        Flaw.LONG_PROMPT: _("The question or its explanation is longer than 5000 letters."),
        Flaw.FEW_CHOICES: _("At least two choices are needed."),
        Flaw.EMPTY_ITEM: _("A line has no words. Write them, or delete the line."),
        Flaw.LONG_ITEM: _("A choice or item is longer than 500 letters."),
        Flaw.SAME_ITEM: _("Two choices or items read the same."),
        Flaw.MANY_ITEMS: _("There are more than 50 choices or items."),
        Flaw.NO_RIGHT: _("No choice is marked as right."),
        Flaw.TWO_RIGHT: _("More than one choice is marked as right. Mark one, or use the kind with several."),
        Flaw.FEW_ITEMS: _("At least three items are needed to put in order."),
        Flaw.FEW_PAIRS: _("At least two pairs are needed."),
        Flaw.LONE_ITEM: _("An item has no partner. Only a partner may stand alone."),
        Flaw.ONE_PARTNER: _("All items have the same partner, so that there is nothing to choose."),
        Flaw.NOTHING_ACCEPTED: _("No accepted answer is given."),
        Flaw.LONG_ACCEPTED: _("An accepted answer is longer than 200 letters."),
        Flaw.NO_NUMBER: _("The right number is missing, or is not a number."),
        Flaw.BELOW_ZERO: _("The number must not be below zero: many telephones cannot type a minus."),
        Flaw.LONG_NUMBER: _("The number has more than twelve digits, or more than six behind the point."),
    }[flaw]


def words_for_refusal(why: Refusal | Flaw) -> str:
    """Why a question of a file is not taken."""
    if isinstance(why, Flaw):
        return words_for_flaw(why)
    return {
        Refusal.ESSAY: _("A text for people to write. Use a reflection in a module instead."),
        Refusal.DESCRIPTION: _("No answers in braces: it asks nothing. Use a text in a module instead."),
        Refusal.OTHER_KIND: _("There is no such kind of question here."),
        Refusal.MEDIA: _("It holds a picture, a sound or a file. Only text is taken."),
        Refusal.UNCLOSED: _("A brace is missing. An empty line ends a question."),
        Refusal.SEVERAL_BLANKS: _("It has more than one gap."),
        Refusal.SEVERAL_NUMBERS: _("More than one number is wholly right. Give one, and how far off is still right."),
        Refusal.UNITS: _("It asks for a unit. Put the unit into the question."),
        Refusal.NOT_A_NUMBER: _("What should be a number is none."),
        Refusal.WILDCARD: _("A * stands for anything there. Write out what is accepted."),
        Refusal.MIXED: _("Its answers are of several kinds at once."),
        Refusal.ONLY_PARTLY_RIGHT: _("No answer is wholly right."),
        Refusal.TOO_LONG: _("It is too long."),
    }[why]


def words_for_note(note: Note) -> str:
    """What a question loses when it is taken."""
    return {
        Note.FEEDBACK: _("Words on single answers are left out: a question has one explanation here."),
        Note.ALL_OR_NOTHING: _("What was partly right counts as wrong here."),
        Note.CAPITALS: _("Capitals will not count."),
    }[note]
