"""How near the day is by which a court is to have a report, and who acts next. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from lms.referrals.rules.business_days import ONE_DAY, add_business_days, next_business_day

SOON = 3  # business days


class Near(StrEnum):
    """Red is what is late, and what will be unless somebody acts today or on the next court day."""

    LATE = "late"
    NOW = "now"
    SOON = "soon"
    LATER = "later"


def near(owed_on: date, *, today: date, holidays: Collection[date]) -> Near:
    """``today`` in the court's zone. The day itself is in time, to its end."""
    if today > owed_on:
        return Near.LATE
    if owed_on <= next_business_day(today + ONE_DAY, holidays):
        return Near.NOW
    return Near.SOON if owed_on <= add_business_days(today, SOON, holidays) else Near.LATER


class Next(StrEnum):
    """Who must act next, or what is waited for."""

    SCHEDULE = "schedule"  # drafted by itself when its day comes
    ANSWER = "answer"  # the person may still answer
    REVIEW = "review"  # check-ins of its period first: with one unreviewed nobody can release it
    END = "end"  # the final report ran ahead of the end of the term
    FIRST = "first"  # a facilitator reads and releases
    SECOND = "second"  # a second person releases
    COURT = "court"  # the court has it and has not said so
    BY_HAND = "by_hand"  # the court's system did not take it: somebody sees that it gets there
    NOBODY = "nobody"  # nobody at the court could be told that it is there: somebody hands it over
    TELL = "tell"  # it no longer stands, and whoever was given it by hand was not told yet


RED = (Near.LATE, Near.NOW)
RELEASES = (Next.FIRST, Next.SECOND)


def stands_in_the_way(acts: Next, near: Near | None, *, oldest_unreviewed: date | None, period_to: date) -> Next:
    """Who acts first: where a check-in of the period waits for its review, whoever reviews. Of a report that is drafted by
    itself on the very day it is owed, that is said as soon as it is red, while there is a court day to do it."""
    if oldest_unreviewed is None or oldest_unreviewed > period_to:
        return acts
    return Next.REVIEW if acts in RELEASES or (acts is Next.SCHEDULE and near in RED) else acts
