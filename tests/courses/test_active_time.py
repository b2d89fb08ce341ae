"""Active time, as pages and the journal meet it: what is asked of the database, who may beat, when it counts, its seal."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.access import viewings_of
from courses.actions import clocks, completion, evidence, ticking
from courses.credited import SEALED, changed_since_sealed, seal_of
from courses.models import ActiveTime, Enrollment, ModuleProgress, Viewing
from courses.records import module_records
from courses.rules.time_credit import Clock, Interval, Ticked, Why
from lms.demonstration import steps
from lms.journal.models import Event
from lms.referrals.models import PolicyVersion, Referral
from tests.builders import JANUARY, an_enrolled_referral, at
from tests.courses.beating import open_page

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
# Of its own, beyond session and account: a look, the clock, a stretch. PostgreSQL takes the last two as one.
BEAT = {"sqlite": ["SELECT", "UPDATE", "INSERT"], "postgresql": ["SELECT", "WITH"]}


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def client(enrollment, signed_in):
    return signed_in(enrollment.referral.person)


def shown(client, module, **query):
    """A page of the module, after saying who is here."""
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    return client.get(reverse("learn:module", args=[module.pk]), query)


def send(client, viewing, **fields):
    return client.post(reverse("learn:beat"), {"viewing": viewing.pk, **fields}).json()


def longer_open(enrollment, seconds: int) -> None:
    """As if the page had been opened so long ago."""
    row = Enrollment.objects.get(pk=enrollment.pk)
    Enrollment.objects.filter(pk=row.pk).update(beat_at=row.beat_at - seconds * SECOND)


def own_queries(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    beyond = re.compile(r"SAVEPOINT|BEGIN|COMMIT|FROM \"(django_session|people_user)\"")
    return [query["sql"] for query in captured if not beyond.search(query["sql"].split("WHERE")[0])]


@pytest.mark.parametrize("stretches", [1, 3])
def test_a_beat_asks_three_things_of_the_database_however_many_came_before(enrollment, client, stretches):
    viewing = shown(client, enrollment.edition.modules.first()).context["viewing"]
    ticket = viewing.ticket
    for _ in range(stretches):
        longer_open(enrollment, 20)
        ticket = send(client, viewing, ticket=ticket)["ticket"]
    longer_open(enrollment, 20)
    asked = own_queries(lambda: send(client, viewing, ticket=ticket))
    assert [sql.split()[0] for sql in asked] == BEAT[connection.vendor]
    assert ActiveTime.objects.count() == stretches + 1
    # What is refused, or sent again, asks for less.
    assert len(own_queries(lambda: send(client, viewing, ticket=ticket))) == 1


def test_each_answer_brings_the_next_ticket_and_a_lost_answer_costs_nothing(enrollment, client):
    viewing = shown(client, enrollment.edition.modules.first()).context["viewing"]
    longer_open(enrollment, 20)
    heard = send(client, viewing, ticket=viewing.ticket)
    assert (heard["accepted"], len(heard["ticket"])) == (True, 64)
    assert heard["ticket"] != viewing.ticket
    assert send(client, viewing, ticket=viewing.ticket) == heard
    assert ActiveTime.objects.count() == 1
    assert send(client, viewing, ticket=heard["ticket"])["accepted"] is True
    assert send(client, viewing, ticket=viewing.ticket) == {"accepted": False, "why": "stale"}


@pytest.mark.parametrize("ticket", ["", "0" * 64, "é", "x" * 5000])
def test_what_is_made_up_earns_nothing_and_breaks_nothing(enrollment, client, ticket):
    viewing = shown(client, enrollment.edition.modules.first()).context["viewing"]
    longer_open(enrollment, 20)
    assert send(client, viewing, ticket=ticket) == {"accepted": False, "why": "stale"}
    assert not ActiveTime.objects.exists()


def test_the_newest_page_wins_on_whatever_device_and_the_older_may_go_on(enrollment, client, signed_in):
    module = enrollment.edition.modules.first()
    old = shown(client, module).context["viewing"]
    phone = signed_in(enrollment.referral.person)
    new = shown(phone, module).context["viewing"]
    longer_open(enrollment, 20)
    assert send(client, old, ticket=old.ticket) == {"accepted": False, "why": "elsewhere"}
    assert send(phone, new, ticket=new.ticket)["accepted"] is True
    here = send(client, old, here="1")
    assert here["accepted"] is True
    assert send(phone, new, ticket=new.ticket)["why"] == "elsewhere"
    longer_open(enrollment, 20)
    assert send(client, old, ticket=here["ticket"])["accepted"] is True


def test_a_session_in_which_nobody_said_who_is_here_earns_nothing(enrollment, client, signed_in):
    module = enrollment.edition.modules.first()
    viewing = shown(client, module).context["viewing"]
    other = signed_in(enrollment.referral.person)
    longer_open(enrollment, 20)
    assert send(other, viewing, ticket=viewing.ticket) == {"accepted": False, "why": "attest"}
    assert send(other, viewing, here="1") == {"accepted": False, "why": "attest"}
    turned = other.post(reverse("learn:turn_page", args=[module.pk]), {"viewing": viewing.pk, "step": "1"})
    assert turned.url == reverse("learn:attest", args=[module.pk])
    assert not ActiveTime.objects.exists()
    assert enrollment.progress.get().seen == []


def test_a_module_that_is_not_open_yet_cannot_be_beaten(enrollment, client):
    second = enrollment.edition.modules.get(position=2)
    assert client.get(reverse("learn:module", args=[second.pk])).status_code == 404
    assert client.post(reverse("learn:attest", args=[second.pk]), {"mine": "on"}).status_code == 404
    assert not enrollment.viewings.exists()
    assert client.post(reverse("learn:beat"), {"viewing": second.pk, "here": "1"}).status_code == 404


def test_nothing_is_counted_after_the_person_did_their_part_though_a_reader_still_has_it(enrollment, client):
    module = enrollment.edition.modules.first()
    end = steps.take_module(enrollment, module, now=JANUARY)
    assert not ModuleProgress.objects.get(module=module).completed_at
    credited = ActiveTime.objects.count()
    page = open_page(enrollment, now=end)
    assert page.ticket == ""
    assert page.send("here", end).refused == Why.FINISHED
    text = shown(client, module).content.decode()
    assert "data-beat" not in text
    assert "data-presence" not in text
    assert ActiveTime.objects.count() == credited


def test_what_is_done_elsewhere_bounds_the_page_that_is_open(enrollment):
    """The last thing but time was done: no more is counted on the open page than is owed."""
    module = enrollment.edition.modules.first()
    steps.take_module(enrollment, module, now=JANUARY)
    lacking = module_records(enrollment, "en")[0].credited_seconds
    type(module).objects.filter(pk=module.pk).update(minimum_seconds=lacking + 50)
    now = JANUARY + timedelta(hours=9)
    page = open_page(enrollment, now=now)
    Enrollment.objects.filter(pk=enrollment.pk).update(owed_seconds=None)  # as it was opened while more was missing
    completion.complete_if_done(enrollment=enrollment, by=None, now=now)
    for _ in range(2):
        now += 40 * SECOND
        page.send("beat", now)
    assert page.send("beat", now + 20 * SECOND).refused == Why.FINISHED
    record = module_records(enrollment, "en")[0]
    assert record.credited_seconds == record.required_seconds


def test_a_completed_module_and_a_withdrawn_one_earn_nothing_on_a_page_that_is_still_open(enrollment):
    module = enrollment.edition.modules.first()
    page = open_page(enrollment, now=JANUARY)
    ModuleProgress.objects.update(completed_at=JANUARY)
    assert page.send("beat", JANUARY + 20 * SECOND).refused == Why.FINISHED
    ModuleProgress.objects.update(completed_at=None)
    type(module).objects.filter(pk=module.pk).update(withdrawn_at=JANUARY)
    assert page.send("beat", JANUARY + 20 * SECOND).refused == Why.FINISHED
    assert not ActiveTime.objects.exists()


def test_a_day_is_the_persons_own_and_counts_what_the_policy_says(shelf):
    """Six hours by default, until midnight in their zone; then it goes on."""
    referral = an_enrolled_referral(program=shelf, zone="America/Los_Angeles")
    enrollment = Enrollment.objects.select_related("policy").get(referral=referral)
    assert enrollment.policy.most_hours_a_day == 6
    now = at("2026-03-08 23:00", "America/Los_Angeles") - timedelta(hours=7)  # in New York it is another day soon
    page = open_page(enrollment, now=now)
    for _ in range(6 * 60):
        now += 60 * SECOND
        assert page.send("beat", now).refused is None
    assert page.send("beat", now + 60 * SECOND).refused == Why.DAY
    assert sum(row.seconds for row in ActiveTime.objects.all()) == 6 * 3600
    midnight = at("2026-03-09 00:00", "America/Los_Angeles")
    page.send("here", midnight)
    assert page.send("beat", midnight + 20 * SECOND).refused is None


def test_the_most_of_a_day_is_a_policy_in_versions_and_an_enrollment_keeps_its_own(enrollment):
    PolicyVersion.objects.create(
        program=enrollment.edition.program, number=2, in_force_from=JANUARY, most_hours_a_day=1
    )
    assert PolicyVersion.objects.get(pk=enrollment.policy_id).most_hours_a_day == 6
    now = JANUARY
    page = open_page(enrollment, now=now)
    for _ in range(65):
        now += 60 * SECOND
        assert page.send("beat", now).refused is None


@pytest.mark.parametrize("change", ["nothing", "sealed", "forgotten", "somebody else's", "turned"])
def test_a_beat_reaches_the_pages_that_the_rule_of_access_lets_it_reach_and_no_other(enrollment, change):
    """The question is put in words of the database, the rule in words of access.py: both say the same."""
    person, page = enrollment.referral.person, open_page(enrollment, now=JANUARY)
    cases = Referral.objects.filter(pk=enrollment.referral_id)
    match change:
        case "sealed":
            cases.update(sealed_at=JANUARY)
        case "forgotten":
            cases.update(forgotten_at=JANUARY)
        case "somebody else's":
            cases.update(person=an_enrolled_referral().person)
        case "turned":
            Viewing.objects.update(turned_at=JANUARY)
    allowed = viewings_of(person).filter(pk=page.pk).exists()
    try:
        reached = page.send("beat", JANUARY + 20 * SECOND, by=person).refused is None
    except clocks.NoSuchPage:
        reached = False
    assert reached == allowed == (change == "nothing")


def test_a_clock_that_moved_between_the_look_and_the_beat_is_looked_at_again(enrollment):
    """Whatever else moves a clock: the beat that saw it before writes nothing of what it thought."""
    page = open_page(enrollment, now=JANUARY)
    seen = Viewing.objects.select_related("enrollment").get(pk=page.pk)
    ticked = Ticked(Clock(page=page.pk), Interval(JANUARY, JANUARY + 20 * SECOND))
    for change in (
        {"page_now": None}, {"page_secret": "0" * 32}, {"beats": 7}, {"beat_at": JANUARY + SECOND}, {"owed_seconds": 0},
    ):  # fmt: skip
        before = Enrollment.objects.filter(pk=enrollment.pk).values(*change).get()
        Enrollment.objects.filter(pk=enrollment.pk).update(**change)
        assert not ticking.keep(seen, ticked), change
        Enrollment.objects.filter(pk=enrollment.pk).update(**before)
    assert not ActiveTime.objects.exists()
    assert ticking.keep(seen, ticked)
    assert ActiveTime.objects.get().seconds == 20


def test_a_stretch_says_what_was_shown(enrollment):
    module = enrollment.edition.modules.first()
    page = open_page(enrollment, now=JANUARY, step=2)
    page.send("beat", JANUARY + 20 * SECOND)
    row = ActiveTime.objects.get()
    assert (row.module, row.step, row.block_id, row.digest) == (module, 2, "", module.digest_en)
    block = module.asked("reflection")[0]["id"]
    viewing = evidence.open_activity(
        enrollment=enrollment, module=module, block_id=block, by=enrollment.referral.person, now=JANUARY + 30 * SECOND,
        language="es",
    )  # fmt: skip
    clocks.beat(
        viewing_id=viewing.pk, by=enrollment.referral.person, attested={str(module.pk)}, ticket=viewing.ticket,
        now=JANUARY + 50 * SECOND,
    )  # fmt: skip
    row = ActiveTime.objects.latest("since")
    assert (row.seconds, row.block_id, row.digest) == (20, block, module.digest_es)


def a_page_read(enrollment, beats: int = 3):
    page, now = open_page(enrollment, now=JANUARY), JANUARY
    for _ in range(beats):
        now += 20 * SECOND
        page.send("beat", now)
    person = enrollment.referral.person
    evidence.turn_page(
        enrollment=enrollment, module=page.module, viewing_id=page.pk, step=1, by=person, now=now + 5 * SECOND
    )
    return page


def test_the_journal_has_one_seal_for_a_page_and_none_for_a_beat(enrollment):
    before = Event.objects.count()
    page = a_page_read(enrollment)
    made = list(Event.objects.order_by("pk"))[before:]
    seal = made[-2]
    assert [event.kind for event in made if event.kind.startswith("module.")] == [
        "module.opened",
        SEALED,
        "module.page_read",
    ]
    assert (seal.by, seal.on_id) == (enrollment.referral.person, str(page.module.pk))
    assert (seal.data["seconds"], seal.data["stretches"]) == (65, 4)
    assert changed_since_sealed(enrollment) == []
    # What is credited later changes no seal that was made.
    open_page(enrollment, now=JANUARY + 90 * SECOND).send("beat", JANUARY + 110 * SECOND)
    assert changed_since_sealed(enrollment) == []


@pytest.mark.parametrize("change", ["longer", "other page", "gone", "added"])
def test_a_stretch_that_was_changed_behind_the_database_is_found(enrollment, change):
    page = a_page_read(enrollment)
    rows = list(ActiveTime.objects.order_by("since"))
    match change:
        case "longer":
            rows[1].seconds += 600
        case "other page":
            rows[1].step = 9
        case "gone":
            del rows[1]
        case "added":
            since = JANUARY - 60 * SECOND
            ActiveTime.objects.create(enrollment=enrollment, module=page.module, since=since, until=JANUARY, seconds=60)
            assert [event.kind for event in changed_since_sealed(enrollment)] == [SEALED]
            return
    seal = Event.objects.get(kind=SEALED)
    assert seal_of(rows[: seal.data["stretches"]]) != seal.data


def test_completion_seals_what_was_credited_since_the_last_page_was_turned(enrollment):
    module = enrollment.edition.modules.first()
    end = steps.take_module(enrollment, module, now=JANUARY)
    before = Event.objects.filter(kind=SEALED).count()
    steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=end)
    assert ModuleProgress.objects.get(module=module).completed_at
    assert Event.objects.filter(kind=SEALED).count() == before + 1
    assert changed_since_sealed(enrollment) == []


def test_without_scripts_the_page_says_how_it_is_counted(enrollment, client):
    module = enrollment.edition.modules.first()
    client.post(reverse("set_language"), {"language": "en"})
    text = shown(client, module).content.decode()
    told = text.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "3 minutes at most" in told
