"""Development and demonstration: everything in DATA_DIR, mail in a mailbox page."""

import base64
import secrets

from lms.settings.base import *  # noqa: F403  settings files are deltas of one another
from lms.settings.base import DATA_DIR, PRIVATE_ROOT, STORAGES
from lms.settings.env import env


def _kept_secret(name: str) -> str:
    """A secret of this copy alone, made on first use and kept beside its data."""
    path = DATA_DIR / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


def _kept_ring() -> None:
    """A key ring of this copy alone, beside its data."""
    ring = DATA_DIR / "keys" / "ring"
    if not ring.exists():
        ring.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        ring.touch(mode=0o600)
        ring.write_text("1:" + base64.b64encode(secrets.token_bytes(32)).decode())


DEVELOPMENT = True
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or _kept_secret("secret")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.list("ALLOWED_HOSTS", [])]
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
SMS_PROVIDER = env.str("SMS_PROVIDER", "file")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PRIVATE_ROOT.mkdir(parents=True, exist_ok=True)
(DATA_DIR / "queue" / "control").mkdir(parents=True, exist_ok=True)
_kept_ring()
