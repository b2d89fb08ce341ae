"""A password is not made of the words of this place (ASVS 6.1.2, 6.2.11)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from lms import clock
from lms.people.models import User
from lms.referrals import actions
from lms.referrals.models import Program
from lms.referrals.rules.passwords import is_of_known_words
from tests.builders import PASSWORD, a_court, a_program, a_referral

NAMES = ["Second Chance of Río Bravo", "Circuit Court of Monroe"]


@pytest.mark.parametrize(
    "password",
    [
        "AmendsAmends2026!",
        "A-m-e-n-d-s A-m-e-n-d-s",
        "monroe circuit court",
        "Second_Chance_Bravo_1",
        "programacurso1234",
        "Río Bravo second chance",
    ],
)
def test_names_and_a_few_digits_are_no_password(password):
    assert is_of_known_words(password, NAMES)


@pytest.mark.parametrize(
    "password",
    ["a lantern over quiet water", "I will make amends when the heron returns", "Monroe street had eleven maples"],
)
def test_a_sentence_with_one_of_them_is(password):
    assert not is_of_known_words(password, NAMES)


@pytest.mark.django_db
def test_names_of_programs_and_courts_count_from_the_moment_they_are_there():
    password = "Willow Bend Tri-County"
    validate_password(password)
    Program.objects.filter(pk=a_program().pk).update(name="Willow Bend", organization="Tri-County Services")
    with pytest.raises(ValidationError, match="little more than names"):
        validate_password(password)
    court = a_court()
    with pytest.raises(ValidationError):
        validate_password(f"{court.name} 2026")


@pytest.mark.django_db
def test_whoever_opens_an_account_is_told_and_opens_none():
    referral = a_referral()
    token = actions.invite(referral=referral, by=None, now=clock.now())
    path = reverse("referrals:invitation", args=[token])
    shown = Client().post(path, {"email": referral.email, "password": "AmendsAmends2026!"}).content.decode()
    assert "little more than names of this product" in shown
    assert not User.objects.filter(email=referral.email).exists()
    Client().post(path, {"email": referral.email, "password": PASSWORD})
    assert User.objects.filter(email=referral.email).exists()
