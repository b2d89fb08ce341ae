"""The people: real requests to the web server, sent again as a browser is told to when the connection dies."""

import json
import os
import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.crash.deeds import Deed

PATIENCE = 90.0
PASSWORD = "a long and quiet passphrase"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Unkind(Exception):
    """The web answered something that nobody should ever see."""


# Where somebody who waits for it hears that a form is being sent.
sending: list[int] = []


def do(deeds: Iterable[Deed], port: int) -> None:
    """Each deed until it is answered; what was answered is written down, one line each."""
    with (Path(os.environ["DATA_DIR"]) / "answers.jsonl").open("a") as answers:
        for deed in deeds:
            tries = _do(deed, port)
            answers.write(json.dumps({"what": deed.what, "on": f"{deed.case}/{deed.number:02}", "tries": tries}) + "\n")
            answers.flush()


def _do(deed: Deed, port: int) -> int:
    from accountability.models import CheckIn
    from lms.referrals.models import Referral

    referral = _patiently(
        lambda: Referral.objects.select_related("person", "facilitator", "program").get(case_number=deed.case)
    )
    if deed.what == "release":
        return _release(referral, port)
    row = _patiently(lambda: CheckIn.objects.get(track__referral=referral, number=deed.number))
    if deed.what in ("accept", "return"):
        browser = Browser(referral.facilitator, port)
        fields = {"outcome": "accepted" if deed.what == "accept" else "returned", "note": note(deed)}
        page = f"/facilitate/track/check-ins/{row.pk}/"
        return browser.fill_in(page, fields, to=f"{page}review/")
    browser = Browser(referral.person, port)
    page = f"/check-ins/{row.pk}/"
    fields = answers_of(deed, _patiently(lambda: _questions(referral)))
    if deed.what == "draft":
        return browser.fill_in(page, fields, to=f"{page}draft/")
    return browser.fill_in(page, fields, twice=deed.what == "twice")


def note(deed: Deed) -> str:
    return "Please say a little more." if deed.what == "return" else ""


def answers_of(deed: Deed, questions: list[tuple[str, str]]) -> dict[str, str]:
    """Words that nobody else writes, so that they are known again."""
    words = f"{deed.what} of {deed.case}/{deed.number}"
    answers = {
        key: {"scale": "4", "choice": "0", "attendance": "there", "changed": "none"}.get(kind, words)
        for key, kind in questions
    }
    return answers | {"help": "call" if deed.what == "ask for help" else "no"}


def _questions(referral: Any) -> list[tuple[str, str]]:
    from accountability.models.forms import form_in_force
    from lms import clock

    form = form_in_force(referral.program, clock.now())
    return [(question.key, question.kind) for question in form.in_language("en")] if form else []


def _release(referral: Any, port: int) -> int:
    """The first report of the case, as soon as it is drafted: somebody looks again until it is there."""
    from court_reports.models import Report

    def drafted() -> Any:
        return Report.objects.filter(referral=referral, schedule_key__endswith=":enrollment").first()

    until = time.monotonic() + PATIENCE
    while (report := _patiently(drafted)) is None:
        if time.monotonic() > until:
            raise Unkind(f"no report was drafted for {referral.case_number}")
        time.sleep(0.05)
    browser = Browser(referral.facilitator, port)
    browser.fill_in("/accounts/reauthenticate/?next=/", {"password": PASSWORD})
    return browser.fill_in(f"/facilitate/reports/{report.pk}/release/", {})


class Browser:
    """Somebody who is signed in, every factor shown."""

    def __init__(self, user: Any, port: int) -> None:
        from django.test import Client

        from tests.conftest import sign_in_session

        client = Client()
        _patiently(lambda: sign_in_session(client, user))
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.port = port

    def fill_in(self, page: str, fields: dict[str, str], *, to: str = "", twice: bool = False) -> int:
        """Open the page, send its form; once more the same form whenever no answer came. How often it was sent."""
        body = self._until_answered(page, {200})
        token = TOKEN.search(body)
        if token is None:
            raise Unkind(f"{page} has no form")
        form = urlencode(fields | {"csrfmiddlewaretoken": token[1].decode()})
        tries = 0
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            tries += 1
            answered = self._send("POST", to or page, form, copies=2 if twice else 1)
            if answered is None or answered[0] >= 500:
                time.sleep(0.05)
                continue
            if answered[0] in (200, 302) and b'name="csrfmiddlewaretoken"' not in (answered[1] if to == "" else b""):
                return tries
            raise Unkind(f"{to or page}: {answered[0]}")
        raise Unkind(f"{to or page}: no answer")

    def _until_answered(self, page: str, good: set[int]) -> bytes:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answered = self._send("GET", page)
            if answered and answered[0] in good:
                return answered[1]
            if answered and answered[0] < 500:
                raise Unkind(f"{page}: {answered[0]} {answered[1][:80]!r}")
            time.sleep(0.03)
        raise Unkind(f"{page}: no answer")

    def _send(self, verb: str, path: str, form: str = "", *, copies: int = 1) -> tuple[int, bytes] | None:
        """The answer to the last of ``copies`` sent at once; None where the connection died."""
        lines = [HTTPConnection("127.0.0.1", self.port, timeout=30) for _ in range(copies)]
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if verb == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answered = None
        try:
            for line in lines:
                line.request(verb, path, form or None, headers)
            for ear in sending if verb == "POST" else ():
                os.write(ear, b".")
            for line in lines:
                response = line.getresponse()
                answered = response.status, response.read() or (response.getheader("Location") or "").encode()
                for cookie in response.headers.get_all("Set-Cookie") or ():
                    name, _, value = cookie.partition(";")[0].partition("=")
                    self.cookies[name] = value
        except (OSError, HTTPException):
            return None
        finally:
            for line in lines:
                line.close()
        return answered


def _patiently(ask: Callable[[], Any]) -> Any:
    """What the harness itself asks of the database; it is started anew now and then."""
    from tests.crash.patience import patiently

    return patiently(ask, PATIENCE)


def moments(deeds: Iterable[Deed]) -> set[datetime]:
    return {deed.at for deed in deeds}
