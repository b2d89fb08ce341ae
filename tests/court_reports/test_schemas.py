"""The facts of a report have a published shape for each number of their schema; and old facts keep their digest."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import jsonschema_rs
import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from court_reports import schemas
from court_reports.snapshot import SCHEMA, Kind, ReportFacts, as_json, canonical, digest, from_json
from tests.court_reports.samples import a_draft, an_issue, at, facts_of
from tests.court_reports.test_pdf import drawn

KEPT = Path(__file__).parent / "kept"
# Of facts that were written down when that schema was in force. They may never change.
PINNED = {
    1: "0ca78cb6ab14038d3ff6aca02a0ed58c182803fa613ff0582ab89fc39bdf5ce6",
    2: "2690992700e3242228b220c5a7e039fc21aac13b45b358c1be2b32486bb550ef",
    3: "9dc6d811c3eb17fb33b0758b488e55c6d7d64da35ad5cf5d5f852de3523e0e2b",
    4: "dc41d5b0b2e66afd9993469cdd4fc533faedcad0c7827e1084ab4dc6a4a0cdb3",
}


def validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schemas.schema(name, address="https://amends.example/x"), validate_formats=True)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_lies_in_the_file_is_as_the_schema_says(kind: Kind) -> None:
    shapes = validator(f"report-attachment-{SCHEMA}.json")
    for issue in (an_issue(), an_issue(shown_at=at("2027-06-20 15:00"), answer="I was ill."), a_draft()):
        with pikepdf.open(BytesIO(drawn(facts_of(kind), issue))) as pdf:
            attached = json.loads(pdf.attachments["report.json"].get_file().read_bytes())
        assert [str(error.message) for error in shapes.iter_errors(attached)] == []
    attached["facts"]["track_record"] = 1
    assert not shapes.is_valid(attached)


@pytest.mark.parametrize("number", sorted(PINNED))
def test_old_facts_are_read_spelled_and_digested_as_they_were(number: int) -> None:
    text = (KEPT / f"facts-{number}.json").read_bytes().strip()
    facts = from_json(ReportFacts, json.loads(text))
    assert facts.schema == number
    assert canonical(facts) == text
    assert digest(facts) == PINNED[number]
    assert validator(f"report-facts-{number}.json").is_valid(json.loads(text))


@pytest.mark.parametrize("number", range(1, SCHEMA + 1))
def test_facts_of_every_number_are_valid_by_their_own_and_by_no_other(number: int) -> None:
    spelled = as_json(replace(facts_of(Kind.PROGRESS), schema=number))
    valid = [n for n in schemas.NUMBERS if validator(f"report-facts-{n}.json").is_valid(spelled)]
    assert valid == [number]


def test_they_are_published_for_anyone() -> None:
    client = Client()
    listed = client.get("/api/v1/schemas/").json()
    assert listed["current"] == SCHEMA
    assert len(listed["schemas"]) == 3 * SCHEMA
    for name, address in listed["schemas"].items():
        answer = client.get("/" + address.split("/", 3)[3])
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
        assert answer.json()["$id"] == address
        jsonschema_rs.meta.validate(answer.json())
        assert name in address
    for name in ("report-facts-6.json", "report-facts-0.json", "report-facts-x.json", "facts", "report-facts-04.json"):
        assert client.get(reverse("report_schemas:schema", args=[name])).status_code == 404
