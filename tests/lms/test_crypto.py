"""Words kept so that only the right reader can read them."""

import uuid

import pytest
from django.test import override_settings

from lms import crypto
from lms.people.models import SubjectKey
from tests.builders import JANUARY

pytestmark = pytest.mark.django_db
PLACE = "courses.reflection.text:1"


def test_what_was_sealed_opens_in_its_own_place():
    subject = uuid.uuid4()
    token = crypto.encrypt("Lo que pensé hoy", subject=subject, place=PLACE)
    assert "pens" not in token.decode("latin-1")
    assert crypto.decrypt(token, subject=subject, place=PLACE) == "Lo que pensé hoy"


def test_a_ciphertext_moved_to_another_row_does_not_open():
    subject = uuid.uuid4()
    token = crypto.encrypt("mine", subject=subject, place=PLACE)
    with pytest.raises(crypto.Tampered):
        crypto.decrypt(token, subject=subject, place="courses.reflection.text:2")


def test_one_persons_key_does_not_open_anothers_words():
    one, other = uuid.uuid4(), uuid.uuid4()
    token = crypto.encrypt("mine", subject=one, place=PLACE)
    crypto.encrypt("theirs", subject=other, place=PLACE)
    with pytest.raises(crypto.Tampered):
        crypto.decrypt(token, subject=other, place=PLACE)


def test_without_the_persons_key_the_words_are_gone():
    subject = uuid.uuid4()
    token = crypto.encrypt("mine", subject=subject, place=PLACE)
    SubjectKey.objects.filter(subject=subject).delete()
    with pytest.raises(crypto.KeyMissing):
        crypto.decrypt(token, subject=subject, place=PLACE)


def test_an_older_ring_key_still_opens_after_a_new_one_is_added():
    subject = uuid.uuid4()
    first = crypto.new_ring()
    second = first + "," + crypto.new_ring().replace("1:", "2:", 1)
    with override_settings(KEY_RING=first):
        token = crypto.encrypt("mine", subject=subject, place=PLACE)
    with override_settings(KEY_RING=second):
        assert crypto.decrypt(token, subject=subject, place=PLACE) == "mine"
        assert crypto.wrap(b"x", context="c")[0] == 2


@pytest.mark.parametrize("ring", ["nonsense", "1:tooshort", "1:" + "A" * 20])
def test_a_malformed_ring_is_refused_in_words(ring):
    with override_settings(KEY_RING=ring), pytest.raises(crypto.KeyMissing, match="key"):
        crypto.ring()


def test_a_digest_is_stable_for_a_person_and_differs_between_people():
    one, other = uuid.uuid4(), uuid.uuid4()
    assert crypto.digest("text", subject=one) == crypto.digest("text", subject=one)
    assert crypto.digest("text", subject=one) != crypto.digest("text", subject=other)


def test_in_escrow_nothing_opens_and_out_of_it_everything_does():
    subject = uuid.uuid4()
    token = crypto.encrypt("mine", subject=subject, place=PLACE)
    assert crypto.seal_subject(subject, now=JANUARY) == 1
    with pytest.raises(crypto.KeySealed):
        crypto.decrypt(token, subject=subject, place=PLACE)
    with pytest.raises(crypto.KeySealed):
        crypto.encrypt("more", subject=subject, place=PLACE, zone="identity")
    assert crypto.unseal_subject(subject) == 1
    assert crypto.decrypt(token, subject=subject, place=PLACE) == "mine"


def test_an_escrowed_key_does_not_open_because_its_mark_was_taken_off():
    subject = uuid.uuid4()
    token = crypto.encrypt("mine", subject=subject, place=PLACE)
    crypto.seal_subject(subject, now=JANUARY)
    SubjectKey.objects.filter(subject=subject).update(escrowed_at=None)
    with pytest.raises(crypto.Tampered):
        crypto.decrypt(token, subject=subject, place=PLACE)


def test_a_destroyed_key_is_gone_and_no_new_one_takes_its_place():
    subject = uuid.uuid4()
    token = crypto.encrypt("mine", subject=subject, place=PLACE)
    crypto.seal_subject(subject, now=JANUARY)
    crypto.destroy_subject(subject, now=JANUARY)
    assert crypto.unseal_subject(subject) == 0
    for zone in ("narrative", "identity"):
        with pytest.raises(crypto.KeyDestroyed):
            crypto.encrypt("again", subject=subject, place=PLACE, zone=zone)
    with pytest.raises(crypto.KeyDestroyed):
        crypto.decrypt(token, subject=subject, place=PLACE)
