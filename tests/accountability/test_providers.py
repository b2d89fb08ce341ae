"""A provider's page: agreed to by the person, asked by mail, answered once, and a riddle to everybody else."""

import re
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accountability import plan_panels
from accountability.actions import commitments, providers
from accountability.models import Commitment, Provider, ProviderAnswer, ProviderLink, Track
from lms import clock
from lms.journal.models import Event
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.referrals.models import Referral
from tests.builders import at
from tests.court_reports.cases import a_case_in_track

pytestmark = pytest.mark.django_db
NOW = at("2026-03-02 12:00")
DAY = timedelta(days=1)
YES = {"answer": "yes", "units": "6", "on": "2026-03-01", "name": "Pat Provider", "role": "Coordinator"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def track() -> Track:
    return a_case_in_track(last_name="Unmistakable").track


def a_provider(track: Track, *, agreed: bool = True, named: bool = False, now=NOW, **terms) -> Provider:
    by = track.referral.facilitator
    usual = {"proof": "provider", "unit": "hours", "units_asked": Decimal(20)}
    row = commitments.add(
        track=track, words="Service at the shelter", named_by_order="", required=True, by=by, now=now, **usual | terms
    )
    made = providers.name(
        commitment=row, name="Shelter", email="shelter@people.example", language="en", asks="hours of volunteering",
        by=by, now=now,
    )  # fmt: skip
    if agreed:
        providers.agree(provider=made, may_name=named, by=track.referral.person, now=now)
    return Provider.objects.get(pk=made.pk)


def ask(provider: Provider, now=NOW) -> str:
    return providers.ask(provider=provider, by=provider.named_by, now=now)


def answer(token: str, now=NOW, **said) -> ProviderAnswer:
    usual = {"confirmed": True, "on": date(2026, 3, 1), "units": Decimal(6), "name": "Pat", "role": "Coordinator"}
    return providers.answer(token=token, now=now, **usual | said)


def test_nobody_is_asked_before_the_person_agreed_nor_after_they_said_no(track):
    provider = a_provider(track, agreed=False)
    with pytest.raises(providers.NotAgreed):
        ask(provider)
    providers.agree(provider=provider, may_name=False, by=track.referral.person, now=NOW)
    token = ask(provider)
    providers.refuse(provider=provider, by=track.referral.person, now=NOW)
    with pytest.raises(providers.LinkUnusable):
        providers.find(token=token, now=NOW)
    with pytest.raises(providers.NotAgreed):
        ask(provider)
    kinds = Event.objects.filter(kind__startswith="commitment.provider").order_by("id").values_list("kind", flat=True)
    assert [kind.rpartition("_")[2] for kind in kinds] == ["named", "agreed", "asked", "refused"]


def test_what_was_confirmed_counts_and_the_second_answer_finds_nothing(track):
    token = ask(a_provider(track))
    answer(token)
    (line,) = Commitment.objects.get().progress.all()
    assert (line.units, line.source, line.recorded_by) == (Decimal(6), "provider", None)
    with pytest.raises(providers.LinkUnusable):
        answer(token, units=Decimal(20))
    assert ProviderAnswer.objects.get().units == Decimal(6)


def test_as_much_as_was_asked_verifies_and_a_plain_yes_does_too(track):
    answer(ask(a_provider(track)), units=Decimal(20))
    answer(ask(a_provider(track, unit="", units_asked=None)), units=None)
    assert [row.verified_on for row in Commitment.objects.all()] == [date(2026, 3, 1)] * 2


def test_not_so_counts_nothing_and_the_facilitator_sees_it_until_somebody_asks_again(track):
    provider = a_provider(track)
    answer(ask(provider), confirmed=False)
    assert not Commitment.objects.get().progress.exists()

    def seen() -> list[str]:
        return [need.why for need in plan_panels.needs(Referral.objects.all(), NOW + DAY)]

    assert seen() == ["a provider did not confirm commitment 1"]
    ask(provider, NOW + DAY)
    assert seen() == []


def test_a_link_expires_is_replaced_and_is_taken_back(track):
    provider = a_provider(track)
    first = ask(provider)
    assert providers.find(token=first, now=NOW + 14 * DAY - timedelta(seconds=1))
    second = ask(provider, NOW + DAY)
    for token, moment in ((first, NOW + DAY), (second, NOW + 15 * DAY)):
        with pytest.raises(providers.LinkUnusable):
            answer(token, moment)
    providers.revoke(provider=provider, by=provider.named_by, now=NOW + DAY)
    with pytest.raises(providers.LinkUnusable):
        providers.find(token=second, now=NOW + DAY)


def test_nobody_is_asked_about_what_is_settled(track):
    provider = a_provider(track)
    token = ask(provider)
    commitments.verify(commitment=provider.commitment, on=NOW.date(), by=provider.named_by, now=NOW)
    with pytest.raises(providers.LinkUnusable):
        answer(token)
    assert ProviderLink.objects.get().ended_at == NOW


def test_the_answer_cannot_be_rewritten_and_the_token_stands_in_no_table(track):
    token = ask(a_provider(track))
    answer(token)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderAnswer.objects.update(confirmed=False)
    assert token not in str(list(ProviderLink.objects.values())) + str(list(Message.objects.values()))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_of_two_at_once_one_answer_stands():
    token = ask(a_provider(a_case_in_track().track))
    barrier, failed = Barrier(2), []

    def press() -> None:
        barrier.wait()
        try:
            answer(token)
        except providers.LinkUnusable:
            failed.append(1)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (failed, ProviderAnswer.objects.count(), Commitment.objects.get().progress.count()) == ([1], 1, 1)


# --- the page ----------------------------------------------------------------------------------------


def page(token: str) -> str:
    return reverse("provider:confirm", args=[token])


def test_the_mail_says_nothing_and_leads_to_a_page_that_scanners_do_not_use_up(track):
    provider = a_provider(track, now=clock.now())
    ask(provider, clock.now())
    delivery.deliver(now=clock.now(), limit=20)
    (letter,) = [m for m in mail.outbox if m.to == ["shelter@people.example"]]
    for word in ("Unmistakable", "Robin", "hours of volunteering", "shelter"):
        assert word not in letter.subject + letter.body.lower()
    (address,) = re.findall(r"/provider/\S+/", letter.body)
    client = Client()
    for _ in range(3):
        assert client.get(address).status_code == client.head(address).status_code == 200
    assert client.post(address, YES).status_code == 200
    assert ProviderAnswer.objects.get().name == "Pat Provider"
    # Once sent, the secret is not kept in the message.
    assert "sealed" not in str(Message.objects.get(kind="provider.question").context)


@pytest.mark.parametrize("named", [True, False])
def test_the_page_names_what_the_person_agreed_to_and_nothing_else(track, named):
    provider = a_provider(track, named=named, now=clock.now())
    shown = Client().get(page(ask(provider, clock.now()))).content.decode()
    assert "hours of volunteering" in shown
    assert ("Robin Unmistakable" in shown) is named
    for word in ("Service at the shelter", track.referral.case_number, str(track.referral.court)):
        assert word not in shown


def test_used_expired_revoked_and_guessed_are_one_page(track):
    now = clock.now()
    used, old, revoked = (a_provider(track, now=now) for _ in range(3))
    tokens = [ask(used, now), ask(old, now - 15 * DAY), ask(revoked, now), "guessed", "x" * 43]
    answer(tokens[0], now)
    providers.revoke(provider=revoked, by=revoked.named_by, now=now)
    client = Client()
    answers = [(r.status_code, re.sub(r'/provider/[^/"]+/|value="[^"]+"', "", r.content.decode()))
               for token in tokens for r in (client.get(page(token)), client.post(page(token), YES))]  # fmt: skip
    assert {status for status, _ in answers} == {410}
    assert len({words for _, words in answers}) == 1
    assert ProviderAnswer.objects.count() == 1


def test_guessing_is_counted(track):
    client = Client()
    assert [client.get(page(f"guess{n}")).status_code for n in range(22)][-1] == 429


@pytest.mark.parametrize(
    "wrong", [{"answer": ""}, {"units": ""}, {"on": ""}, {"on": "2099-01-01"}, {"name": ""}, {"role": ""}]
)
def test_a_mistake_uses_nothing_up(track, wrong):
    token = ask(a_provider(track, now=clock.now()), clock.now())
    client = Client()
    assert client.post(page(token), YES | wrong).status_code == 200
    assert not ProviderAnswer.objects.exists()
    client.post(page(token), YES)
    assert ProviderAnswer.objects.get().confirmed is True


def test_it_speaks_the_language_they_are_written_to_in(track):
    provider = a_provider(track, now=clock.now())
    Provider.objects.update(language="es")
    assert "Por favor, confirme" in Client().get(page(ask(provider, clock.now()))).content.decode()
