"""``python -m tests.crash.sealed make|open|under``: many people's sealed words, on a database of their own."""

import json
import os
import sys
import uuid

PEOPLE, MESSAGES, PLACE = 1000, 300, "t.t.t:1"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    print(json.dumps({"make": make, "open": open_all, "under": under}[sys.argv[1]](), default=str))


def make() -> dict[str, str]:
    from django.db import transaction

    from lms import clock, crypto
    from lms.outbox import outbox
    from lms.people.adapters import MFAAdapter
    from tests.builders import a_user

    with transaction.atomic():
        for number in range(MESSAGES):
            outbox.post(key=f"m{number}", kind="x", to=None, at=clock.now(), address=f"m{number}@people.example")
        for number in range(5):
            a_user().authenticator_set.create(type="totp", data={"secret": MFAAdapter().encrypt(f"secret {number}")})
        people = [uuid.uuid4() for _ in range(PEOPLE)]
        return {str(p): crypto.encrypt(str(p), subject=p, place=PLACE).hex() for p in people}


def open_all() -> int:
    """How many of the sealed words, given on standard input, and of the rest, open."""
    from allauth.mfa.models import Authenticator

    from lms import crypto
    from lms.outbox import outbox
    from lms.outbox.models import Message
    from lms.people.adapters import MFAAdapter

    words = json.load(sys.stdin)
    found = sum(
        crypto.decrypt(bytes.fromhex(token), subject=uuid.UUID(person), place=PLACE) == person
        for person, token in words.items()
    )
    found += sum(outbox.address_of(m) == f"{m.key}@people.example" for m in Message.objects.all())
    secrets = sorted(MFAAdapter().decrypt(a.data["secret"]) for a in Authenticator.objects.all())
    return found + sum(secret == f"secret {number}" for number, secret in enumerate(secrets))


def under() -> dict[int, dict[str, int]]:
    from lms.people import keyring

    return {version.number: dict(version.under) for version in keyring.status()}


if __name__ == "__main__":
    main()
