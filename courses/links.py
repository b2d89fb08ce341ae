"""The link with which a story is taken back without signing in: signed, so that the database alone opens nothing."""

import uuid

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from courses.models import StoryLink

SALT = "courses.take_back"


def path_of(link: StoryLink) -> str:
    """Its address. Whoever has it can take the story back, and do nothing else."""
    return reverse("mine:take_back", args=[Signer(salt=SALT).sign(link.pk.hex)])


def find(token: str) -> StoryLink | None:
    """The link of a token; None for one that is wrong or was revoked."""
    try:
        key = uuid.UUID(hex=Signer(salt=SALT).unsign(token))
    except (BadSignature, ValueError):
        return None
    return StoryLink.objects.filter(pk=key, revoked_at=None).first()
