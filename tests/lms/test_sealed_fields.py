"""A field that seals its text: whatever the ORM does with it, it opens in its own place and nowhere else."""

import pytest
from django import forms
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accountability.models import Tolling
from lms import crypto
from lms.people.models import SubjectKey
from lms.referrals.models import Invitation, Referral
from tests.builders import JANUARY, a_referral

pytestmark = pytest.mark.django_db
ADDRESS, PHONE = "robin.unmistakable@people.example", "555 0100 zanahoria"


def stored(row, name: str) -> bytes:
    value = type(row).objects.filter(pk=row.pk).values_list(name, flat=True).get()
    return bytes(value)


def fetched(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def referral() -> Referral:
    return a_referral(email=ADDRESS, phone=PHONE, defense_counsel="M. Okafor", conditions=["Una condición", "Two"])


def test_what_is_stored_is_no_text_and_what_is_read_is(referral):
    assert ADDRESS.encode() not in stored(referral, "email") and len(stored(referral, "email")) > len(ADDRESS)
    again = fetched(referral)
    assert (again.email, again.phone, again.defense_counsel) == (ADDRESS, PHONE, "M. Okafor")
    assert again.conditions == ["Una condición", "Two"]


def test_nothing_is_stored_as_nothing_and_asks_for_no_key():
    row = Invitation.objects.create(token_digest="x", made_at=JANUARY, expires_at=JANUARY)
    assert (stored(row, "email"), fetched(row).email) == (b"", "")
    assert not SubjectKey.objects.filter(subject=row.pk).exists()
    assert fetched(a_referral(conditions=[])).conditions == []


def test_a_form_takes_it_checks_it_shows_it_and_saves_it(referral):
    Form = forms.modelform_factory(Referral, fields=["email", "phone"])
    assert Form(instance=fetched(referral)).initial == {"email": ADDRESS, "phone": PHONE}
    assert "email" in Form({"email": "not an address", "phone": ""}, instance=fetched(referral)).errors
    assert "phone" in Form({"email": "", "phone": "5" * 41}, instance=fetched(referral)).errors
    form = Form({"email": "other@people.example", "phone": ""}, instance=fetched(referral))
    assert form.is_valid() and form.changed_data == ["email", "phone"]
    form.save()
    assert (fetched(referral).email, fetched(referral).phone) == ("other@people.example", "")


def test_many_are_written_at_once_each_under_its_own_key(referral):
    made = [
        Invitation(token_digest=f"d{n}", email=f"n{n}@people.example", made_at=JANUARY, expires_at=JANUARY)
        for n in (1, 2)
    ]
    Invitation.objects.bulk_create(made)
    assert sorted(fetched(row).email for row in made) == ["n1@people.example", "n2@people.example"]
    assert SubjectKey.objects.filter(subject__in=[row.pk for row in made], zone="identity").count() == 2


def test_only_the_fields_that_are_named_are_written(referral):
    before = stored(referral, "phone")
    row = fetched(referral)
    row.email, row.phone = "other@people.example", "changed and not saved"
    row.save(update_fields=["email"])
    assert fetched(referral).email == "other@people.example"
    assert stored(referral, "phone") == before


def test_what_was_never_read_is_written_back_byte_for_byte_without_a_key(referral):
    before = stored(referral, "email")
    row = fetched(referral)
    with override_settings(KEY_RING=crypto.new_ring(9)):
        row.first_name = "Roberta"
        row.save()
    assert stored(referral, "email") == before
    assert (fetched(referral).first_name, fetched(referral).email) == ("Roberta", ADDRESS)


def test_a_deferred_one_is_fetched_when_asked_for_and_left_alone_when_not(referral):
    before = stored(referral, "email")
    row = Referral.objects.defer("email").get(pk=referral.pk)
    row.save()
    row.save(update_fields=["email"])
    assert stored(referral, "email") == before
    assert row.email == ADDRESS


def test_refreshing_reads_what_stands_there_now(referral):
    row = fetched(referral)
    assert row.email == ADDRESS
    other = fetched(referral)
    other.email = "other@people.example"
    other.save()
    row.refresh_from_db(fields=["email"])
    assert row.email == "other@people.example"
    del row.email
    assert row.email == "other@people.example"


def test_a_ciphertext_moved_to_another_column_or_another_row_does_not_open(referral):
    other = a_referral(email="other@people.example")
    Referral.objects.filter(pk=referral.pk).update(phone=stored(referral, "email"))
    Referral.objects.filter(pk=other.pk).update(email=stored(referral, "email"))
    with pytest.raises(crypto.Tampered):
        _ = fetched(referral).phone
    with pytest.raises(crypto.Tampered):
        _ = fetched(other).email


@pytest.mark.parametrize("junk", [b"x", b"short of a nonce", b"\x00" * 40])
def test_bytes_that_nothing_sealed_are_tampered_with(referral, junk):
    Referral.objects.filter(pk=referral.pk).update(email=junk)
    with pytest.raises(crypto.Tampered, match=f"referrals.referral.email:{referral.pk}"):
        _ = fetched(referral).email


def test_text_is_not_written_past_the_seal(referral):
    rows = Referral.objects.filter(pk=referral.pk)
    for values in ({"email": "a@people.example"}, {"conditions": ["x"]}):
        with pytest.raises(TypeError, match="is sealed"), transaction.atomic():
            rows.update(**values)
    row = fetched(referral)
    row.email = "a@people.example"
    with pytest.raises(TypeError, match="is sealed"), transaction.atomic():
        Referral.objects.bulk_update([row], ["email"])
    rows.update(email="")
    assert fetched(referral).email == ""


@pytest.mark.parametrize("lookup", ["email", "email__exact", "email__icontains", "email__in"])
def test_it_cannot_be_looked_for(referral, lookup):
    with pytest.raises(FieldError):
        Referral.objects.filter(**{lookup: ADDRESS}).exists()
    assert Tolling._meta.get_field("authority").zone == "compliance"


def test_forgotten_the_row_stands_and_its_words_do_not(referral):
    crypto.destroy_subject(referral.subject, now=JANUARY)
    row = fetched(referral)
    assert row.case_number == referral.case_number
    with pytest.raises(crypto.KeyDestroyed):
        _ = row.email


def test_a_page_looks_for_a_key_once_and_never_longer_than_until_it_is_sealed(referral):
    def read() -> int:
        with CaptureQueriesContext(connection) as asked:
            row = fetched(referral)
            assert (row.email, row.phone, row.defense_counsel) == (ADDRESS, PHONE, "M. Okafor")
        return len(asked) - 1

    assert read() == 3
    with crypto.at_hand():
        assert (read(), read()) == (1, 0)
        crypto.seal_subject(referral.subject, now=JANUARY)
        with pytest.raises(crypto.KeySealed):
            read()
        crypto.unseal_subject(referral.subject)
        assert (read(), read()) == (1, 0)
        crypto.destroy_subject(referral.subject, now=JANUARY)
        with pytest.raises(crypto.KeyDestroyed):
            read()


def test_many_keys_are_taken_in_hand_with_one_look_and_what_is_put_away_is_not(referral):
    other, gone = (a_referral(email=ADDRESS, case_number=f"HAND-{n}") for n in (1, 2))
    crypto.destroy_subject(gone.subject, now=JANUARY)
    rows = [fetched(each) for each in (referral, other, gone)]
    with crypto.at_hand():
        with CaptureQueriesContext(connection) as asked:
            crypto.take_in_hand([row.subject for row in rows], zone="identity")
            assert [row.email for row in rows[:2]] == [ADDRESS, ADDRESS]
        assert len(asked) == 1
        with pytest.raises(crypto.KeyDestroyed):
            _ = rows[2].email
    # Outside of a request nothing is held.
    crypto.take_in_hand([other.subject], zone="identity")
    with CaptureQueriesContext(connection) as asked:
        assert fetched(other).email == ADDRESS
    assert len(asked) == 2


def test_writing_never_uses_a_key_from_memory(referral):
    with crypto.at_hand():
        assert fetched(referral).email == ADDRESS
        # As another process would, of which this one hears nothing.
        SubjectKey.objects.filter(subject=referral.pk).update(wrapped=b"", destroyed_at=JANUARY)
        with pytest.raises(crypto.KeyDestroyed):
            crypto.encrypt("x", subject=referral.subject, place="p", zone="identity")
    with crypto.at_hand(), pytest.raises(crypto.KeyDestroyed):
        _ = fetched(referral).email


def test_a_string_under_the_ring_opens_only_for_what_it_was_wrapped_for():
    token = crypto.wrap_text("Ana’s", context="a")
    assert (crypto.unwrap_text(token, context="a"), crypto.version_of(token)) == ("Ana’s", 1)
    for wrong in (token, "nonsense", "1:%%%", "", "1:"):
        with pytest.raises(crypto.Tampered):
            crypto.unwrap_text(wrong, context="b")
    with pytest.raises(crypto.RingKeyMissing, match="key 7"):
        crypto.unwrap_text("7" + token[1:], context="a")
