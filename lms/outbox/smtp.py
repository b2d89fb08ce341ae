"""The mail server's answers, told apart: refused, not sent, or nobody knows."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from lms.outbox.faults import Fault, NotSent, Refused, Uncertain


class CutOffInMidMessage(smtplib.SMTPServerDisconnected):
    """The line broke after the message had begun to go over: the server may have it."""


class _Told:
    """An SMTP conversation that remembers whether the message itself had begun."""

    def data(self, msg: Any) -> Any:
        try:
            return super().data(msg)  # type: ignore[misc]
        except (smtplib.SMTPServerDisconnected, TimeoutError) as problem:
            raise CutOffInMidMessage(str(type(problem).__name__)) from problem


class _Plain(_Told, smtplib.SMTP):
    pass


class _Tls(_Told, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    """Django's own, with a conversation that remembers."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Tls if self.use_ssl else _Plain


def fault_of(problem: Exception) -> Fault:
    """What the mail library's exception says of the message."""
    word = type(problem).__name__
    match problem:
        case CutOffInMidMessage():
            return Uncertain(word)
        case smtplib.SMTPRecipientsRefused():
            return _of_recipients(problem)
        case smtplib.SMTPAuthenticationError() | smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return NotSent(word, everywhere=True)
        case smtplib.SMTPSenderRefused():
            # Whoever we say we are is not taken, or the server is closing (421): so it is for every message.
            return NotSent(str(problem.smtp_code), everywhere=True)
        case smtplib.SMTPResponseException():
            return NotSent(str(problem.smtp_code))
        case _:
            return NotSent(word)


def _of_recipients(problem: smtplib.SMTPRecipientsRefused) -> Fault:
    """4xx is “not now” (a full mailbox, greylisting), 5xx is “never”."""
    codes = [code for code, _ in problem.recipients.values()]
    if codes and all(400 <= code < 500 for code in codes):
        return NotSent(str(codes[0]))
    return Refused(str(codes[0]) if codes else "refused")
