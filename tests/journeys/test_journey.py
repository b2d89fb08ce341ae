"""One whole case, referral to final report, through the same actions that the pages call."""

import io
import json
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from lms.demonstration import journey
from tests.builders import at


@pytest.mark.django_db
def test_a_case_goes_from_referral_to_final_report(tmp_path):
    said, paper = io.StringIO(), tmp_path / "final.pdf"
    call_command("journey", "--json", "--to", str(paper), stdout=said)
    told = json.loads(said.getvalue())
    moments = [datetime.fromisoformat(line["at"]) for line in told["timeline"]]
    assert moments[0] < moments[-1]
    assert {line["who"] for line in told["timeline"]} >= {"court user", "responsible party", "facilitator"}
    assert len(told["proved"]) >= 12
    assert paper.read_bytes().startswith(b"%PDF-1.7")


def test_a_broken_promise_is_told_by_its_words():
    with pytest.raises(journey.BrokenPromise, match="the sky is green"):
        journey.Journey().prove("the sky is green", False)


def test_a_start_without_an_offset_is_refused():
    with pytest.raises(CommandError, match="offset"):
        call_command("journey", "--start", "2026-01-05T15:00:00")


def schedule(*arguments: str) -> dict:
    said = io.StringIO()
    call_command("schedule", "--json", *arguments, stdout=said)
    return json.loads(said.getvalue())


def test_the_schedule_command_gives_every_instant_in_both_times():
    told = schedule("--zone", "America/New_York", "--opened", "2026-08-31T14:00")
    assert (told["ends_on"], len(told["check_ins"])) == ("2027-02-28", 25)
    assert told["ends_at"] == {"local": "2027-03-01T00:00:00-05:00", "utc": "2027-03-01T05:00:00Z"}
    first = told["check_ins"][0]
    assert (first["due_on"], first["due_at"]["utc"], first["opens_at"]["utc"]) == (
        "2026-09-07", "2026-09-08T04:00:00Z", "2026-09-04T04:00:00Z",
    )  # fmt: skip


def test_an_instant_is_read_in_the_zone_of_the_person():
    told = schedule("--zone", "America/New_York", "--opened", "2026-09-01T02:00:00Z", "--months", "6")
    assert (told["opened_on"], told["ends_on"]) == ("2026-08-31", "2027-02-28")
    assert datetime.fromisoformat(told["opened_at"]["local"]) == at("2026-08-31 22:00")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--zone", "Mars/Olympus", "--opened", "2026-01-01"), "zone"),
        (("--zone", "UTC", "--opened", "soon"), "soon"),
        (("--zone", "UTC", "--opened", "2026-01-01", "--months", "99"), "months"),
        (("--zone", "UTC", "--opened", "2026-01-01", "--cadence", "daily"), "cadence"),
    ],
)
def test_nonsense_is_refused_by_name(arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("schedule", *arguments)
