"""A world on disk that several processes share, each of which may be killed."""

import base64

from lms.settings.base import *  # noqa: F403  settings files are deltas of one another
from lms.settings.base import STORAGES
from lms.settings.env import env

DEVELOPMENT = True
SECRET_KEY = "only-for-tests-and-long-enough-to-pass-every-check-of-django-0123456789"
KEY_RING = "1:" + base64.b64encode(bytes(range(32))).decode()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DATABASES = {"default": env.dj_db_url("CRASH_DATABASE_URL")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = dict(SQLITE_OPTIONS)  # noqa: F405  of base
