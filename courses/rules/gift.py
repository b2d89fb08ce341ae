"""Moodle's GIFT, read and written (https://docs.moodle.org/en/GIFT_format). Pure.

What Moodle's own documentation shows is read: titles, formats, categories, comments, escapes, weights, notes on
answers, true or false, one or several choices, a missing word, matching, numbers; and ordering as Moodle 4.4 writes it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from courses.rules import transfer
from courses.rules.drafts import Draft, Item
from courses.rules.grading import MATCHING, MULTIPLE, NUMERIC, ORDERING, SHORT, SINGLE
from courses.rules.transfer import Exported, Found, Note, Refusal, Refused, checked

# An escaped character is kept from meaning anything by standing for it with one that no text may hold.
ESCAPED = {c: chr(0xFDD0 + n) for n, c in enumerate("\\~=#{}:n")}
MEANT = {there: "\n" if c == "n" else c for c, there in ESCAPED.items()}
ESCAPE = re.compile(r"\\([\\~=#{}:n])")
COMMENT = "//"
CATEGORY = "$CATEGORY:"
TAG = re.compile(r"\[tag:([^\[\]]{0,50})\]")
TITLE = re.compile(r"::(.*?)::\s*", re.DOTALL)
FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")
LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-z]+|#\d+);|@@PLUGINFILE@@")
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
BLANK = "_____"
# More than any question takes (courses.rules.drafts), and few enough to be read at once.
MOST_ANSWERS = 200


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines between two empty ones, without comments."""

    line: int
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """``=`` or ``~``, a weight if it has one, words, and a note on it."""

    mark: str
    weight: Decimal | None
    words: str
    feedback: str

    @property
    def share(self) -> Decimal:
        """How much of the question it is worth, in percent."""
        return self.weight if self.weight is not None else Decimal(100 if self.mark == "=" else 0)


def read(text: str, language: str) -> list[Found]:
    """Every question of a file, or why it is refused."""
    found = []
    category = ""
    for block in _blocks(text):
        named, rest = _category(block)
        category = category if named is None else named
        if rest.text:
            found.append(_question(rest, category, language))
    return found


def _blocks(text: str) -> Iterator[_Block]:
    first, kept, tags = 0, list[str](), list[str]()
    text = transfer.cleaned(text.removeprefix("\ufeff"))
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.lstrip().startswith(COMMENT):
            tags += TAG.findall(line)
        elif line.strip():
            first = first if kept else number
            kept.append(line)
        elif kept:
            yield _Block(first, "\n".join(kept), tuple(tags))
            kept, tags = [], []


def _category(block: _Block) -> tuple[str | None, _Block]:
    """The last part of a category's path, and what of the block comes after its line."""
    line, _, rest = block.text.partition("\n")
    if not line.lstrip().startswith(CATEGORY):
        return None, block
    path = line.lstrip().removeprefix(CATEGORY)
    last = re.split(r"(?<!/)/(?!/)", path)[-1].replace("//", "/").strip()
    return last, _Block(block.line + 1, rest, block.tags)


def _question(block: _Block, category: str, language: str) -> Found:
    text = ESCAPE.sub(lambda escape: ESCAPED[escape[1]], block.text).strip()
    title = ""
    if named := TITLE.match(text):
        title, text = transfer.one_line(_meant(named[1])), text[named.end() :]
    difficulty = next((tag for tag in block.tags if tag in transfer.DIFFICULTIES), transfer.MEDIUM)
    try:
        draft, notes = _draft(text, language, accents=transfer.ACCENTS in block.tags)
    except Refused as refused:
        return Found(block.line, title or transfer.one_line(_meant(text))[:60], category, why=(refused.why,))
    return checked(Found(block.line, title, category, draft, difficulty, notes=notes))


def _draft(text: str, language: str, *, accents: bool) -> tuple[Draft, tuple[Note, ...]]:
    form, text = _format(text, "moodle")
    before, opened, rest = text.partition("{")
    if not opened:
        raise Refused(Refusal.UNCLOSED if "}" in text else Refusal.DESCRIPTION)
    inside, closed, after = rest.partition("}")
    if not closed or "{" in inside:
        raise Refused(Refusal.UNCLOSED)
    if "{" in after or "}" in after:
        raise Refused(Refusal.SEVERAL_BLANKS)
    prompt = _prompt(before, after, form)
    inside, _, general = inside.partition("####")
    inside = inside.strip()
    explanation = _words(general, form)
    if not inside:
        raise Refused(Refusal.ESSAY)
    if inside.startswith("#"):
        return _numeric(prompt, inside[1:], explanation, form)
    if inside.startswith(">"):
        return _ordering(prompt, inside[1:], explanation, form), ()
    truth, *feedback = inside.split("#")
    if truth.strip().upper() in TRUTHS:
        return _true_false(prompt, TRUTHS[truth.strip().upper()], feedback, explanation, form, language)
    answers = _answers(inside, form)
    if any(answer.mark == "=" and "->" in answer.words for answer in answers):
        return _matching(prompt, answers, explanation, form), _lost(answers, explanation)
    explanation, notes = _explained(answers, explanation)
    if any(answer.mark == "~" for answer in answers):
        return _choices(prompt, answers, explanation, form), notes + _weighed(answers)
    return _short(prompt, answers, explanation, form, accents=accents), notes + _weighed(answers)


def _format(text: str, default: str) -> tuple[str, str]:
    text = text.lstrip()
    found = FORMAT.match(text)
    return (found[1], text[found.end() :]) if found else (default, text)


def _prompt(before: str, after: str, form: str) -> str:
    """Words after the answers make a sentence with a gap in it."""
    if not _meant(after).strip():
        return _words(before, form, paragraphs=True)
    return _words(
        f"{before.rstrip()} {BLANK}{'' if after.strip()[:1] in '.,;!?' else ' '}{after.strip()}", form, paragraphs=True
    )


def _words(text: str, form: str, *, paragraphs: bool = False) -> str:
    form, text = _format(text, form)
    # A line that was broken for the eye of whoever typed it is none; ``\n`` is one.
    text = _meant(" ".join(text.split("\n")))
    if form == "html" or (form == "moodle" and LOOKS_LIKE_HTML.search(text)):
        text = transfer.from_html(text)
    return transfer.lines(text)


def _item(text: str, form: str) -> str:
    return transfer.one_line(_words(text, form))


def _meant(text: str) -> str:
    return "".join(MEANT.get(c, c) for c in text)


def _answers(text: str, form: str) -> list[_Answer]:
    pieces = re.split(r"([=~])", text)
    if pieces[0].strip():
        raise Refused(Refusal.MIXED)
    if len(pieces) > 2 * MOST_ANSWERS + 1:
        raise Refused(Refusal.TOO_LONG)
    return [_answer(mark, words, form) for mark, words in zip(pieces[1::2], pieces[2::2], strict=True)]


def _answer(mark: str, text: str, form: str) -> _Answer:
    words, _, feedback = text.strip().partition("#")
    weight = WEIGHT.match(words)
    share = Decimal(weight[1]) if weight else None
    return _Answer(mark, share, words[weight.end() :] if weight else words, _words(feedback, form))


def _explained(answers: Sequence[_Answer], explanation: str) -> tuple[str, tuple[Note, ...]]:
    """Here a question has one explanation: what was said about it, or else about its right answer."""
    said = explanation or next((a.feedback for a in answers if a.share >= 100 and a.feedback), "")
    return said, _lost(answers, said)


def _lost(answers: Iterable[_Answer], explanation: str) -> tuple[Note, ...]:
    return (Note.FEEDBACK,) if any(a.feedback not in ("", explanation) for a in answers) else ()


def _weighed(answers: Sequence[_Answer]) -> tuple[Note, ...]:
    single = any(answer.mark == "=" for answer in answers)
    partly = any(0 < answer.share < 100 for answer in answers)
    return (Note.ALL_OR_NOTHING,) if partly and single else ()


def _choices(prompt: str, answers: Sequence[_Answer], explanation: str, form: str) -> Draft:
    """With a right one among them, one may be chosen; with weights alone, each that is worth something."""
    single = any(answer.mark == "=" for answer in answers)
    worth = Decimal(100) if single else Decimal("0.00001")
    items = tuple(Item(_item(answer.words, form), correct=answer.share >= worth) for answer in answers)
    return Draft(SINGLE if single else MULTIPLE, prompt, items, explanation=explanation)


def _short(prompt: str, answers: Sequence[_Answer], explanation: str, form: str, *, accents: bool) -> Draft:
    accepted = tuple(_item(answer.words, form) for answer in answers if answer.share >= 100)
    if not accepted:
        raise Refused(Refusal.ONLY_PARTLY_RIGHT)
    if any("*" in words for words in accepted):
        raise Refused(Refusal.WILDCARD)
    return Draft(SHORT, prompt, accepted=accepted, accents=accents, explanation=explanation)


def _matching(prompt: str, answers: Sequence[_Answer], explanation: str, form: str) -> Draft:
    pairs = [answer.words.partition("->") for answer in answers]
    if any(not arrow for _left, arrow, _right in pairs) or any(answer.mark == "~" for answer in answers):
        raise Refused(Refusal.MIXED)
    items = tuple(Item(_item(left, form), partner=_item(right, form)) for left, _arrow, right in pairs)
    return Draft(MATCHING, prompt, items, explanation=explanation)


def _ordering(prompt: str, text: str, explanation: str, form: str) -> Draft:
    """A line of settings, none of which is known here, and a line for each item in its right order."""
    _settings, _, rest = text.partition("\n")
    items = tuple(Item(_item(line, form)) for line in rest.split("\n") if _meant(line).strip())
    return Draft(ORDERING, prompt, items, explanation=explanation)


def _true_false(
    prompt: str, truth: bool, feedback: Sequence[str], explanation: str, form: str, language: str
) -> tuple[Draft, tuple[Note, ...]]:
    yes, no = transfer.TRUE_FALSE[language]
    wrong, right, *_more = [*(_words(part, form) for part in feedback), "", ""]
    explanation = explanation or right
    items = (Item(yes, correct=truth), Item(no, correct=not truth))
    lost = any(said not in ("", explanation) for said in (wrong, right))
    return Draft(SINGLE, prompt, items, explanation=explanation), (Note.FEEDBACK,) if lost else ()


def _numeric(prompt: str, text: str, explanation: str, form: str) -> tuple[Draft, tuple[Note, ...]]:
    """``3``, ``3:2``, ``1..5``, or several of them with weights."""
    text = text.strip()
    answers = _answers(text if text.startswith("=") else f"={text}", form)
    if any(answer.mark == "~" for answer in answers):
        raise Refused(Refusal.MIXED)
    wanted = [_span(answer.words) for answer in answers if answer.share >= 100]
    explanation, notes = _explained(answers, explanation)
    return transfer.numeric(prompt, wanted, explanation), notes + _weighed(answers)


def _span(text: str) -> tuple[Decimal, Decimal]:
    text = _meant(text)
    if ".." in text:
        low, high = (transfer.a_number(part) for part in text.split("..", 1))
        return (low + high) / 2, abs(high - low) / 2
    number, _, tolerance = text.partition(":")
    return transfer.a_number(number), transfer.a_number(tolerance or "0")


# --- written


def write(questions: Iterable[Exported]) -> str:
    """A file of these questions, category by category. What has no arrow in Moodle's grammar gets a drawn one."""
    parts = []
    category = None
    for question in questions:
        if question.topic != category:
            category = question.topic
            parts.append(f"$CATEGORY: {category.replace('/', '//')}\n")
        parts.append(_written(question))
    return "\n".join(parts)


def _written(question: Exported) -> str:
    draft = question.draft
    tags = [question.difficulty, *([transfer.ACCENTS] if draft.accents else [])]
    comment = "// " + " ".join(f"[tag:{tag}]" for tag in tags)
    general = f"\n\t####{_escaped(draft.explanation)}" if draft.explanation else ""
    body = "".join(f"\n{line}" for line in _body(draft))
    opening = "".join(_openings(draft))
    return f"{comment}\n::{question.key}::[plain]{_escaped(draft.prompt)}{{{opening}{body}{general}\n}}\n"


def _openings(draft: Draft) -> Iterator[str]:
    if draft.kind == NUMERIC:
        yield f"#{draft.number}:{draft.tolerance}"
    if draft.kind == ORDERING:
        yield f">{len(draft.items)} ALL VERTICAL ALL_OR_NOTHING HIDE NONE"


def _body(draft: Draft) -> Iterator[str]:
    right = sum(item.correct for item in draft.items)
    share = transfer.plain_number(round(Decimal(100) / (right or 1), 5))
    for item in draft.items:
        match draft.kind:
            case "single":
                yield f"\t{'=' if item.correct else '~'}{_guarded(item.text, '%100%' if item.correct else '%0%')}"
            case "multiple":
                yield f"\t~%{share if item.correct else '-100'}%{_guarded(item.text)}"
            case "matching":
                left = _guarded(item.text.replace("->", "→"))
                yield f"\t={left} -> {_guarded(item.partner)}"
            case "ordering":
                # A line that begins like a comment would be one.
                yield ("\\n" if item.text.startswith("//") else "") + _guarded(item.text)
    for text in draft.accepted:
        yield f"\t=%100%{_guarded(text)}"


def _guarded(text: str, weight: str = "") -> str:
    """Words that begin like a weight get one before them, and those that begin like a format get that."""
    return (weight if text.startswith("%") else "") + ("[plain]" if text.startswith("[") else "") + _escaped(text)


def _escaped(text: str) -> str:
    return re.sub(r"[\\~=#{}:]", r"\\\g<0>", text).replace("\n", "\\n")
