"""The interface does what its description says, whatever is sent to it: schemathesis tries, over the WSGI app itself."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, checks
from schemathesis.schemas import APIOperation, BaseSchema

from court_reports.models import Kind
from lms import clock
from lms.referrals import actions
from tests.builders import a_court_lead
from tests.court_reports.cases import a_release_of, an_enrolled_case
from tests.court_reports.test_api import a_token

pytestmark = [pytest.mark.django_db, pytest.mark.either]
# Each address in each way that its description allows and forbids, and some at random; the same ones every time.
TRIED = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Not among them: that whatever fits the shapes is taken. A birth year in range may still be a child's.
HELD = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
]


class World:
    """A court with a case, two hearings, a report and a token for all of it."""

    def __init__(self) -> None:
        now = clock.now()
        self.report = a_release_of(an_enrolled_case(now=now - timedelta(days=9)), Kind.ENROLLMENT, now=now)
        self.case = self.report.report.referral
        at = now + timedelta(days=90)
        self.hearing = actions.add_hearing(referral=self.case, at=at, kind="Review", by=None, now=now)
        _row, secret = a_token(self.case.court, by=a_court_lead(self.case.court))
        self.headers = {"Authorization": f"Bearer {secret}"}

    def own(self, path: str) -> dict[str, str]:
        """The id of what this court has, where an address takes one."""
        things = {"referrals": self.case, "hearings": self.hearing, "reports": self.report}
        thing = things.get(path.removeprefix("/api/v1/").partition("/")[0])
        return {"pk": str(thing.pk)} if thing and "{pk}" in path else {}


@pytest.fixture
def described(db: None, settings: object) -> Iterator[BaseSchema]:
    """The description, over the WSGI app. The test's own transaction must outlive each request, as Django's client sees to."""
    settings.API_CALLS_A_MINUTE = 10**9  # type: ignore[attr-defined]
    cache.clear()
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    for signal in ends:
        signal.connect(close_old_connections)


def operations(schema: BaseSchema) -> list[APIOperation]:
    return [found.ok() for found in schema.get_all_operations()]


def test_whatever_is_sent_the_answer_is_as_described(described: BaseSchema) -> None:
    checks.load_all_checks()
    held = checks.CHECKS.get_by_names(HELD)
    world = World()
    found = operations(described)
    assert len(found) == 12
    statuses = set()
    for operation in found:
        own = world.own(operation.path)
        for mode in GenerationMode:
            # Of one's own, so that what lies behind 404 is reached too; and of whatever id it makes up.
            for where in ({"path_parameters": own}, {}) if own else ({},):

                @TRIED
                @given(case=operation.as_strategy(mode, **where))
                def sent(case: Case) -> None:
                    answer = case.call_and_validate(headers=world.headers, checks=held)
                    statuses.add(answer.status_code)

                sent()
    assert {200, 400, 404, 422} <= statuses


def test_without_a_token_every_operation_says_401(described: BaseSchema) -> None:
    for operation in operations(described):
        ids = {"pk": str(uuid4())} if "{pk}" in operation.path else {}
        answer = operation.Case(path_parameters=ids).call()
        assert (answer.status_code, answer.headers["content-type"]) == (401, ["application/problem+json"])
