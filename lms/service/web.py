"""Does the web server answer? Asked by the worker: a living worker beside a dead web server is an outage too."""

from urllib.parse import urlsplit

import requests
from django.conf import settings

SECONDS = 10


def answers() -> bool:
    """True also where nobody is to be asked (WEB_PULSE_URL is empty)."""
    if not settings.WEB_PULSE_URL:
        return True
    public = urlsplit(settings.PUBLIC_URL)
    # It may be asked behind its proxy: under its own name, and as if by https.
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme, "Accept": "application/json"}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(settings.WEB_PULSE_URL, headers=headers, timeout=SECONDS, allow_redirects=False)
            return answer.status_code == 200 and answer.json().get("status") == "ok"
    except (requests.RequestException, ValueError, AttributeError):
        return False
