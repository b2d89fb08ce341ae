"""Reading the question bank: how its questions fare, and what they are in one language."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Min, Q

from courses.models import Asking, Question, Topic
from courses.rules import transfer
from courses.rules.drafts import Draft, Item
from courses.rules.figures import Figures, figures


def topics_of(program: UUID | None) -> list[tuple[str, str, int]]:
    """The topics of a program by title: short name, title, how many questions of it are in use."""
    counted = Topic.objects.filter(program=program).annotate(size=Count("questions", filter=Q(questions__active=True)))
    return list(counted.order_by("title", "slug").values_list("slug", "title", "size"))


def figures_of(questions: Iterable[UUID]) -> dict[UUID, Figures]:
    """For each question that was ever asked. Two queries, however many there are."""
    found = Asking.objects.filter(question__in=list(questions))
    needed: dict[UUID, Counter[int]] = defaultdict(Counter)
    firsts = found.filter(right=True).values("question", "attempt__enrollment").annotate(first=Min("turn"))
    for row in firsts:
        needed[row["question"]][row["first"]] += 1
    counted = found.values("question").annotate(
        asked=Count("pk"),
        people=Count("pk", filter=Q(turn=1)),
        right_at_first=Count("pk", filter=Q(turn=1, right=True)),
    )
    return {
        row["question"]: figures(
            asked=row["asked"], people=row["people"], right_at_first=row["right_at_first"],
            needed=needed[row["question"]],
        )
        for row in counted
    }  # fmt: skip


def draft_of(question: Question, language: str) -> Draft:
    """A question of the bank in one language."""
    rows = question.choices.all()
    accepted = getattr(question, f"accepted_{language}").splitlines()
    return Draft(
        kind=str(question.kind),
        prompt=getattr(question, f"prompt_{language}"),
        items=tuple(
            Item(getattr(row, f"text_{language}"), row.correct, getattr(row, f"partner_{language}")) for row in rows
        ),
        accepted=tuple(text.strip() for text in accepted if text.strip()),
        accents=question.accents,
        number="" if question.number is None else transfer.plain_number(question.number),
        tolerance=transfer.plain_number(question.tolerance),
        explanation=getattr(question, f"explanation_{language}"),
    )
