"""The wire to a court's own system: signed as Standard Webhooks says, to a public address alone, followed nowhere.

https://www.standardwebhooks.com: id, timestamp and signature in headers. The timestamp is that of the try, so that a
copy sent again later is refused by the receiver; the id stays.
"""

import ipaddress
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from standardwebhooks.webhooks import Webhook

from lms import crypto
from lms.referrals.models import Court
from lms.referrals.webhook_secrets import CONTEXT

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
GONE = 410


class NotAllowed(Exception):
    """No address that we call: not https, or one of a private network."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it was taken, what to write down of it (one word, never what was answered), whether to try no more."""

    taken: bool
    word: str
    final: bool = False


def unseal(sealed: str) -> str:
    """Raises crypto.RingKeyMissing, crypto.Tampered."""
    return crypto.unwrap_text(sealed, context=CONTEXT)


def host_of(court: Court) -> str:
    """The court's system, as the ledger names it."""
    return urlsplit(court.profile.webhook_url).hostname or "?"


def post(*, url: str, secret: str, message_id: str, body: str, now: datetime) -> Answer:
    """One try. Whatever goes wrong is an answer too: nothing is raised but for what is ours to mend."""
    headers = {
        "content-type": "application/json",
        "user-agent": "Amends-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(msg_id=message_id, timestamp=now, data=body),
    }
    try:
        return _send(url, headers, body)
    except NotAllowed as problem:
        return Answer(False, str(problem)[:24], final=False)
    except (requests.RequestException, OSError, ValueError) as problem:
        return Answer(False, type(problem).__name__[:24])


def check(url: str) -> None:
    """What can be said of an address without asking anybody. Raises NotAllowed."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        raise NotAllowed("bad address")
    if parts.scheme != "https" and not (settings.WEBHOOKS_TO_LOOPBACK and parts.scheme == "http"):
        raise NotAllowed("not https")


def _send(url: str, headers: dict[str, str], body: str) -> Answer:
    check(url)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _public_address(str(parts.hostname), port)
    literal = f"[{address}]" if ":" in address else address
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no password of this machine's
        session.mount("https://", _Pinned(str(parts.hostname)))
        # The very address that was looked at: a name that answers differently the second time leads nowhere.
        answer = session.post(
            parts._replace(netloc=f"{literal}:{port}").geturl(), data=body.encode(),
            headers=headers | {"host": parts.netloc}, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False,
            stream=True,
        )  # fmt: skip
        code = answer.status_code
        answer.close()
    return Answer(200 <= code < 300, str(code), final=code == GONE)


def _public_address(host: str, port: int) -> str:
    """Where a name leads, if everywhere it leads is public. Raises NotAllowed, OSError."""
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = ipaddress.ip_address(str(text).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if not (mapped.is_global and not mapped.is_multicast) and not (
            settings.WEBHOOKS_TO_LOOPBACK and mapped.is_loopback
        ):
            raise NotAllowed("private address")
    return str(found[0])


class _Pinned(HTTPAdapter):
    """Connects to an address, and asks it for the certificate of the name."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        more |= {"server_hostname": self.host, "assert_hostname": self.host}
        super().init_poolmanager(connections, maxsize, block, **more)
