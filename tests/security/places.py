"""Every address of ours with a real id behind it, and one account of each kind that may come near it."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from lms.people.models import User
from tests.builders import a_court_user, an_administrator, an_auditor, an_author
from tests.invariants.test_08_everybody_reaches_only_their_own import Case

SignIn = Callable[[User], Client]

OPEN = ("/", "/verify/", "/pages/help/", "/pages/privacy/", "/pages/accessibility/", "/accounts/login/",
        "/accounts/password/reset/", "/health/live/", "/health/ready/", "/invitations/no-such-key/", "/nothing-here/",
        "/learn/x.css")  # fmt: skip
ACCOUNT = ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
           "/accounts/sessions/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/2fa/webauthn/",
           "/accounts/2fa/recovery-codes/")  # fmt: skip
LISTS = ("/", "/agreements/", "/learn/", "/check-ins/", "/my-reports/", "/facilitate/", "/facilitate/course/",
         "/facilitate/track/", "/facilitate/reports/", "/court/", "/court/refer/", "/court/refer/file/",
         "/court/refer/file/template.csv", "/court/reports/", "/session/")  # fmt: skip
AUTHORING = ("/authoring/", "/authoring/pages/", "/authoring/account/", "/authoring/reports/site-history/",
             "/authoring/images/", "/authoring/documents/", "/authoring/question/", "/authoring/invitation/new/")  # fmt: skip


def everyone(case: Case) -> dict[str, User]:
    """One account of each kind with business near this case."""
    return {
        "person": case.person,
        "facilitator": case.facilitator,
        "administrator": an_administrator(case.program),
        "auditor": an_auditor(case.program),
        "clerk": a_court_user(case.court),
        "author": an_author(case.program),
    }


def all_addresses(case: Case) -> list[str]:
    feed = reverse("check_ins:feed", args=[case.track.feed_key])
    return [*OPEN, *ACCOUNT, *LISTS, *AUTHORING, feed, *case.addresses().values()]
