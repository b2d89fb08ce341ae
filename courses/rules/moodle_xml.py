"""Moodle's XML of questions, read and written (https://docs.moodle.org/en/Moodle_XML_format). Pure.

Nothing is fetched and no entity is expanded: a file that declares any is refused as a whole, before it is parsed.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from courses.rules import transfer
from courses.rules.drafts import Draft, Item
from courses.rules.grading import MATCHING, MULTIPLE, NUMERIC, ORDERING, SHORT, SINGLE
from courses.rules.transfer import Exported, Found, Note, NotThisFormat, Refusal, Refused, checked

Element = Any  # lxml declares no types
Read = tuple[Draft, tuple[Note, ...]]
FORBIDDEN = ("<!DOCTYPE", "<!ENTITY")


def read(text: str, language: str) -> list[Found]:
    """Every question of a file, or why it is refused. Raises NotThisFormat."""
    found = []
    category = ""
    for element in _root(text).iterchildren("question"):
        kind = element.get("type", "")
        if kind == "category":
            category = _text(element, "category").rpartition("/")[2].strip()
        else:
            found.append(_question(element, kind, category, language))
    return found


def _root(text: str) -> Element:
    if any(word in text for word in FORBIDDEN):
        raise NotThisFormat(next(n for n, line in enumerate(text.split("\n"), 1) if any(w in line for w in FORBIDDEN)))
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text.removeprefix("\ufeff").strip().encode(), parser)
    except etree.XMLSyntaxError as broken:
        raise NotThisFormat(broken.lineno or 0) from broken
    if root.tag != "quiz":
        raise NotThisFormat(root.sourceline or 0)
    return root


def _question(element: Element, kind: str, category: str, language: str) -> Found:
    line = element.sourceline or 0
    title = transfer.one_line(_text(element, "name"))
    tags = {transfer.one_line(tag.text or "") for tag in element.iterfind("tags/tag/text")}
    difficulty = next((tag for tag in transfer.DIFFICULTIES if tag in tags), transfer.MEDIUM)
    try:
        draft, notes = _draft(element, kind, language, accents=transfer.ACCENTS in tags)
    except Refused as refused:
        return Found(line, title, category, why=(refused.why,))
    return checked(Found(line, title, category, draft, difficulty, notes=notes))


def _draft(element: Element, kind: str, language: str, *, accents: bool) -> Read:
    reader = READERS.get(kind)
    if reader is None:
        raise Refused({"essay": Refusal.ESSAY, "description": Refusal.DESCRIPTION}.get(kind, Refusal.OTHER_KIND))
    if element.find(".//file") is not None:
        raise Refused(Refusal.MEDIA)
    prompt, explanation = _words(element.find("questiontext")), _words(element.find("generalfeedback"))
    explanation = explanation or next(
        (words for answer, share in _shares(element) if share >= 100 and (words := _words(answer.find("feedback")))), ""
    )
    said = [_words(feedback) for feedback in element.iterfind(".//feedback")]
    draft, notes = reader(element, prompt, explanation, language)
    if kind == "shortanswer" and accents:
        draft = Draft(SHORT, prompt, accepted=draft.accepted, accents=True, explanation=explanation)
    lost = (Note.FEEDBACK,) if any(words not in ("", explanation) for words in said) else ()
    return draft, notes + lost


def _choices(element: Element, prompt: str, explanation: str, language: str) -> Read:
    single = _text(element, "single", inner="") not in ("false", "0")
    answers = list(_shares(element))
    worth = Decimal(100) if single else Decimal("0.00001")
    items = tuple(Item(transfer.one_line(_words(answer)), correct=share >= worth) for answer, share in answers)
    notes = (Note.ALL_OR_NOTHING,) if single and any(0 < share < 100 for _answer, share in answers) else ()
    return Draft(SINGLE if single else MULTIPLE, prompt, items, explanation=explanation), notes


def _true_false(element: Element, prompt: str, explanation: str, language: str) -> Read:
    truth = next((_words(answer).lower() for answer, share in _shares(element) if share >= 100), "")
    yes, no = transfer.TRUE_FALSE[language]
    items = (Item(yes, correct=truth == "true"), Item(no, correct=truth == "false"))
    return Draft(SINGLE, prompt, items, explanation=explanation), ()


def _short(element: Element, prompt: str, explanation: str, language: str) -> Read:
    answers = [(transfer.one_line(_words(answer)), share) for answer, share in _shares(element)]
    accepted = tuple(words for words, share in answers if share >= 100)
    if not accepted:
        raise Refused(Refusal.ONLY_PARTLY_RIGHT)
    if any("*" in words for words in accepted):
        raise Refused(Refusal.WILDCARD)
    notes: tuple[Note, ...] = (Note.ALL_OR_NOTHING,) if any(0 < share < 100 for _words_, share in answers) else ()
    notes += (Note.CAPITALS,) if _text(element, "usecase", inner="") in ("1", "true") else ()
    return Draft(SHORT, prompt, accepted=accepted, explanation=explanation), notes


def _numeric(element: Element, prompt: str, explanation: str, language: str) -> Read:
    if element.find("units/unit") is not None:
        raise Refused(Refusal.UNITS)
    wanted = [
        (transfer.a_number(_words(answer)), transfer.a_number(_text(answer, "tolerance", inner="") or "0"))
        for answer, share in _shares(element)
        if share >= 100
    ]
    notes = (Note.ALL_OR_NOTHING,) if any(0 < share < 100 for _answer, share in _shares(element)) else ()
    return transfer.numeric(prompt, wanted, explanation), notes


def _matching(element: Element, prompt: str, explanation: str, language: str) -> Read:
    items = tuple(
        Item(transfer.one_line(_words(pair)), partner=transfer.one_line(_text(pair, "answer")))
        for pair in element.iterfind("subquestion")
    )
    return Draft(MATCHING, prompt, items, explanation=explanation), ()


def _ordering(element: Element, prompt: str, explanation: str, language: str) -> Read:
    items = tuple(Item(transfer.one_line(_words(answer))) for answer in element.iterfind("answer"))
    return Draft(ORDERING, prompt, items, explanation=explanation), ()


READERS: dict[str, Callable[[Element, str, str, str], Read]] = {
    "multichoice": _choices,
    "truefalse": _true_false,
    "shortanswer": _short,
    "numerical": _numeric,
    "matching": _matching,
    "ordering": _ordering,
}


def _shares(element: Element) -> Iterator[tuple[Element, Decimal]]:
    """Each answer, and how much of the question it is worth, in percent."""
    for answer in element.iterfind("answer"):
        try:
            share = Decimal(answer.get("fraction", "0"))
        except InvalidOperation:
            share = Decimal(0)
        yield answer, share if share.is_finite() else Decimal(0)


def _text(element: Element, name: str, *, inner: str = "text") -> str:
    found = element.findtext(f"{name}/{inner}" if inner else name)
    return (found or "").strip()


def _words(element: Element) -> str:
    """What stands in an element's ``<text>``, as plain text."""
    if element is None:
        return ""
    text = element.findtext("text") or ""
    if element.get("format", "html") in ("html", "moodle_auto_format") and ("<" in text or "&" in text):
        return transfer.from_html(text)
    return transfer.lines(text)


# --- written


def write(questions: Iterable[Exported]) -> str:
    """A file of these questions, category by category."""
    quiz = etree.Element("quiz")
    category = None
    for question in questions:
        if question.topic != category:
            category = question.topic
            named = etree.SubElement(quiz, "question", type="category")
            _add(named, "category", f"$course$/top/{category}")
        _write(quiz, question)
    return etree.tostring(quiz, xml_declaration=True, encoding="UTF-8", pretty_print=True).decode()  # type: ignore[no-any-return]


NAMES = {
    SINGLE: "multichoice", MULTIPLE: "multichoice", SHORT: "shortanswer", NUMERIC: "numerical", MATCHING: "matching",
    ORDERING: "ordering",
}  # fmt: skip


def _write(quiz: Element, question: Exported) -> None:
    draft = question.draft
    element = etree.SubElement(quiz, "question", type=NAMES[draft.kind])
    _add(element, "name", question.key)
    _add(element, "questiontext", draft.prompt, format="plain_text")
    _add(element, "generalfeedback", draft.explanation, format="plain_text")
    for name, value in _settings(draft):
        etree.SubElement(element, name).text = value
    share = transfer.plain_number(round(Decimal(100) / (sum(item.correct for item in draft.items) or 1), 5))
    for item in draft.items:
        match draft.kind:
            case "matching":
                pair = _add(element, "subquestion", item.text, format="plain_text")
                _add(pair, "answer", item.partner)
            case "ordering":
                _add(element, "answer", item.text, fraction="100", format="plain_text")
            case _:
                wrong = "0" if draft.kind == SINGLE else "-100"
                _add(element, "answer", item.text, fraction=share if item.correct else wrong, format="plain_text")
    for text in draft.accepted:
        _add(element, "answer", text, fraction="100", format="plain_text")
    if draft.kind == NUMERIC:
        answer = _add(element, "answer", draft.number, fraction="100", format="plain_text")
        etree.SubElement(answer, "tolerance").text = draft.tolerance
    tags = etree.SubElement(element, "tags")
    for tag in (question.difficulty, *([transfer.ACCENTS] if draft.accents else [])):
        _add(tags, "tag", tag)


def _settings(draft: Draft) -> Iterator[tuple[str, str]]:
    match draft.kind:
        case "single" | "multiple":
            yield "single", "true" if draft.kind == SINGLE else "false"
            yield "shuffleanswers", "true"
        case "short":
            yield "usecase", "0"
        case "matching":
            yield "shuffleanswers", "true"
        case "ordering":
            yield "layouttype", "VERTICAL"
            yield "selecttype", "ALL"
            yield "selectcount", "0"
            yield "gradingtype", "ALL_OR_NOTHING"


def _add(parent: Element, name: str, text: str, **attributes: str) -> Element:
    element = etree.SubElement(parent, name, **attributes)
    etree.SubElement(element, "text").text = text
    return element
