"""Who an author is: hers to write and erase, one named person's to open, and nobody else's to see."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from courses.actions import identities
from courses.models import AuthorIdentity, IdentityOpening
from courses.models.identity import Purpose
from lms import crypto
from lms.journal.models import Event
from lms.referrals.actions import roles
from lms.referrals.models import ProgramRole
from tests.builders import JANUARY as NOW
from tests.builders import PASSWORD, a_facilitator, a_program, an_administrator, an_auditor, an_author

pytestmark = pytest.mark.django_db
HERS = {"legal_name": "Quillonia Zebrawood", "contact": "under the third lamp", "payment": "in May"}


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def author(program):
    return an_author(program)


@pytest.fixture
def custodian(program):
    keeper = a_facilitator(program)
    roles.give(program=program, user=keeper, role=ProgramRole.CUSTODIAN, by=an_administrator(program), now=NOW)
    return keeper


def proved(client):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def in_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM courses_authoridentity")
        return str(cursor.fetchall())


def test_she_writes_it_sealed_and_erases_it_with_its_key(author, signed_in):
    client = proved(signed_in(author))
    address = reverse("my_identity")
    client.post(address, HERS)
    row = AuthorIdentity.objects.get()
    assert (row.legal_name, row.contact, row.payment) == tuple(HERS.values())
    assert [word for word in HERS.values() if word in in_database()] == []
    assert HERS["legal_name"] in client.get(address).content.decode()
    client.post(address, {"erase": "1"})
    assert HERS["legal_name"] not in client.get(address).content.decode()
    assert crypto.is_put_away(row.pk)
    client.post(address, HERS)
    assert AuthorIdentity.objects.filter(erased_at=None).count() == 1


def test_the_custodian_opens_it_with_a_reason_and_she_sees_that(author, custodian, signed_in):
    row = identities.save(**HERS, by=author, now=NOW)
    client = proved(signed_in(custodian))
    listed = client.get(reverse("courses_staff:identities")).content.decode()
    assert author.username in listed
    assert HERS["legal_name"] not in listed
    address = reverse("courses_staff:identity", args=[row.pk])
    assert HERS["legal_name"] not in client.get(address).content.decode()
    assert HERS["legal_name"] not in client.post(address, {}).content.decode()
    assert not IdentityOpening.objects.exists()
    assert HERS["legal_name"] in client.post(address, {"purpose": "pay"}).content.decode()
    assert Event.objects.get(kind="identity.opened").data == {"purpose": "pay"}
    seen = proved(signed_in(author)).get(reverse("my_identity")).content.decode()
    assert "to pay her" in seen
    assert custodian.get_full_name() not in seen


def test_nobody_else_opens_it_an_administrator_least_of_all(program, author, custodian, signed_in):
    row = identities.save(**HERS, by=author, now=NOW)
    elsewhere = a_program()
    other = a_facilitator(elsewhere)
    roles.give(program=elsewhere, user=other, role=ProgramRole.CUSTODIAN, by=an_administrator(elsewhere), now=NOW)
    for user in (an_administrator(program), an_auditor(program), a_facilitator(program), other, an_author(program)):
        client = proved(signed_in(user))
        address = reverse("courses_staff:identity", args=[row.pk])
        assert {client.get(address).status_code, client.post(address, {"purpose": "pay"}).status_code} == {404}
        with pytest.raises(identities.NotCustodian):
            identities.open_for(identity=row, purpose=Purpose.PAY, by=user, now=NOW)
    assert not IdentityOpening.objects.exists()


def test_there_is_one_custodian_and_it_is_no_administrator(program, custodian):
    administrator = an_administrator(program)
    for user, why in ((a_facilitator(program), "named"), (administrator, "excluded")):
        with pytest.raises(roles.NotAllowed) as refused:
            roles.give(program=program, user=user, role=ProgramRole.CUSTODIAN, by=an_administrator(program), now=NOW)
        assert refused.value.why == why
    with pytest.raises(roles.NotAllowed):
        roles.give(program=program, user=custodian, role=ProgramRole.ADMINISTRATOR, by=administrator, now=NOW)


def test_an_opening_stays_written_down(author, custodian):
    row = identities.save(**HERS, by=author, now=NOW)
    identities.open_for(identity=row, purpose=Purpose.LAW, by=custodian, now=NOW)
    for sql in ("UPDATE courses_identityopening SET purpose = 'pay'", "DELETE FROM courses_identityopening"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
