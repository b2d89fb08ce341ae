"""Production differs from development by this short list."""

from lms.settings.base import *  # noqa: F403  settings files are deltas of one another
from lms.settings.base import DATABASES, STORAGES
from lms.settings.env import env

DEVELOPMENT = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
PUBLIC_URL = env.str("PUBLIC_URL").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_NAME = "__Host-s"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-c"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-l"
LANGUAGE_COOKIE_SECURE = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1)
# A connection that the database has dropped since the last request is replaced, not answered with an error.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Uploads are for the service alone (FILE_UPLOAD_PERMISSIONS); collected files belong to whoever installed the
# product, and the service, which is somebody else, must be able to read them.
STORAGES = STORAGES | {
    "staticfiles": STORAGES["staticfiles"] | {"OPTIONS": {"file_permissions_mode": 0o644}},
}
