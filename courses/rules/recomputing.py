"""Whether a stored completion is the one that the ledger gives. Pure."""

from datetime import datetime


def differs(
    stored: datetime | None, in_ledger: datetime | None, stated: datetime | None, met_at: datetime | None
) -> str:
    """Why a completion is not what the ledger gives; empty where it is.

    ``stored``: the moment in its row; ``in_ledger``: that of its line; ``stated``: since when everything was met, as
    that line says, where it does; ``met_at``: since when everything was met, as the evidence says.
    """
    if stored != in_ledger:
        return "its row and its line in the ledger do not say the same moment"
    if stored is None:
        return ""
    if met_at is None:
        return "the evidence does not meet what was asked"
    if met_at > stored:
        return "the evidence met what was asked only later"
    if stated is not None and stated != met_at:
        return "its line says that it was met at another moment than the evidence does"
    return ""
