"""A server on this machine that speaks the protocol of the provider of text messages, and its faults."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.test import Client

ACCOUNT, TOKEN, SENDER = "AC" + "0" * 32, "a token of tests alone", "+18335550000"


class Service:
    """What the provider has, what it was asked, and what it is to do wrong next."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.callbacks: dict[str, str] = {}
        self.addresses: list[str] = []
        self.faults: list[str] = []
        self.always = ""
        self.now = datetime(2026, 1, 5, 14, tzinfo=UTC)
        self.go_on = Event()
        self.url = ""

    def arrived(self) -> Counter[str]:
        """How many times each (number, words) was taken."""
        return Counter(f"{m['to']}|{m['body']}" for m in self.messages)

    def take(self, form: dict[str, str]) -> dict[str, str]:
        row = {
            "sid": f"SM{len(self.messages):032}", "to": form["To"], "from": form["From"], "body": form["Body"],
            "status": "queued", "date_created": format_datetime(self.now), "error_code": "",
        }  # fmt: skip
        self.messages.append(row)
        self.callbacks[row["sid"]] = form["StatusCallback"]
        return row


class Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        self.service.addresses.append(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if not self._is_let_in():
            return self._answer(401, {"code": 20003})
        fault = self.service.faults.pop(0) if self.service.faults else self.service.always
        if fault == "429":
            return self._answer(429, {"code": 20429}, {"Retry-After": "1200"})
        if fault == "500 before":
            return self._answer(500, {"code": 20500})
        if fault.isdecimal() and len(fault) == 5:
            return self._answer(400, {"code": int(fault), "message": f"The number {form['To']} is wrong"})
        if fault == "503":
            return self._answer(503, {})
        row = self.service.take(form)
        if fault == "500 after":
            return self._answer(500, {"code": 20500})
        if fault == "timeout":
            self.service.go_on.wait(20)
            return None
        if fault == "cut":
            self.close_connection = True
            return self.connection.close()
        return self._answer(201, row)

    def do_GET(self) -> None:
        self.service.addresses.append(self.path)
        if not self._is_let_in():
            return self._answer(401, {"code": 20003})
        query = parse_qs(urlsplit(self.path).query)
        size, page = int(query.get("PageSize", ["50"])[0]), int(query.get("Page", ["0"])[0])
        newest = self.service.messages[::-1]
        more = len(newest) > (page + 1) * size
        following = f"{urlsplit(self.path).path}?PageSize={size}&Page={page + 1}" if more else None
        return self._answer(200, {"messages": newest[page * size :][:size], "next_page_uri": following})

    def _is_let_in(self) -> bool:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return self.path.startswith(f"/2010-04-01/Accounts/{ACCOUNT}/") and self.headers["Authorization"] == expected

    def _answer(self, status: int, body: dict, headers: dict[str, str] | None = None) -> None:
        words = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(words)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        """It says nothing."""


@contextmanager
def a_service() -> Iterator[Service]:
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"service": service}))
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def call_back(client: Client, url: str, fields: dict[str, str], token: str = TOKEN):
    """A request to us as the provider signs it; worked out here from its own description of the protocol."""
    signed = (url + "".join(name + value for name, value in sorted(fields.items()))).encode()
    signature = base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest()).decode()
    return client.post(urlsplit(url).path, fields, headers={"X-Twilio-Signature": signature})
