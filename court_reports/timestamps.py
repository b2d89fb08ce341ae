"""Time stamps of an independent authority (RFC 3161): asked once, for a bounded time, and never again for a minute after
it failed, so that no release hangs on somebody else's server."""

import logging
from datetime import datetime, timedelta
from time import monotonic  # how long something takes, never what time it is

import requests
from asn1crypto import tsp
from cryptography import x509
from django.conf import settings
from django.core.cache import cache
from pyhanko.sign.timestamps import TimeStamper

log = logging.getLogger("amends.signing")

LONGEST = 64 * 1024  # bytes of an answer; a token has some 6 KB
REST = timedelta(minutes=1)
RESTING = "timestamps:resting"


class NoTimestamp(Exception):
    """The authority did not answer in time, or not as it should."""


class OverHTTP(TimeStamper):  # type: ignore[misc]
    """One authority by its address. Asks for as long as ``seconds`` in all, whatever the server does."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__()
        self.url, self.seconds = url, seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._ask(req.dump()))

    def _ask(self, question: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        ends = monotonic() + self.seconds
        with requests.Session() as session:
            session.trust_env = False
            with session.post(
                self.url, data=question, headers=headers, timeout=self.seconds, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != 200 or answer.headers.get("Content-Type") != "application/timestamp-reply":
                    raise NoTimestamp(f"it answered {answer.status_code}")
                got = b""
                while piece := answer.raw.read1(4096):
                    got += piece
                    if len(got) > LONGEST or monotonic() > ends:
                        raise NoTimestamp("its answer has no end")
                return got


def stamper(*, now: datetime) -> OverHTTP | None:
    """Who is to be asked now: nobody where no authority is set, or while one rests that failed a moment ago."""
    resting = cache.get(RESTING)
    if not settings.SIGNING_TIMESTAMP_URL or (resting and now < datetime.fromisoformat(resting)):
        return None
    return OverHTTP(settings.SIGNING_TIMESTAMP_URL, settings.SIGNING_TIMESTAMP_SECONDS)


def rest(problem: Exception, *, now: datetime) -> None:
    """It failed: say so, and leave it alone for a minute."""
    log.error(
        "the time-stamping authority failed (%s): what is signed now carries no time stamp", type(problem).__name__
    )
    cache.set(RESTING, (now + REST).isoformat(), 60)


def is_wanted() -> bool:
    return bool(settings.SIGNING_TIMESTAMP_URL)


def authorities() -> list[x509.Certificate]:
    """Whose time stamps are believed. Raises OSError, ValueError."""
    path = settings.SIGNING_TIMESTAMP_AUTHORITY_FILE
    return x509.load_pem_x509_certificates(path.read_bytes()) if path else []


# What may go wrong on the way, in the library or over there; none of it is a reason to lose a release.
FAILURES: tuple[type[Exception], ...] = (NoTimestamp, requests.RequestException, OSError, ValueError, TypeError)
