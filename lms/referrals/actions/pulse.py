"""Proof of life, and what its gaps mean."""

from datetime import datetime, timedelta
from itertools import pairwise

from lms.referrals.models import Pulse

KEEP = timedelta(days=400)


def beat(*, now: datetime) -> None:
    """Record that the service was up at this minute; asking twice is harmless."""
    Pulse.objects.get_or_create(at=now.replace(second=0, microsecond=0))
    if now.minute == 0:
        Pulse.objects.filter(at__lt=now - KEEP).delete()


def newest() -> datetime | None:
    """The last beat."""
    return Pulse.objects.order_by("-at").values_list("at", flat=True).first()


def beats_since(moment: datetime) -> list[datetime]:
    """The beats from then on, the newest first."""
    return list(Pulse.objects.filter(at__gte=moment).order_by("-at").values_list("at", flat=True))


def gaps(*, since: datetime, until: datetime, longer_than: timedelta) -> list[tuple[datetime, datetime]]:
    """Stretches between two beats longer than ``longer_than``, clipped to [since, until).

    Before the very first beat nothing is known, and nothing is claimed.
    """
    before = Pulse.objects.filter(at__lt=since).order_by("-at").values_list("at", flat=True).first()
    moments = list(Pulse.objects.filter(at__gte=since, at__lt=until).order_by("at").values_list("at", flat=True))
    if before is not None:
        moments.insert(0, before)
    return [(max(a, since), b) for a, b in pairwise(moments) if b - a > longer_than]
