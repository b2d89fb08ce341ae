"""Twilio's Messages API, 2010-04-01 (docs/decisions/message-delivery.md says what each of its answers means)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import requests
from requests.adapters import HTTPAdapter

from lms.outbox.faults import Fault, NotSent, Refused, Uncertain
from lms.outbox.providers.base import Taken

CONNECT_SECONDS = 5
PAGE, MOST_PAGES = 200, 20
# Nothing was done with the request: it was not let in, or there were too many.
NOT_DONE = {429, 503}
# Ours to mend, and every message would meet it: wrong credentials, closed account, wrong address of the service.
OUR_TROUBLE = {401, 403, 404, 405}
UNSUBSCRIBED = "21610"
# Of this one number it will never take a message: no number, not reachable from here, not mobile, said STOP.
NEVER_TO_THIS_NUMBER = {"21211", "21214", "21217", "21408", "21612", "21614", "21635", UNSUBSCRIBED}
HAS_IT = {"accepted", "scheduled", "queued", "sending", "sent", "delivered", "read"}
DELIVERED = {"delivered", "read"}
UNDELIVERED = {"undelivered", "failed", "canceled"}


class TwilioProvider:
    """One account of one service that speaks this protocol."""

    def __init__(
        self, *, base_url: str, account: str, token: str, sender: str, callback_url: str, answer_seconds: float
    ) -> None:
        self.messages = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self.timeout = (CONNECT_SECONDS, answer_seconds)
        self.account, self.token, self.sender, self.callback_url = account, token, sender, callback_url

    def send(self, *, number: str, text: str, reference: UUID) -> str:
        form = {"To": number, "From": self.sender, "Body": text, "StatusCallback": f"{self.callback_url}{reference}/"}
        with self._session() as session:
            try:
                answer = session.post(self.messages, data=form, timeout=self.timeout, allow_redirects=False)
            except requests.exceptions.ConnectTimeout as problem:
                raise NotSent("no connection", everywhere=True) from problem
            except requests.exceptions.ConnectionError as problem:
                raise _cut_off(problem) from problem
            except requests.RequestException as problem:
                raise Uncertain("no answer", everywhere=True) from problem
        if answer.status_code in (200, 201):
            return _sid(answer)
        raise _fault(answer)

    def taken(self, *, since: datetime) -> list[Taken]:
        found: list[Taken] = []
        # By our own number alone: nobody else's stands in an address.
        url, query = self.messages, {"From": self.sender, "PageSize": str(PAGE)}
        with self._session() as session:
            for _ in range(MOST_PAGES):
                page = self._page(session, url, query)
                rows = [_taken(row) for row in page["messages"]]
                found += [row for row in rows if row.at >= since]
                following = page.get("next_page_uri")
                if not following or any(row.at < since for row in rows):
                    return found
                url, query = urljoin(self.messages, following), {}
        raise NotSent("too many to read")

    def is_signed(self, *, url: str, fields: Mapping[str, str], signature: str) -> bool:
        """Whether this request to us bears the service's own signature."""
        return hmac.compare_digest(self.signature(url=url, fields=fields).encode(), signature.encode())

    def signature(self, *, url: str, fields: Mapping[str, str]) -> str:
        """HMAC-SHA1 over the address and the sorted fields, as the protocol prescribes."""
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        return base64.b64encode(hmac.new(self.token.encode(), signed.encode(), hashlib.sha1).digest()).decode()

    def _page(self, session: requests.Session, url: str, query: dict[str, str]) -> dict[str, Any]:
        try:
            answer = session.get(url, params=query, timeout=self.timeout, allow_redirects=False)
            if answer.status_code == 200:
                page: dict[str, Any] = answer.json()
                return page
        except (requests.RequestException, ValueError) as problem:
            raise NotSent("no answer", everywhere=True) from problem
        raise NotSent(f"http {answer.status_code}", everywhere=True)

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.auth = (self.account, self.token)
        # No proxy and no .netrc of the environment; and the library itself never sends anything twice.
        session.trust_env = False
        session.mount("https://", HTTPAdapter(max_retries=0))
        session.mount("http://", HTTPAdapter(max_retries=0))
        return session


def _cut_off(problem: requests.exceptions.ConnectionError) -> Fault:
    """Refused before a byte was sent, or cut off afterwards? Only the first is certain."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    inner = problem.args[0] if problem.args else None
    if isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError):
        return NotSent("no connection", everywhere=True)
    if isinstance(problem, requests.exceptions.SSLError):
        return NotSent("no safe connection", everywhere=True)
    return Uncertain("no answer", everywhere=True)


def _fault(answer: requests.Response) -> Fault:
    status, word = answer.status_code, f"http {answer.status_code}"
    if status in NOT_DONE:
        return NotSent(word, everywhere=True, retry_after=_retry_after(answer))
    if status in OUR_TROUBLE or 300 <= status < 400:
        return NotSent(word, everywhere=True)
    if 400 <= status < 500:
        code = _code(answer)
        return Refused(code) if code in NEVER_TO_THIS_NUMBER else NotSent(code or word)
    # 500, 502, 504: the request may have been done before this answer was made, and it bears no key of ours
    # that would make asking twice harmless.
    return Uncertain(word, everywhere=True)


def _sid(answer: requests.Response) -> str:
    try:
        return str(answer.json()["sid"])[:64]
    except (ValueError, KeyError, TypeError):
        return ""  # taken, all the same


def _code(answer: requests.Response) -> str:
    try:
        return str(int(answer.json()["code"]))
    except (ValueError, KeyError, TypeError):
        return ""


def _retry_after(answer: requests.Response) -> timedelta | None:
    said = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(said)) if said.isdecimal() else None


def _taken(row: dict[str, Any]) -> Taken:
    return Taken(
        provider_id=str(row["sid"]),
        number=str(row["to"]),
        text=str(row["body"]),
        at=parsedate_to_datetime(row["date_created"]).astimezone(UTC),
        status=str(row["status"]),
        code=str(row.get("error_code") or ""),
    )
