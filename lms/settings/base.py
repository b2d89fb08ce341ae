"""Everything that is true wherever Amends runs. The other files are short deltas."""

import zoneinfo
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from lms.settings.env import env

# The pinned tzdata package decides what the local time was, not the machine: a deadline
# must not depend on which operating system counted it (docs/decisions/time-zones.md).
zoneinfo.reset_tzpath(())

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR: Path = env.path("DATA_DIR", BASE_DIR / "var")
PRIVATE_ROOT = DATA_DIR / "private"
BUILD_DIR = BASE_DIR / "build"
FONTS_DIR = BUILD_DIR / "fonts"

SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# Where links in mail and on paper point; no trailing slash.
PUBLIC_URL: str = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    # our own first: their templates and translations win
    "lms.apps.ProjectConfig",
    "lms.people",
    "lms.referrals",
    "lms.journal",
    "lms.outbox",
    "lms.keeping",
    "lms.casework",
    "lms.files",
    "lms.service",
    "courses",
    "accountability",
    "court_reports",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "court_reports.api.problems.in_one_shape",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "lms.middleware.methods",
    "lms.middleware.moment",
    "lms.middleware.Keys",
    "lms.middleware.origin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.middleware.language",
    "lms.middleware.in_place",
    "lms.middleware.own_pages_only",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.limits.Limits",
    "lms.people.sessions.Sessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "lms.middleware.private_by_default",
    "lms.middleware.second_factor",
    "lms.middleware.authoring_door",
    "lms.referrals.own.Own",
    "lms.middleware.page_policies",
    "lms.middleware.Malformed",
    "courses.refusals.InWords",
    "lms.middleware.only_buttons",
    "lms.files.middleware.NoRoom",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
SITE_ID = None

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.people.context.navigation",
            ],
            "builtins": ["lms.referrals.templatetags.amends"],
        },
    }
]
FORM_RENDERER = "lms.forms.Renderer"

# --- data -------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # IMMEDIATE: a transaction that will write takes the lock at once and waits its turn,
    # instead of dying half-way. Never set ATOMIC_REQUESTS beside it.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a court obligation survives a power cut, not only a crash.
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-20000;"
        "PRAGMA journal_size_limit=67108864;PRAGMA temp_store=MEMORY;"
        # Said aloud, whatever this SQLite was built with: a destroyed key leaves no bytes in freed pages.
        "PRAGMA secure_delete=ON;"
    ),
}
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'amends.sqlite3'}", conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits must be counted once for all workers: a local-memory cache would multiply them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "lms.cache.hidden_key",
    }
}
if CACHE_URL := env.str("CACHE_URL", ""):
    CACHES["default"] |= {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}

# --- language and time --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "lms" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- who signs in ---------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["lms.people.backends.OnceBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "lms.referrals.passwords.KnownWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "lms.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_TIMEOUT = 600
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https") else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key", "verify": "30/m/ip", "subscribe": "10/h/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", 0)

MFA_ADAPTER = "lms.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TRUST_ENABLED = False
MFA_TOTP_TOLERANCE = 1
# An authenticator app shows it, and a mailbox the sender, on a screen that others may see (security.md T27).
MFA_TOTP_ISSUER: str = env.str("MFA_TOTP_ISSUER", "Account")
MFA_FORMS = {
    "add_webauthn": "lms.people.forms.AddPasskeyForm",
    "edit_webauthn": "lms.people.forms.RenamePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
USERSESSIONS_ADAPTER = "lms.people.adapters.UserSessionsAdapter"

# How long anyone stays signed in is decided by lms.people.rules.sessions; this is the longest of them, so that
# a session which has just ended can still be told whose words it brought.
SESSION_COOKIE_AGE = int(timedelta(hours=24).total_seconds())
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lms.pages.stale_form"
INVITATION_DAYS = 14
# How often a court's own system may call the interface with one token (docs/decisions/api.md).
API_CALLS_A_MINUTE: int = env.int("API_CALLS_A_MINUTE", 120)

# --- backups --------------------------------------------------------------------------------

# How long a backup of the data lives: a name that was forgotten stands in it for that long. Certificates say so, and
# authors are told so before they agree to have a story shown.
BACKUP_DATA_DAYS: int = env.int("BACKUP_DATA_DAYS", 30)

# --- keys -----------------------------------------------------------------------------------

# The key ring wraps one key per person. "1:<base64 of 32 bytes>[,2:…]"; the highest wraps anew.
KEY_RING: str = env.str("KEY_RING", "")
KEY_RING_FILE: Path = env.path("KEY_RING_FILE", DATA_DIR / "keys" / "ring")

# Signs court reports. `manage.py make_signing_key` makes a demonstration one where none is.
SIGNING_KEY_FILE: Path = env.path("SIGNING_KEY_FILE", DATA_DIR / "keys" / "reports.key.pem")
SIGNING_CERTIFICATE_FILE: Path = env.path("SIGNING_CERTIFICATE_FILE", DATA_DIR / "keys" / "reports.cert.pem")
SIGNING_AUTHORITY_FILE: Path = env.path("SIGNING_AUTHORITY_FILE", DATA_DIR / "keys" / "reports.ca.pem")
# Or in a PKCS#12 file, or on a token behind PKCS#11 (its certificate stays a file). Password or PIN: a file of its own.
SIGNING_PKCS12_FILE: Path | None = env.path("SIGNING_PKCS12_FILE", "") if env.str("SIGNING_PKCS12_FILE", "") else None
SIGNING_PKCS11_MODULE: str = env.str("SIGNING_PKCS11_MODULE", "")
SIGNING_PKCS11_TOKEN: str = env.str("SIGNING_PKCS11_TOKEN", "")
SIGNING_PKCS11_KEY: str = env.str("SIGNING_PKCS11_KEY", "")
SIGNING_PASSWORD_FILE: Path | None = (
    env.path("SIGNING_PASSWORD_FILE", "") if env.str("SIGNING_PASSWORD_FILE", "") else None
)
# An RFC 3161 authority that says when: asked for so many seconds at most. Without its stamp a report goes all the same,
# unless it is required.
SIGNING_TIMESTAMP_URL: str = env.str("SIGNING_TIMESTAMP_URL", "")
SIGNING_TIMESTAMP_AUTHORITY_FILE: Path | None = (
    env.path("SIGNING_TIMESTAMP_AUTHORITY_FILE", "") if env.str("SIGNING_TIMESTAMP_AUTHORITY_FILE", "") else None
)
SIGNING_TIMESTAMP_SECONDS: float = env.float("SIGNING_TIMESTAMP_SECONDS", 5.0)
SIGNING_TIMESTAMP_REQUIRED: bool = env.bool("SIGNING_TIMESTAMP_REQUIRED", False)

# --- headers --------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "report-uri": ["/health/policy-report/"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "lms" / "static", BUILD_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "lms.files.storage.WholeFiles",
        # As text: Wagtail hands it to the task that deletes a file.
        "OPTIONS": {"location": str(PRIVATE_ROOT / "media"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Nothing under MEDIA_URL is ever served: uploads live outside any web root (security.md 2.3).
MEDIA_ROOT = PRIVATE_ROOT / "media"
MEDIA_URL = "/media-is-not-served/"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# What was not checked and cleaned touches no disk, not even a temporary one.
FILE_UPLOAD_HANDLERS = ["lms.files.uploads.InMemory"]
# What one request may hold: text, fields and files of a form, and all of it together (lms/limits.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
REQUEST_MAX_BYTES = 32 * 1024 * 1024
# Where authors add a recording: what is sent there is put aside sealed, never held in memory (lms/files/uploads.py).
LARGE_REQUESTS = {"/authoring/recordings/new/": 510_000_000}

# --- mail -----------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", "Messages <no-reply@amends.example>")
EMAIL_BACKEND = "lms.outbox.smtp.Backend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST: str = env.str("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT: int = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20

# --- text messages: "" (nobody is texted), "file" (development) or "http" (Twilio's Messages API) -------

SMS_PROVIDER: str = env.str("SMS_PROVIDER", "")
SMS_BASE_URL: str = env.str("SMS_BASE_URL", "https://api.twilio.com")
SMS_ACCOUNT: str = env.str("SMS_ACCOUNT", "")
SMS_TOKEN: str = env.str("SMS_TOKEN", "")
SMS_FROM: str = env.str("SMS_FROM", "")
SMS_ANSWER_SECONDS: float = env.float("SMS_ANSWER_SECONDS", 15)

# --- courts' own systems ----------------------------------------------------------------------

# Whether a court's system may be called on this machine, and without TLS: for trying it out, never for a real court.
WEBHOOKS_TO_LOOPBACK: bool = env.bool("WEBHOOKS_TO_LOOPBACK", False)

# --- sign of life ---------------------------------------------------------------------------

# Where the worker asks each minute whether the web server answers; empty: it does not ask. Not answering for
# longer than half an hour is an outage, as a dead worker is.
WEB_PULSE_URL: str = env.str("WEB_PULSE_URL", "")

# --- Celery: the doorbell; rows are the truth --------------------------------------------------

CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", "filesystem://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
if CELERY_BROKER_URL.startswith("filesystem"):
    QUEUE_DIR = DATA_DIR / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
    }
elif CELERY_BROKER_URL.startswith("amqp"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")

# --- Wagtail ----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Amends"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "courses.finishing.finish"
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILDOCS_DOCUMENT_MODEL = "courses.CourseDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.media_forms.CourseDocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf"]
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILIMAGES_IMAGE_MODEL = "courses.CoursePicture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.media_forms.CoursePictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic", "avif", "gif"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_APPEND_SLASH = True

# --- logs: no bodies, no addresses of people, no names --------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "lms.logs.WithoutWords", "format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # Its warnings hold addresses, and some of ours are keys: invitations, private calendars.
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.security.csrf": {"handlers": [], "level": "ERROR", "propagate": True},
        "amends": {"handlers": [], "level": "INFO", "propagate": True},
    },
}

# What a page may say about the house itself.
PRODUCT_NAME = _("Amends")
SECOND_FACTOR_SETUP_URL = "mfa_index"
# Overridden where a copy is for playing and testing.
DEVELOPMENT = False
