"""A session in the wrong hands, guesses at an account, and the settings that stand against both (T10, T25, R1-R5, R8)."""

import json
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from lms.people.models import Kind, User
from tests.builders import PASSWORD, a_court, a_court_user, a_facilitator, a_person, a_referral, a_user, an_author
from tests.builders import a_program as a_program_

pytestmark = pytest.mark.django_db
NEW = "a lantern over quiet water"


def signed_in_by_password(user, **headers: str) -> Client:
    client = Client(headers=headers)
    response = client.post("/accounts/login/", {"login": user.email or user.username, "password": PASSWORD})
    assert response.status_code == 302
    return client


def test_a_session_planted_before_sign_in_is_not_the_one_after_it():
    person = a_person(a_referral())
    client = Client()
    client.get("/accounts/login/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "planted-by-somebody-else"
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != "planted-by-somebody-else"
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = "planted-by-somebody-else"
    assert thief.get("/learn/").status_code == 302


def copied(client: Client) -> Client:
    """A thief with the same cookie."""
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert thief.get("/accounts/email/").status_code == 200
    return thief


def test_a_session_is_dead_after_sign_out_a_new_password_and_a_closed_account():
    person = a_person(a_referral())
    client = signed_in_by_password(person)
    thief = copied(client)
    client.post("/accounts/logout/")
    assert thief.get("/accounts/email/").status_code == 302

    client = signed_in_by_password(person)
    thief = copied(client)
    changed = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert changed.status_code == 302
    assert thief.get("/accounts/email/").status_code == 302

    person.set_password(PASSWORD)
    person.save()
    thief = copied(signed_in_by_password(person))
    person.is_active = False
    person.save()
    assert thief.get("/accounts/email/").status_code == 302


def test_a_thief_who_has_only_the_session_changes_no_factor_and_no_address():
    """What opens the account asks for the password again."""
    person = a_person(a_referral())
    client = signed_in_by_password(person)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    for address in ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/email/"):
        response = client.post(address, {"email": "thief@evil.example", "action_add": ""})
        assert response.status_code in (302, 404), address
        if response.status_code == 302:
            assert "/reauthenticate/" in response["Location"], address
    assert not person.emailaddress_set.filter(email="thief@evil.example").exists()


def test_whoever_guesses_at_anothers_account_locks_nobody_out():
    """The attacker uses up every guess at his account. He signs in at once: with his password from anywhere else,
    and with a passkey even from the attacker's own address. Nothing waits for a count to run out."""
    person = a_person(a_referral())
    thief = Client(REMOTE_ADDR="203.0.113.7")
    answers = [guess(thief, person, n) for n in range(12)]
    assert "Too many failed" in answers[-1]
    held = thief.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).content.decode()
    assert "Too many failed" in held, "from there not even the right words are tried any more"
    elsewhere = Client(REMOTE_ADDR="203.0.113.99")
    assert elsewhere.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    assert elsewhere.get("/accounts/email/").status_code == 200
    assert SoftKey(person).sign_in(REMOTE_ADDR="203.0.113.7").get("/accounts/email/").status_code == 200
    person.refresh_from_db()
    assert person.is_active


def test_guesses_from_many_addresses_lock_nobody_out_either():
    person = a_person(a_referral())
    for n in range(30):
        guess(Client(REMOTE_ADDR=f"198.51.100.{n}"), person, n)
    owner = Client(REMOTE_ADDR="203.0.113.99")
    assert owner.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    assert SoftKey(person).sign_in(REMOTE_ADDR="198.51.100.1").get("/accounts/email/").status_code == 200


def guess(client: Client, user: User, n: int) -> str:
    answer = client.post("/accounts/login/", {"login": user.email, "password": f"wrong wrong wrong {n}"})
    assert answer.status_code in (200, 429)
    return answer.content.decode()


class SoftKey:
    """A passkey of this account in a few lines: what a telephone does when its owner unlocks it."""

    ORIGIN, HOST = "https://testserver", "testserver"
    SHOWN = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV

    def __init__(self, user: User) -> None:
        self.user, self.id, self.key = user, token_bytes(16), ec.generate_private_key(ec.SECP256R1())
        public = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key()))
        made = self._data(self.SHOWN | AuthenticatorData.FLAG.AT, public)
        self._write(AttestationObject.create("none", made, {}))

    def _data(self, flags: int, credential: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData.create(sha256(self.HOST.encode()).digest(), flags, 0, credential)

    def _write(self, attestation: bytes) -> None:
        client_data = CollectedClientData.create("webauthn.create", b"x" * 32, self.ORIGIN)
        response = {"clientDataJSON": websafe_encode(client_data), "attestationObject": websafe_encode(attestation)}
        WebAuthn.add(
            self.user, "Telephone", self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}
        )

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def sign_in(self, **environment: str) -> Client:
        """Through the page's own two requests, from wherever this is."""
        client, address = Client(**environment), reverse("mfa_login_webauthn")
        asked = client.get(address, headers={"x-requested-with": "XMLHttpRequest", "accept": "application/json"})
        challenge = asked.json()["request_options"]["publicKey"]["challenge"]
        client_data = CollectedClientData.create("webauthn.get", websafe_decode(challenge), self.ORIGIN)
        data = self._data(self.SHOWN)
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.key.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))),
            "userHandle": websafe_encode(user_pk_to_url_str(self.user).encode()),
        }
        client.post(address, {"credential": json.dumps(self._answer(response))})
        return client


def test_of_an_author_no_address_and_no_browser_is_written_down():
    author = an_author(a_program_())
    client = Client(REMOTE_ADDR="203.0.113.42", headers={"user-agent": "Unmistakable/7"})
    client.post("/accounts/login/", {"login": author.username, "password": PASSWORD})
    learner = signed_in_by_password(a_user(), **{"user-agent": "Plain/1"})
    assert learner.get("/accounts/sessions/").status_code == 200
    rows = UserSession.objects.values_list("user__kind", "ip", "user_agent")
    for kind, ip, agent in rows:
        if kind == Kind.AUTHOR:
            assert (ip, agent) == ("0.0.0.0", "")
    assert "203.0.113.42" not in str(list(rows))
    assert "Unmistakable" not in str(list(rows))


def test_of_a_session_a_network_is_kept_and_no_whole_address():
    for address, kept in (("203.0.113.42", "203.0.113.0"), ("2001:db8:7:8::9", "2001:db8:7::")):
        for user in (a_user(), a_facilitator(a_program_()), a_court_user(a_court())):
            client = Client(REMOTE_ADDR=address)
            client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
            if user.kind == Kind.RESPONSIBLE_PARTY:
                assert client.get("/accounts/sessions/").status_code == 200
            assert list(UserSession.objects.filter(user=user).values_list("ip", flat=True)) == [kept], user.kind


def test_the_settings_of_sign_in_are_those_of_the_security_page():
    from allauth.account import app_settings as account
    from allauth.mfa import app_settings as mfa
    from allauth.usersessions import app_settings as usersessions

    lengths = [v["OPTIONS"]["min_length"] for v in settings.AUTH_PASSWORD_VALIDATORS if "MinimumLength" in v["NAME"]]
    assert lengths == [15]
    assert settings.AUTHENTICATION_BACKENDS == ["lms.people.backends.OnceBackend"]
    assert (account.LOGIN_BY_CODE_ENABLED, account.LOGIN_ON_PASSWORD_RESET, account.CONFIRM_EMAIL_ON_GET) == (
        False,
    ) * 3
    assert (account.PREVENT_ENUMERATION, account.REAUTHENTICATION_REQUIRED, account.LOGOUT_ON_PASSWORD_CHANGE) == (
        True,
    ) * 3
    assert account.EMAIL_UNKNOWN_ACCOUNTS is False
    assert account.REAUTHENTICATION_TIMEOUT == 300
    assert account.EMAIL_SUBJECT_PREFIX == ""
    assert set(mfa.SUPPORTED_TYPES) == {"webauthn", "totp", "recovery_codes"}
    assert (mfa.PASSKEY_LOGIN_ENABLED, mfa.PASSKEY_SIGNUP_ENABLED, mfa.TRUST_ENABLED) == (True, False, False)
    assert mfa.WEBAUTHN_USER_VERIFICATION == "required" if hasattr(mfa, "WEBAUTHN_USER_VERIFICATION") else True
    assert usersessions.TRACK_ACTIVITY is False
    assert settings.WAGTAIL_GRAVATAR_PROVIDER_URL is None
    assert settings.WAGTAILEMBEDS_FINDERS == []
    off = ("PASSWORD_RESET_ENABLED", "PASSWORD_MANAGEMENT_ENABLED", "EMAIL_MANAGEMENT_ENABLED", "ENABLE_UPDATE_CHECK")
    assert [getattr(settings, f"WAGTAIL_{name}") for name in off] == [False] * 4
