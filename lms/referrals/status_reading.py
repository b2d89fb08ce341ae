"""The SQL reading of a status (held equal to ``rules.status.status_of`` by a test)."""

from django.db.models import Q

from lms.referrals.rules.status import MOMENTS, Status


def in_status(status: Status) -> Q:
    """Cases whose newest step, in the order of MOMENTS, is this one."""
    names = [name for name, _status in MOMENTS]
    own = next(name for name, named in MOMENTS if named == status)
    later = names[names.index(own) + 1 :]
    return Q(**{f"{own}__isnull": False}, **{f"{name}__isnull": True for name in later})
