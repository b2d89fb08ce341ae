"""A caseload at a glance: a page of people, each with what every app says of them. Constant queries, whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from lms.casework.people_forms import PeopleFilter
from lms.people.models import User
from lms.referrals import desk
from lms.referrals.models import Referral

PAGE = 200
LAST = date.max


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list; ``glance``: what apps say of them, by name."""

    referral: Referral
    glance: dict[str, Any]


def listed(
    form: PeopleFilter, people: QuerySet[Referral], number: str | None, now: datetime, reader: User | None = None
) -> tuple[list[Row], Page[Any]]:
    """The rows of one page. Where a rule decides who is on it, all who match are looked at, else only the page's own."""
    found = form.narrow(people)
    if form.by_rule:
        page: Page[Any] = Paginator(_by_rule(form, found, now, reader), PAGE).get_page(number)
        return list(page.object_list), page  # type: ignore[call-overload]
    page = Paginator(found, PAGE).get_page(number)
    return rows(list(page.object_list), now), page  # type: ignore[call-overload]


def rows(referrals: Sequence[Referral], now: datetime) -> list[Row]:
    """These people, in this order."""
    glances = desk.glances(Referral.objects.filter(pk__in=[r.pk for r in referrals]), now) if referrals else {}
    return [Row(referral, glances.get(referral.pk, {})) for referral in referrals]


def _by_rule(form: PeopleFilter, found: QuerySet[Referral], now: datetime, reader: User | None) -> list[Row]:
    shown = rows(list(found), now)
    for name, key in (("standing", "standing_code"), ("phase", "phase")):
        if name in form.chosen:
            shown = [row for row in shown if row.glance.get(key) == form.chosen[name]]
    if wanted := form.chosen.get("needs"):
        needed = _needed(found, now, reader)
        shown = [row for row in shown if (row.referral.pk in needed) == (wanted == "some")]
    return _in_order(form.chosen.get("sort", ""), shown)


def _needed(found: QuerySet[Referral], now: datetime, reader: User | None) -> set[UUID]:
    return {need.referral_id for need in desk.needs(found, now, reader)}


def _in_order(sort: str, shown: list[Row]) -> list[Row]:
    if sort == "next":
        return sorted(shown, key=lambda row: row.glance.get("next_on") or LAST)
    if sort == "contact":
        return sorted(shown, key=_tried)
    return shown


def _tried(row: Row) -> datetime:
    """Since when nobody tried them: from the last attempt, or from the beginning."""
    contact = row.glance.get("contact")
    return contact.made_at if contact else row.referral.received_at
