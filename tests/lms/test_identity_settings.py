"""The switches of security.md 2.1, read back as allauth sees them."""

import pytest
from allauth import app_settings as allauth
from allauth.account import app_settings as account
from allauth.mfa import app_settings as mfa
from allauth.usersessions import app_settings as usersessions
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from lms.people.adapters import AccountAdapter

ACCOUNT = {
    "LOGIN_METHODS": {"email", "username"},
    "EMAIL_VERIFICATION": "mandatory",
    "EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
    "PREVENT_ENUMERATION": True,
    "EMAIL_UNKNOWN_ACCOUNTS": False,
    "REAUTHENTICATION_REQUIRED": True,
    "REAUTHENTICATION_TIMEOUT": 300,
    "EMAIL_NOTIFICATIONS": True,
    "CHANGE_EMAIL": True,
    "MAX_EMAIL_ADDRESSES": 2,
    "LOGOUT_ON_PASSWORD_CHANGE": True,
    "LOGIN_ON_PASSWORD_RESET": False,
    "LOGIN_ON_EMAIL_CONFIRMATION": False,
    "LOGIN_BY_CODE_ENABLED": False,
    "SESSION_REMEMBER": False,
    "LOGIN_TIMEOUT": 600,
    "CONFIRM_EMAIL_ON_GET": False,
    "EMAIL_SUBJECT_PREFIX": "",
}
MFA = {
    "SUPPORTED_TYPES": ["webauthn", "totp", "recovery_codes"],
    "PASSKEY_LOGIN_ENABLED": True,
    "PASSKEY_SIGNUP_ENABLED": False,
    "WEBAUTHN_USER_VERIFICATION": "required",
    "RECOVERY_CODES_SHOW_ONCE": True,
    "RECOVERY_CODE_DIGITS": 10,
    "TRUST_ENABLED": False,
    "TOTP_TOLERANCE": 1,
    "TOTP_ISSUER": "Account",
}


@pytest.mark.parametrize("name", ACCOUNT)
def test_an_account_setting_is_what_was_decided(name):
    assert getattr(account, name) == ACCOUNT[name]


@pytest.mark.parametrize("name", MFA)
def test_a_factor_setting_is_what_was_decided(name):
    assert getattr(mfa, name) == MFA[name]


def test_there_is_one_way_to_authenticate_and_one_to_hash():
    assert settings.AUTHENTICATION_BACKENDS == ["lms.people.backends.OnceBackend"]
    assert set(account.SIGNUP_FIELDS) == {"email", "password1"}
    assert usersessions.TRACK_ACTIVITY is False
    lengths = [v["OPTIONS"]["min_length"] for v in settings.AUTH_PASSWORD_VALIDATORS if "OPTIONS" in v]
    assert lengths == [15]


def test_wrong_passwords_are_counted_by_address_and_by_account():
    assert account.RATE_LIMITS["login_failed"] == "10/m/ip,5/300s/key"


def test_nobody_signs_up_and_no_other_house_vouches_for_anybody(rf):
    assert AccountAdapter().is_open_for_signup(rf.get("/")) is False
    assert not allauth.SOCIALACCOUNT_ENABLED
    assert not allauth.HEADLESS_ENABLED
    for name in ("openid_connect_login", "saml_login", "socialaccount_connections", "headless:account"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_the_admin_has_no_password_forms_of_its_own():
    off = ["WAGTAIL_PASSWORD_RESET_ENABLED", "WAGTAIL_PASSWORD_MANAGEMENT_ENABLED", "WAGTAIL_EMAIL_MANAGEMENT_ENABLED",
           "WAGTAILUSERS_PASSWORD_ENABLED"]  # fmt: skip
    assert [getattr(settings, name) for name in off] == [False] * 4
    assert settings.WAGTAILADMIN_LOGIN_URL == settings.WAGTAIL_FRONTEND_LOGIN_URL == "/accounts/login/"
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_production_trusts_one_proxy_speaks_https_and_counts_limits_for_all_workers():
    from pathlib import Path

    text = (Path(settings.BASE_DIR) / "lms/settings/production.py").read_text()
    base = (Path(settings.BASE_DIR) / "lms/settings/base.py").read_text()
    assert 'env.int("TRUSTED_PROXY_COUNT", 1)' in text
    assert "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN" not in text + base
    assert "LocMemCache" not in text + base
