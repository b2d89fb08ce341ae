"""What the rough month left, held against the calm one: what was lost, what was doubled, what else differs."""

import json
from collections import Counter
from dataclasses import dataclass, field

from tests.crash.copies import Copy


@dataclass
class Verdict:
    """``lost``, ``doubled`` and ``other`` hold a line for each; all three are empty where all is well."""

    messages: int = 0
    arrived: int = 0
    uncertain: int = 0
    submissions: int = 0
    releases: int = 0
    sent_again: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [f"lost: {w}" for w in self.lost] + [f"doubled: {w}" for w in self.doubled] + self.other


def verdict(calm: Copy, rough: Copy) -> Verdict:
    expected, found = calm.rows(), rough.rows()
    said = Verdict(messages=len(expected["messages"]), submissions=len(found["submissions"]))
    said.releases = len(found["releases"])
    said.sent_again = sum(answer["tries"] > 1 for answer in rough.answers())
    _counted("check-in", expected["check_ins"], found["check_ins"], said)
    for what in ("submissions", "reviews", "releases"):
        _counted(what, expected[what], found[what], said)
    _counted("event", _spread(expected["events"]), _spread(found["events"]), said)
    for what in ("journal_broken", "register_broken"):
        said.other += [f"calm: {what}: {why}" for why in expected[what]] + [f"{what}: {why}" for why in found[what]]
    if rough.answers() != [] and _answered(calm) != _answered(rough):
        said.other.append("the people of both months did not do the same")
    uncertain = _messages(expected["messages"], found["messages"], calm, rough, said)
    _reports(expected["reports"], found["reports"], uncertain, said)
    return said


def _answered(copy: Copy) -> Counter[tuple[str, str]]:
    return Counter((answer["what"], answer["on"]) for answer in copy.answers())


def _spread(events: list[list]) -> list[list]:
    return [event[:-1] for event in events for _ in range(event[-1])]


def _counted(what: str, expected: list, found: list, said: Verdict) -> None:
    """Each exactly as often as in the calm month."""
    before, after = (Counter(json.dumps(row) for row in rows) for rows in (expected, found))
    said.lost += [f"{what} {row}" for row in (before - after).elements()]
    said.doubled += [f"{what} {row}" for row in (after - before).elements()]


def _messages(expected: dict[str, dict], found: dict[str, dict], calm: Copy, rough: Copy, said: Verdict) -> list[str]:
    """The same messages, and of each the same became. Whoever was killed with one in hand cannot know
    whether it left, and says so: the keys of those are returned."""
    said.lost += [f"message {key}" for key in expected.keys() - found.keys()]
    said.doubled += [f"message {key}" for key in found.keys() - expected.keys()]
    uncertain = []
    for key in expected.keys() & found.keys():
        before, after = expected[key], found[key]
        arrived = rough.post.arrived[after["id"]]
        said.arrived += arrived
        if arrived > 1:
            said.doubled.append(f"mail {key}: {arrived} times")
        if after["became"] == "sent" and not arrived:
            said.lost.append(f"mail {key}")
        if calm.post.arrived[before["id"]] != (before["became"] == "sent"):
            said.other.append(f"calm: mail {key}: {before['became']}, arrived {calm.post.arrived[before['id']]} times")
        if (before["kind"], before["not_before"], 0) != (after["kind"], after["not_before"], after["open_attempts"]):
            said.other.append(f"message {key}: {before} became {after}")
        if (before["became"], after["became"]) == ("sent", "uncertain"):
            uncertain.append(key)
        elif before["became"] != after["became"]:
            said.other.append(f"message {key}: {before['became']} became {after['became']}")
        elif after["became"] != "sent" and arrived:
            said.other.append(f"mail {key}: {after['became']}, and arrived")
    said.uncertain = len(uncertain)
    return uncertain


def _reports(expected: list[dict], found: list[dict], uncertain: list[str], said: Verdict) -> None:
    """A report says of a notice that it was sent only when that is known; all else it says is the same."""
    _counted("report", without_notices(expected), without_notices(found), said)
    unsaid = notices(expected) - notices(found)
    said.doubled += [f"notice {notice}" for notice in notices(found) - notices(expected)]
    explained = {place(key) for key in uncertain}
    said.lost += [f"notice {notice}" for notice in unsaid if notice[:2] not in explained]


def place(key: str) -> tuple[str, int]:
    """Whose message about which check-in: ``check-in:CR-2/1:due_today:2026-02-17``."""
    case, _, number = key.split(":")[1].partition("/")
    return case, int(number or 0)


def notices(reports: list[dict]) -> set[tuple[str, int, str]]:
    """(case, check-in, moment) of every notice that a report says was sent."""
    return {
        (report["case"], check_in["number"], moment)
        for report in reports
        for check_in in (report["facts"]["track"] or {"check_ins": []})["check_ins"]
        for moment in check_in["notices"]
    }


def without_notices(reports: list[dict]) -> list[dict]:
    plain = json.loads(json.dumps(reports))
    for report in plain:
        for check_in in (report["facts"]["track"] or {"check_ins": []})["check_ins"]:
            del check_in["notices"]
    return plain
