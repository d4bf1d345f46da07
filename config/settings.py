"""One settings file, driven by the environment (docs/how-to/settings.md); config/environment.py reads the values.

DATABASE_URL REDIS_URL SECRET_KEY DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS BASE_URL EMAIL_URL STORAGE_URL VAR_DIR DEMO SENTRY_DSN
SWEEP_SECONDS
"""

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from . import environment

BASE_DIR = Path(__file__).resolve().parent.parent
# Both: a program that a test starts inherits the variable, but is not a test and must not take the test database.
TESTING = "pytest" in sys.modules and "PYTEST_VERSION" in os.environ
DEBUG = environment.flag(os.environ.get("DEBUG")) and not TESTING
DEMO = environment.flag(os.environ.get("DEMO")) and not TESTING

if TESTING:  # never what happens to lie or run on this machine: a folder of its own, gone at the end
    _test_folder = tempfile.TemporaryDirectory(prefix="orders-test-")
    VAR_DIR = Path(_test_folder.name)
else:
    VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()

# --- who may start this, and how it is reached -------------------------------------------------------------------------------------
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = environment.listed(os.environ.get("ALLOWED_HOSTS"))
BASE_URL = os.environ.get("BASE_URL", "").rstrip("/")
_database_url = os.environ.get("DATABASE_URL", "")
if TESTING:
    SECRET_KEY, BASE_URL, ALLOWED_HOSTS = "tests only " * 6, "http://testserver", ["testserver", "localhost", "127.0.0.1"]
elif DEBUG:
    SECRET_KEY = SECRET_KEY or environment.kept_secret_key(VAR_DIR / "secret_key")
    BASE_URL = BASE_URL or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
else:
    environment.refuse_insecure(secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS, database_url=_database_url, base_url=BASE_URL)
CSRF_TRUSTED_ORIGINS = environment.listed(os.environ.get("CSRF_TRUSTED_ORIGINS")) or [BASE_URL]

# --- apps --------------------------------------------------------------------------------------------------------------------------
OUR_APPS = [
    "core",
    "organization",
    "sla",
    "documents",
    "inventory",
    "orders",
    "production",
    "procurement",
    "quality",
    "shipping",
    "finance",
    "aftersales",
    "portal",
    "reports",
    "demo",
]
INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "organization.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_otp.plugins.otp_totp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "simple_history",
    *(f"{name}.apps.{name.capitalize()}" for name in OUR_APPS if (BASE_DIR / name / "apps.py").exists()),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organization.middleware.LogInMiddleware",
    "organization.middleware.ActorMiddleware",
    "organization.middleware.SecondStepMiddleware",
    "core.middleware.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "organization.context.theme",
                "sla.context.shell",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # an order of 200 lines is one form

# --- database: explicit transactions in services, so ATOMIC_REQUESTS stays off ----------------------------------------------------
if TESTING:
    _test_database_url = os.environ.get("TEST_DATABASE_URL")
    # A file, as in the product: an in-memory database would be one connection shared by all threads of the live server.
    _database = environment.database(_test_database_url) if _test_database_url else environment.sqlite(VAR_DIR / "db", synchronous="OFF")
    if _test_database_url:  # as with the file: tests do not wait for the disk
        _database["OPTIONS"] |= {"options": "-c synchronous_commit=off"}
    _database |= {"CONN_MAX_AGE": 0, "TEST": {} if _test_database_url else {"NAME": str(VAR_DIR / "test.sqlite3")}}
else:
    _database = environment.database(_database_url) if _database_url else environment.sqlite(VAR_DIR / "db.sqlite3")
    VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": _database | {"ATOMIC_REQUESTS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people and sessions (never in a cache: it may be wiped) ----------------------------------------------------------------------
AUTH_USER_MODEL = "organization.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
# One person from one address is locked out, not everybody behind the same router.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]  # a mistyped recovery code is nobody's to read
OTP_TOTP_ISSUER = urlsplit(BASE_URL).hostname  # how the app on the phone names this product
AXES_ENABLED = not TESTING  # the tests of the lock-out switch it on

# --- language and time ------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- static files, uploaded files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").exists() else []
MEDIA_ROOT = environment.storage_path("" if TESTING else os.environ.get("STORAGE_URL", ""), VAR_DIR / "files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
WHITENOISE_USE_FINDERS = DEBUG or TESTING
if WHITENOISE_USE_FINDERS:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty: files are served from where they lie

# --- what a browser may do on our pages -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if BASE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the web server speaks plain HTTP to the proxy before it
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False  # the domain is not ours to decide on
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- Celery wakes, the database promises: a lost message must never matter --------------------------------------------------------
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
_redis_url = os.environ.get("TEST_REDIS_URL" if TESTING else "REDIS_URL", "")
if _redis_url:
    CELERY_BROKER_URL = _redis_url
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
        "socket_keepalive": True,
    }
elif TESTING:
    CELERY_BROKER_URL = "memory://"
else:  # a broker that needs no server: messages are files
    CELERY_BROKER_URL = "filesystem://localhost//"
    _broker = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
    }
    for _folder in ("messages", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}  # a page never waits for a broker
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
SWEEP_SECONDS = int(os.environ.get("SWEEP_SECONDS") or 30)
LIVE_SECONDS = 20  # how often an open page asks whether there are new notices
# A sweep that waited longer than its own interval is of no use any more: the next one does the same work.
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "sla.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- mail, logs, errors -----------------------------------------------------------------------------------------------------------
_email_url = "" if TESTING else os.environ.get("EMAIL_URL", "")
MAIL_ENABLED = bool(_email_url) or TESTING
globals().update(environment.mail(_email_url))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING" if DEBUG or TESTING else "INFO"},
}
if SENTRY_DSN := "" if TESTING else os.environ.get("SENTRY_DSN", ""):
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)

REACTIONS_RAISE = TESTING  # a reaction that fails is a failed test; in the product it is written down and tried again
