"""Find cases by number or name: on both databases by an index, without accents, capitals or punctuation.

Nobody's name belongs in an address: pages post what is looked for.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.referrals.models import Referral, SearchKey
from lms.referrals.rules import search as rules
from lms.referrals.search_keys import Use

AT_ONCE = 500


def keys_of(referral: Any) -> list[SearchKey]:
    """Its rows, not yet written. Of a case whose words are gone there are none."""
    found = rules.keys(
        first_name=referral.first_name,
        last_name=referral.last_name,
        numbers_of=(referral.case_number, referral.reference),
    )
    if not found:
        return []
    place = rules.order_key(first_name=referral.first_name, last_name=referral.last_name)
    pairs = [(Use.ORDER, place), *((Use.FOUND, key) for key in sorted(found))]
    return [
        SearchKey(referral_id=referral.pk, court_id=referral.court_id, use=use, key=key.encode()) for use, key in pairs
    ]


@transaction.atomic
def index(referrals: Sequence[Referral]) -> None:
    """Write anew what these cases are found by."""
    SearchKey.objects.filter(referral__in=[referral.pk for referral in referrals]).delete()
    SearchKey.objects.bulk_create([key for referral in referrals for key in keys_of(referral)], batch_size=AT_ONCE)


def narrow(referrals: QuerySet[Referral], text: str) -> QuerySet[Referral]:
    """Those in which everything that was typed begins a word or a number. For lists of some hundred people."""
    for word in rules.wanted(text):
        mine = SearchKey.objects.filter(begins(word), referral=OuterRef("pk"), use=Use.FOUND)
        referrals = referrals.filter(Exists(mine))
    return referrals


def begins(word: str) -> Q:
    """Keys that begin with it: one range of an index. No byte of UTF-8 is 0xFF."""
    first = word.encode()
    return Q(key__gte=first, key__lt=first + b"\xff")


def found_in(court: Any, words: Iterable[str]) -> QuerySet[SearchKey]:
    """One key for each case of a court that has all the ``words``, the longest first, in the order of what was found."""
    longest, *others = words
    in_range = SearchKey.objects.filter(begins(longest), use=Use.FOUND)
    # A person with two such words is one person: the first of them counts.
    before = in_range.filter(referral=OuterRef("referral"), key__lt=OuterRef("key"))
    found = in_range.filter(~Exists(before), court=court)
    for word in others:
        found = found.filter(
            Exists(SearchKey.objects.filter(begins(word), use=Use.FOUND, referral=OuterRef("referral")))
        )
    return found.order_by("key", "referral")
