"""The tests: real parts, awkward on purpose."""

import base64
import tempfile
from pathlib import Path

from lms.settings.base import *  # noqa: F403  settings files are deltas of one another
from lms.settings.base import DATABASES, SQLITE_OPTIONS, STORAGES

DEVELOPMENT = True
SECRET_KEY = "only-for-tests-and-long-enough-to-pass-every-check-of-django-0123456789"
DATA_DIR = Path(tempfile.mkdtemp(prefix="amends-test-"))
PRIVATE_ROOT = DATA_DIR / "private"
MEDIA_ROOT = PRIVATE_ROOT / "media"
EMAIL_FILE_PATH = DATA_DIR / "mail"
SIGNING_KEY_FILE = DATA_DIR / "keys" / "reports.key.pem"
SIGNING_CERTIFICATE_FILE = DATA_DIR / "keys" / "reports.cert.pem"
SIGNING_AUTHORITY_FILE = DATA_DIR / "keys" / "reports.ca.pem"
KEY_RING = "1:" + base64.b64encode(bytes(range(32))).decode()
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# An awkward zone on purpose: code that leans on the default zone shows itself.
TIME_ZONE = "Asia/Kathmandu"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "default": {
        "BACKEND": "lms.files.storage.WholeFiles",
        "OPTIONS": {"location": str(PRIVATE_ROOT / "media"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": CACHES["default"] | {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
WHITENOISE_USE_FINDERS = True
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads and the browser's server share it as they do for real.
    DATABASES["default"]["NAME"] = str(DATA_DIR / "amends.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS | {
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA temp_store=MEMORY;PRAGMA secure_delete=ON;"
    }
else:
    # What a power cut would take is not tested here.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
DATABASES["default"]["CONN_MAX_AGE"] = 0
