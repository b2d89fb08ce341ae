"""What people do through the web in the month, and when: the same list in the calm month and in the rough one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Between two half hours, where no window ends and no reminder is due: who comes first decides nothing.
BETWEEN = timedelta(minutes=11)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, order=True)
class Deed:
    """``what`` somebody does about check-in ``number`` of ``case`` (0: about its first report) at ``at``."""

    at: datetime
    case: str
    number: int
    what: str


def plan(*, releases: int) -> list[Deed]:
    """Two of four people answer through the web, one of them every time; their facilitators read and release."""
    from accountability.models import CheckIn
    from tests.crash.month import END, START

    deeds: list[Deed] = []
    rows = CheckIn.objects.filter(number__lte=5).select_related("track__referral")
    for row in rows.order_by("track__referral__case_number", "number"):
        case = row.track.referral.case_number
        person = int(case.partition("-")[2]) % 4
        if person == 2 or (person == 1 and row.number in (1, 3)):
            deeds += _about(case, row.number, row.opens_at)
    cases = sorted({row.track.referral.case_number for row in rows})
    for number, case in enumerate(cases[:releases]):
        deeds.append(Deed(START + timedelta(days=2 + number % 25, hours=number % 7) + BETWEEN, case, 0, "release"))
    return sorted(deed for deed in deeds if deed.at < END)


def _about(case: str, number: int, opens: datetime) -> list[Deed]:
    steps = [(3, "draft"), (9, "twice" if number % 2 else "submit"), (14, "return" if number == 2 else "accept")]
    if number == 2:
        steps += [(20, "submit"), (26, "accept")]
    if number == 4:
        steps[1] = (9, "ask for help")
    return [Deed(opens + hours * HOUR + BETWEEN, case, number, what) for hours, what in steps]
