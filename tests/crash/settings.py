"""A world on disk that several processes share, each of which may be killed, in a time of its own."""

import base64
import os
from datetime import datetime
from pathlib import Path

from lms import clock
from lms.settings.base import *  # noqa: F403  settings files are deltas of one another
from lms.settings.base import STORAGES
from lms.settings.env import env

DEVELOPMENT = True
SECRET_KEY = "only-for-tests-and-long-enough-to-pass-every-check-of-django-0123456789"
KEY_RING = os.environ.get("CRASH_KEY_RING") or "1:" + base64.b64encode(bytes(range(32))).decode()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
# As in production: connections are kept, and one that died is replaced.
DATABASES = {"default": env.dj_db_url("CRASH_DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = dict(SQLITE_OPTIONS)  # noqa: F405  of base
EMAIL_PORT = env.int("CRASH_SMTP_PORT", 25)
# A month is lived in a minute or two: workers look for work often.
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"polling_interval": 0.01}  # noqa: F405  of base
if CELERY_BROKER_URL.startswith("filesystem"):  # noqa: F405  of base
    QUEUE_DIR.mkdir(parents=True, exist_ok=True)  # noqa: F405  of base

# The simulated time: a file that every process of this world reads whenever it asks what time it is.
# The product itself knows no such thing, so nobody can tell it a wrong time.
if CLOCK := os.environ.get("CRASH_CLOCK"):
    clock.now = lambda: datetime.fromisoformat(Path(CLOCK).read_text())
