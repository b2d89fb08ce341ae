"""What was watched: what a page says of it, what can be true of that, and what it is good for."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from courses.actions import clocks
from courses.actions.editions import publish_edition
from courses.labels import words_for
from courses.models import ActiveTime, CoursePage, EditionModule, Enrollment, Evidence, ModulePage
from courses.records import module_records
from courses.rules import watched as rules
from courses.rules.progress import Unmet, unmet
from courses.rules.watched import Watched
from tests.access.world import a_shown_recording
from tests.builders import JANUARY, a_program, a_published_course, an_enrolled_referral
from tests.courses.test_active_time import longer_open, send, shown

RANGES = st.lists(st.tuples(st.floats(-50, 500), st.floats(-50, 500)), max_size=12)


@given(RANGES, st.floats(1, 400), st.floats(0, 900))
def test_never_more_is_taken_than_the_wall_lets_through_and_the_recording_has(reported, length, budget):
    kept = rules.taken(reported, length=length, budget=budget)
    assert rules.seconds(kept) <= min(length, budget) + 1e-6
    assert all(0 <= a < b <= length for a, b in kept)
    assert rules.without(kept, [(a, b) for a, b in reported if a < b]) == []


@given(RANGES, RANGES)
def test_what_is_left_after_what_is_known_is_what_the_union_adds(reported, known):
    reported, known = ([(a, b) for a, b in each if a < b] for each in (reported, known))
    new = rules.without(reported, known)
    both = rules.seconds([*reported, *known])
    assert rules.seconds(new) == pytest.approx(both - rules.seconds(known))


def test_a_stretch_played_twice_counts_once():
    assert rules.seconds([(0, 10), (5, 15), (0, 10), (20, 21)]) == 16


@pytest.mark.parametrize(
    "stand, short",
    [
        (Watched(94.9, 100), 1), (Watched(95, 100), 0), (Watched(0, 100), 95), (Watched(100, 100), 0),
        (Watched(0, 100, read=30, needs=40), 10), (Watched(0, 100, read=40, needs=40), 0),
        (Watched(94, 100, read=0, needs=40), 1), (Watched(0, 100, read=900, needs=0), 95),
    ],
)  # fmt: skip
def test_ninety_five_in_a_hundred_are_enough_and_reading_is_as_good(stand, short):
    assert (stand.short, stand.is_done) == (short, short == 0)


@pytest.fixture
def enrollment(db) -> Enrollment:
    program = a_program()
    a_published_course(program, modules=1)
    recording = a_shown_recording(program)
    page = ModulePage.objects.get(live=True, locale__language_code="en")
    raw = page.body.get_prep_value()
    next(row for row in raw if row["type"] == "video")["value"]["must"] = True
    page.body = page._meta.get_field("body").to_python(raw)
    page.save_revision().publish()
    publish_edition(course=CoursePage.objects.get(program=program, locale__language_code="en"), by=None, now=JANUARY)
    # Long enough that seconds can be told apart.
    type(recording).objects.filter(pk=recording.pk).update(milliseconds=100_000)
    for module in EditionModule.objects.all():
        module.asks = [ask | {"seconds": 100} if ask["kind"] == "video" else ask for ask in module.asks]
        module.save()
    referral = an_enrolled_referral(program=program)
    return Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=referral)


@pytest.fixture
def client(enrollment, signed_in):
    return signed_in(enrollment.referral.person)


@pytest.fixture
def module(enrollment):
    return enrollment.edition.modules.get()


def block_of(module) -> str:
    (ask,) = module.asked("video")
    return ask["id"]


def the_page(client, module):
    block = block_of(module)
    step = next(n for n, ids in enumerate(module.steps, 1) if block in ids)
    return shown(client, module, step=step)


def report(client, viewing, ticket, block, *ranges, opened=()):
    told = {block: [list(each) for each in ranges]}
    return send(client, viewing, ticket=ticket, played=json.dumps(told), opened=json.dumps(list(opened)))


def short(enrollment) -> int:
    (record,) = module_records(enrollment, "en")
    return next((missing.short for missing in unmet(record, reviewed=True) if missing.kind == "video"), 0)


def test_old_editions_ask_for_no_recording_and_new_ones_where_the_author_says_so(enrollment):
    old, new = enrollment.edition.program.editions.order_by("number")[1:3]
    assert [ask for m in old.modules.all() for ask in m.asked("video")] == []
    assert len(new.modules.get().asked("video")) == 1


def test_playing_it_in_true_time_is_watching_it(enrollment, client, module):
    page = the_page(client, module)
    viewing, block = page.context["viewing"], block_of(module)
    assert short(enrollment) == 95
    ticket, at = viewing.ticket, 0
    for _ in range(4):
        longer_open(enrollment, 25)
        heard = report(client, viewing, ticket, block, (at, at + 25))
        ticket, at = heard["ticket"], at + 25
    assert heard["watched"][block]["done"] is True
    assert heard["watched"][block]["ranges"] == [[0, 100]]
    assert short(enrollment) == 0
    lines = Evidence.objects.filter(kind="video_interval", block_id=block)
    assert lines.count() == 4
    assert {line.digest for line in lines} == {module.digest_en}
    assert "data-must" not in the_page(client, module).content.decode()


def test_a_report_faster_than_time_is_taken_as_far_as_it_can_be_true(enrollment, client, module):
    viewing, block = the_page(client, module).context["viewing"], block_of(module)
    longer_open(enrollment, 20)
    heard = report(client, viewing, viewing.ticket, block, (0, 100))
    ((since, until),) = heard["watched"][block]["ranges"]
    assert since == 0
    assert 30 <= until < 32
    # The same beat again, and the same seconds again, add nothing.
    again = report(client, viewing, viewing.ticket, block, (60, 100))
    assert again["watched"][block]["ranges"] == [[since, until]]
    assert short(enrollment) == pytest.approx(95 - until, abs=1)


def test_what_is_watched_when_the_days_time_is_used_up_is_kept_and_counts_as_no_time(enrollment, client, module):
    viewing, block = the_page(client, module).context["viewing"], block_of(module)
    longer_open(enrollment, 20)
    full = {"day_seconds": 6 * 3600, "day_ends_at": timezone.now() + timedelta(days=1)}
    Enrollment.objects.filter(pk=enrollment.pk).update(**full)
    heard = report(client, viewing, viewing.ticket, block, (0, 100))
    assert (heard["accepted"], heard["why"]) == (False, "day")
    ((since, until),) = heard["watched"][block]["ranges"]
    assert since == 0
    assert 30 <= until < 32
    # The same seconds are told once: neither the ticket that was used nor the next brings them again.
    for ticket in (viewing.ticket, heard["ticket"]):
        again = report(client, viewing, ticket, block, (60, 100))
        assert again["watched"][block]["ranges"][0] == [since, until]
        assert sum(b - a for a, b in again["watched"][block]["ranges"]) < 33
    assert not ActiveTime.objects.exists()


@pytest.mark.parametrize("told", ["", "[]", "{", "null", '{"x": 1}', '{"x": [[1]]}', '{"x": [["a", "b"]]}', "1e999",
                                  '{"%s": [[NaN, 5]]}', '{"%s": [[-Infinity, Infinity]]}', '{"%s": [[5, 1]]}'])  # fmt: skip
def test_nonsense_is_no_watching_and_breaks_nothing(enrollment, client, module, told):
    viewing = the_page(client, module).context["viewing"]
    told = told.replace("%s", block_of(module))
    assert send(client, viewing, ticket=viewing.ticket, played=told, opened=told)["accepted"] is True
    assert short(enrollment) == 95


def test_a_recording_of_another_page_cannot_be_reported_here(enrollment, client, module):
    viewing = shown(client, module, step=1).context["viewing"]
    longer_open(enrollment, 60)
    heard = report(client, viewing, viewing.ticket, block_of(module), (0, 90))
    assert heard["watched"] == {}
    assert not Evidence.objects.filter(kind="video_interval").exists()


def test_reading_its_words_for_as_long_as_they_take_is_as_good(enrollment, client, module):
    viewing, block = the_page(client, module).context["viewing"], block_of(module)
    longer_open(enrollment, 20)
    heard = report(client, viewing, viewing.ticket, block, opened=[block])
    assert (heard["watched"][block]["opened"], heard["watched"][block]["done"]) == (True, False)
    line = Evidence.objects.get(kind="transcript_opened")
    assert line.data["needs"] == 1  # “Nobody asked.”
    # The time counts from when they were opened: a moment is not enough.
    assert short(enrollment) == 1
    longer_open(enrollment, 0)
    Enrollment.objects.filter(pk=enrollment.pk).update(credited_until=line.at, beat_at=line.at)
    answer = clocks.beat(
        viewing_id=viewing.pk, by=enrollment.referral.person, attested={str(module.pk)}, ticket=heard["ticket"],
        now=line.at + timedelta(seconds=5),
    )  # fmt: skip
    assert answer.earned is True
    assert short(enrollment) == 0


def test_what_was_taken_back_is_owed_by_nobody(enrollment, module):
    waiver = {"story": "x", "at": JANUARY.isoformat(), "seconds": 0, "steps": [], "blocks": [block_of(module)]}
    module.waivers = [waiver]
    module.save()
    assert short(enrollment) == 0
    (before,) = module_records(enrollment, "en", JANUARY - timedelta(days=1))
    assert [missing.kind for missing in unmet(before, reviewed=True)].count("video") == 1


@pytest.mark.parametrize("language, words", [("en", "about 2 more minutes"), ("es", "unos 2 minutos más")])
def test_the_person_and_staff_read_how_much_is_short(language, words):
    with translation.override(language):
        assert words in words_for(Unmet("video", "b", short=95))
