"""Mail that says nothing, and that nobody can add a line to (security.md T27)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from lms.outbox import delivery, outbox
from lms.outbox.models import Attempt, Message
from lms.people.models import User
from tests.builders import JANUARY, a_user
from tests.lms.post import Post

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
KINDS = sorted(file.name.removesuffix(".subject.txt") for file in FOLDER.glob("*.subject.txt"))
SENSITIVE = (
    "court",
    "case ",
    "check-in",
    "sex",
    "victim",
    "survivor",
    "judge",
    "arrest",
    "juzgado",
    "caso ",
    "sexo",
    "robin",
)


@pytest.fixture
def post(settings) -> Iterator[Post]:
    server = Post()
    server.open()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "lms.outbox.smtp.Backend", "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, 5
    yield server
    server.close()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_bears_our_own_number_and_says_that_something_waits(kind, language, post):
    user = a_user(first_name="Robin", last_name="Sample", language=language)
    name, _, rest = kind.partition("_")
    message = outbox.post(
        key="k", kind=f"{name}.{rest}", to=user, at=JANUARY, context={"path": "/check-ins/7/", "case": "CR-2026-1"}
    )
    delivery.deliver(now=JANUARY, limit=1)
    (letter,) = post.letters
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    assert letter["Message-ID"] == f"<{message.pk}@{domain}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["From"] == settings.DEFAULT_FROM_EMAIL
    assert letter["To"] == user.email
    assert {name.lower() for name in letter} == {
        "subject", "from", "to", "date", "message-id", "auto-submitted", "mime-version", "content-type",
    }  # fmt: skip
    words = letter["Subject"] + letter.get_body(("plain",)).get_content() + letter["From"]
    said = words.replace(settings.PUBLIC_URL + "/check-ins/7/", "").lower()
    assert [word for word in SENSITIVE if word in said] == []
    assert "cr-2026" not in said


@pytest.mark.parametrize("kind", ["number.confirm"])
def test_a_code_for_a_telephone_has_no_mail(kind):
    assert not (FOLDER / f"{kind.replace('.', '_')}.txt").exists()


@pytest.mark.parametrize(
    "address",
    [
        "a@people.example\nBcc: b@people.example",
        "a@people.example\r\nSubject: x",
        "a@people.example\rX: y",
        "a@b\n\nwords",
    ],
)
def test_no_line_can_be_added_to_the_head_of_a_mail(address, post):
    """Even an address that came past every form sends nothing at all."""
    user = a_user()
    User.objects.filter(pk=user.pk).update(email=address)
    message = outbox.post(key="k", kind="report.waiting", to=User.objects.get(pk=user.pk), at=JANUARY)
    delivery.deliver(now=JANUARY, limit=1)
    assert (post.letters, post.envelopes) == ([], [])
    message = Message.objects.get(pk=message.pk)
    assert message.refused_at == JANUARY
    assert Attempt.objects.get().provider_word == "bad header"


def test_a_name_full_of_line_breaks_adds_none(post):
    user = a_user(first_name="Robin\nBcc: b@people.example", last_name="\r\n\r\nwords")
    outbox.post(key="k", kind="report.waiting", to=user, at=JANUARY)
    delivery.deliver(now=JANUARY, limit=1)
    (envelope,) = post.envelopes
    assert envelope.rcpt_tos == [user.email]
    assert post.letters[0]["Bcc"] is None
