"""A real mail server on this machine that can be away, cut off, or say no."""

import socket
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Post:
    """Counts what reaches it by the number each message bears; the same port each time it is opened."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refuse: dict[str, str] = {}
        self._server: Controller | None = None

    @property
    def arrived(self) -> Counter[str]:
        return Counter(str(letter["Message-ID"]).strip("<>").partition("@")[0] for letter in self.letters)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.letters.append(message_from_bytes(bytes(envelope.content or b""), policy=policy.default))
        self.envelopes.append(envelope)
        return "250 OK"

    def open(self) -> None:
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


class CutsOff:
    """A mail server that takes a message whole and then breaks the line instead of saying so."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.taken = 0
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as said:
                line.sendall(b"220 here\r\n")
                for words in said:
                    if words.upper().startswith(b"DATA"):
                        line.sendall(b"354 go on\r\n")
                        while said.readline() != b".\r\n":
                            pass
                        self.taken += 1
                        break
                    line.sendall(b"250 OK\r\n")

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()
