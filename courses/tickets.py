"""What a page shows to beat: it cannot be made up, guessed or used by another page or person.

A ticket is a keyed digest of the page, of a secret of 128 random bits made each time a page is opened, and of the number
of the beat. Nothing of it is stored but the secret, of which no ticket can be made without the key of the settings: who
reads the database can forge none. Being computed, the next one is the same however often an answer is lost.
"""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings


def new_secret() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)


def ticket(page: UUID, secret: str, number: int) -> str:
    """The ticket for the beat ``number`` (from 1) of a page."""
    told = f"courses.beat:{page}:{secret}:{number}"
    return hmac.new(settings.SECRET_KEY.encode(), told.encode(), hashlib.sha256).hexdigest()


def number_of(shown: str, page: UUID, secret: str, *, last: int) -> int:
    """Which beat a ticket is for: the ``last`` that was accepted, or the next; 0 for any other."""
    for number in (last, last + 1):
        if number and secret and hmac.compare_digest(shown.encode(), ticket(page, secret, number).encode()):
            return number
    return 0
