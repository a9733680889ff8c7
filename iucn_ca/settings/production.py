"""The complete, strict settings, read from the environment and, for what it lacks, `var/env` that `make run` writes."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE
from environ.fileaware_mapping import FileAwareMapping

from iucn_ca.postgresql import Connection

from .log import LOGGING, with_error_mail

BASE_DIR = Path(__file__).resolve().parents[2]


class Environment(FileAwareMapping):
    """NAME, or what the file says that NAME_FILE names; editors end a file with a line end."""

    def __getitem__(self, name):
        try:
            return super().__getitem__(name).strip()
        except (OSError, UnicodeError) as error:
            raise SystemExit(f"{name}_FILE: {error}") from error


env = environ.Env()
env.ENVIRON = Environment()
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
if (VAR_DIR / "env").is_file():
    env.read_env(VAR_DIR / "env")


def required(name):
    """End the start with one line, not a traceback, in whatever process reads the settings first."""
    value = env.str(name, default="").strip()
    if not value:
        raise SystemExit(f"{name} is not set. `make run` writes one to var/env; elsewhere see .env.example.")
    return value


# Address: the scheme of SITE_URL alone decides between plain http (loopback) and strict https.

SECRET_KEY = required("SECRET_KEY")
SITE_URL = required("SITE_URL").rstrip("/")
_address = urlsplit(SITE_URL)
if _address.scheme not in ("http", "https") or not _address.hostname or _address.path:
    raise SystemExit(f"SITE_URL is {SITE_URL!r}; it must look like https://www.example.org, without a path.")

_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
_host = f"[{_address.hostname}]" if ":" in _address.hostname else _address.hostname
ALLOWED_HOSTS = _LOOPBACK if _host in _LOOPBACK else [_host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
WAGTAILADMIN_BASE_URL = SITE_URL

if HTTPS := _address.scheme == "https":
    # A proxy ends TLS in front of the site; it must always set this header itself.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# The health addresses are asked by the machine itself, which speaks plain http.
SECURE_REDIRECT_EXEMPT = [r"^-/"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # preloading binds the whole domain for years: its owner's decision, not this site's
]

# Application

DEBUG = False
ROOT_URLCONF = "iucn_ca.urls"
WSGI_APPLICATION = "iucn_ca.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "initiatives",
    "species",
    "regions",
    "iucn_ca.apps.IucnCaConfig",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "iucn_ca.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    "iucn_ca.caching.PageCacheMiddleware",
    # Kept with a copy; said with every other answer.
    "iucn_ca.policies.PolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "iucn_ca.logs.RequestIdMiddleware",
    "iucn_ca.middleware.InputGuardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "iucn_ca.middleware.PathLocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "iucn_ca.access.SecondFactorMiddleware",
    "iucn_ca.audit.ExportMiddleware",
    "iucn_ca.publishing.IncompletePageMiddleware",
    "iucn_ca.admin_guard.AdminGuardMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "iucn_ca.redirects.PublicRedirectMiddleware",
    "iucn_ca.publishing.WholePageMiddleware",
]
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
            ],
        },
    }
]

# Database: PostgreSQL by DATABASE_URL, else SQLite in WAL mode, where readers never wait for the writer.

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
_database["CONN_HEALTH_CHECKS"] = True
if _database["ENGINE"] == "django.db.backends.postgresql":
    _database["ENGINE"] = "iucn_ca.postgresql"
    # compose.yaml has it in a file, once for the server and for the site.
    _database["PASSWORD"] = _database["PASSWORD"] or env.str("POSTGRES_PASSWORD", default="")
    _database["OPTIONS"] = {
        "connect_timeout": 3,
        "pool": {
            "connection_class": Connection,
            "min_size": 1,
            # A process serves four threads.
            "max_size": 4,
            "timeout": 3,
            # The pauses between its attempts double: they would outlast the database's absence.
            "reconnect_timeout": 1,
        },
        **_database.get("OPTIONS", {}),
    }
else:
    # Opening the file anew for every request would take longer than all the questions of a small page.
    _database.setdefault("CONN_MAX_AGE", 60)
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
    }

# Shared by the site's processes: files, or with several machines a Redis. One that is lost only makes the site slower.

REDIS = {
    "BACKEND": "django_redis.cache.RedisCache",
    "OPTIONS": {
        "IGNORE_EXCEPTIONS": True,
        "SOCKET_CONNECT_TIMEOUT": 0.5,
        "SOCKET_TIMEOUT": 0.5,
        "CONNECTION_POOL_CLASS": "iucn_ca.redis_pool.Pool",
    },
}
if REDIS_URL := env.str("REDIS_URL", default=""):
    _shared = {**REDIS, "LOCATION": REDIS_URL}
else:
    _shared = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache"}


def _cache(name, version=1, **options):
    place = {} if REDIS_URL else {"LOCATION": VAR_DIR / "cache" / name, "OPTIONS": options}
    return {**_shared, "KEY_PREFIX": name, "VERSION": version, **place}


TIMES = {"BACKEND": "iucn_ca.times.TimeCache", "LOCATION": VAR_DIR / "cache" / "numbers"}
CACHES = {
    "default": _cache("default"),
    # The page cache; see iucn_ca/caching.py and generation.py. Another version with another shape of its copies: those
    # of the site before are then not found. The numbers are for the sites of both versions.
    "numbers": _cache("default") if REDIS_URL else TIMES,
    "pages": _cache("pages", version=2, MAX_ENTRIES=20_000),
    "queries": _cache("queries", version=2, MAX_ENTRIES=2_000),
    # Pictures keep a note of their renditions themselves; copies here would outlive a restored database.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
PAGE_LOCKS = VAR_DIR / "cache" / "locks"
# A browser asks each time whether its copy still holds.
KEPT_CACHE_CONTROL = "public, max-age=0, must-revalidate"
if FRONTEND_CACHE_URL := env.str("FRONTEND_CACHE_URL", default=""):
    INSTALLED_APPS.append("wagtail.contrib.frontend_cache")
    WAGTAILFRONTENDCACHE = {
        "front": {
            "BACKEND": "iucn_ca.front.PurgeBackend",
            "LOCATION": FRONTEND_CACHE_URL,
        }
    }
    # It is told of the page that is published; the lists that name it it may show for a minute more.
    KEPT_CACHE_CONTROL = "public, max-age=0, s-maxage=60, stale-if-error=86400"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = env.str("MEDIA_URL", default="/media/")
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))).resolve()
STORAGES = {
    "default": {"BACKEND": "iucn_ca.media_folder.Folder"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if MEDIA_S3_BUCKET := env.str("MEDIA_S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "iucn_ca.media.Bucket",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": env.str("MEDIA_S3_ENDPOINT", default=None) or None,
            # Without them the machine's own role.
            "access_key": env.str("AWS_ACCESS_KEY_ID", default=None) or None,
            "secret_key": env.str("AWS_SECRET_ACCESS_KEY", default=None) or None,
            # Another file of the same name gets a name of its own.
            "file_overwrite": False,
        },
    }

# What a page may load and do (iucn_ca/policies.py says which answer has which policy). Nothing is inline.

_pictures = urlsplit(MEDIA_URL)
_pictures = [SELF, "data:", *([f"{_pictures.scheme or 'https'}://{_pictures.netloc}"] if _pictures.netloc else [])]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": _pictures,
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Inside the admin: Wagtail writes styles and scripts inline and previews pages in frames.
CONTENT_SECURITY_POLICY_OF_STAFF = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [*_pictures, "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
# What is no page does nothing, whatever is in it.
CONTENT_SECURITY_POLICY_OF_FILES = {"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": True}
PERMISSIONS_POLICY = {
    name: []
    for name in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
        *("magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking"),
    )
}

# Uploads

# A long page has more fields than Django's thousand.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Accounts

AUTH_USER_MODEL = "iucn_ca.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"
ACCOUNT_ADAPTER = "iucn_ca.access.AccountAdapter"
ACCOUNT_FORMS = {"login": "iucn_ca.access.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Of codes; wrong passwords are counted below. These are kept in the cache: one that is away lets no code through.
ACCOUNT_RATE_LIMITS = {"login": None, "reauthenticate": None, "login_failed": "5/10m/key"}
# A proxy in front adds the visitor's address last; what stands before that anybody may have written.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
SECOND_FACTOR_REQUIRED = HTTPS
MFA_FORMS = {"activate_totp": "iucn_ca.access.ActivateTOTPForm"}
MFA_TOTP_ISSUER = "IUCN Central Asia"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
AXES_HANDLER = "iucn_ca.access.LockOut"
AXES_CLIENT_IP_CALLABLE = "iucn_ca.access.counted_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
FAILURES_OF_AN_ADDRESS = 20
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login"]
# Nothing is sent but errors, below: `make admin-password` takes the place of a reset by mail.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
WAGTAIL_PASSWORD_RESET_ENABLED = False

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("ru", "Русский"), ("uz", "Oʻzbekcha")]
FORMAT_MODULE_PATH = ["iucn_ca.formats"]
TIME_ZONE = "Asia/Tashkent"
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("ru", "Русский")]
WAGTAIL_ALLOW_UNICODE_SLUGS = False

# Wagtail

# Who may read a private page logs in where staff do.
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAIL_SITE_NAME = "IUCN Central Asia Office"
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"},
}
WAGTAILIMAGES_IMAGE_MODEL = "iucn_ca.CreditedImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "iucn_ca.image_forms.CreditedImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpg", "jpeg", "png", "webp"]
# At Wagtail's own 61 an AVIF file is sometimes larger than the WebP beside it.
WAGTAILIMAGES_AVIF_QUALITY = 45
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 2**20
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 2**20
# Through a view that asks for permission, never by guessing a path.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "iucn_ca.document_forms.DocumentForm"
# Every document is an attachment, and has the policy of files, which is stricter than the one that Wagtail would give.
WAGTAILDOCS_INLINE_CONTENT_TYPES = []
WAGTAILDOCS_BLOCK_EMBEDDED_CONTENT = False
# Shared passwords are kept in plain text: privacy goes by group only.
WAGTAIL_PRIVATE_PAGE_OPTIONS = WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# The site asks no other host for anything.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS = []

# Errors by mail, beside the log

if ERROR_MAIL_TO := env.list("ERROR_MAIL_TO", default=[]):
    required("EMAIL_URL")
    LOGGING = with_error_mail(LOGGING, env.email_url("EMAIL_URL"), ERROR_MAIL_TO)
