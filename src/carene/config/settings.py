# SPDX-License-Identifier: EUPL-1.2
"""Django settings. Everything that varies comes from the environment (see docs/guide/exploitation.md)."""

from pathlib import Path
from urllib.parse import unquote, urlparse

from csp.constants import NONE, SELF

from carene.config import env
from carene.config.sign_in import *  # noqa: F403

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(env.text("CARENE_VAR", "var")).resolve()

DEBUG = env.boolean("CARENE_DEBUG")
ALLOWED_HOSTS = env.items("CARENE_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.items("CARENE_ORIGINS")


def _secret_key() -> str:
    """The key given by the environment, else one made once and kept in the data folder, readable by its owner only."""
    given = env.text("CARENE_SECRET_KEY")
    if given:
        return given
    path = VAR / "secret_key"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    import secrets

    key = secrets.token_urlsafe(64)
    temporary = path.with_name(".secret_key")  # then renamed: a first start cut short leaves no empty key behind
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        temporary.touch(mode=0o600)
        temporary.write_text(key, encoding="ascii")
        temporary.replace(path)
    except OSError as error:
        raise env.SettingError(
            f"le dossier de données {VAR} ne peut pas être écrit", remedy="vérifier CARENE_VAR et ses droits"
        ) from error
    return key


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.items("CARENE_SECRET_KEY_OLD")  # still open what they closed; to be removed later

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "carene.config",
    "carene.core.database",
    "carene.core.accounts",
    "carene.core.tenancy",
    "carene.core.access",
    "carene.core.journal",
    "carene.core.files",
    "carene.core.jobs",
    "carene.core.letters",
    "carene.core.row_security",
    "carene.ui",
    "carene.apps.organisations",
    "carene.apps.indicators",
    "carene.apps.evidence",
    "carene.apps.assessments",
    "carene.apps.roadmaps",
    "carene.apps.risks",
    "carene.apps.governance",
    "carene.apps.resources",
    "carene.apps.observatory",
    "carene.apps.funding",
    "carene.apps.campaigns",
    "carene.apps.reports",
    "carene.apps.exchange",
    "carene.apps.history",
    "carene.apps.sharing",
    "carene.apps.home",
    "carene.apps.demonstration",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # first: what the others answer by themselves has the policy too
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "carene.ui.middleware.NotKeptMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "carene.core.access.middleware.ActorMiddleware",
    "carene.core.accounts.second_factor.SecondFactorMiddleware",
    "carene.ui.middleware.UserErrorMiddleware",
]

ROOT_URLCONF = "carene.config.urls"
WSGI_APPLICATION = "carene.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "carene.ui.context.shell",
                "carene.core.accounts.demo.people",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "carene.ui.templatetags.ui"],
        },
        "DIRS": [PACKAGE / "ui" / "templates"],
    }
]


def _database(url: str) -> dict[str, object]:
    """Django's database dictionary for ``sqlite:///path`` or ``postgresql://user:password@host:port/name``."""
    parsed = urlparse(url)
    if parsed.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parsed.path.removeprefix("/")) or str(VAR / "carene.sqlite3"),
            "CONN_MAX_AGE": 600,  # opening one anew costs a page a fifth of its time
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-4000;"
                ),
            },
        }
    if parsed.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "carene.core.database.postgresql",
            "NAME": parsed.path.removeprefix("/"),
            "USER": unquote(parsed.username or ""),
            "PASSWORD": unquote(parsed.password or ""),
            "HOST": parsed.hostname or "",
            "PORT": str(parsed.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # A list of choices would take three trips instead of one; and a pooler may give each to another server.
            "DISABLE_SERVER_SIDE_CURSORS": True,
            # Compiling a query that takes 20 ms takes 400: no page of ours asks for one that is worth it.
            # The register fits in memory: a page read at random costs what one read in order does. With the usual 4,
            # the whole country is read to find the 5,600 establishments of a region.
            "OPTIONS": {"options": "-c jit=off -c random_page_cost=1.1"},
        }
    raise env.SettingError(
        "l'adresse de la base ne commence ni par sqlite:/// ni par postgresql://",
        remedy="corriger CARENE_DATABASE ou CARENE_DATABASE_OWNER",
    )


DATABASES = {"default": _database(env.text("CARENE_DATABASE", f"sqlite:///{VAR / 'carene.sqlite3'}"))}
POSTGRESQL = "postgresql" in str(DATABASES["default"]["ENGINE"])


def _owner() -> dict[str, object] | None:
    """The role that owns the tables: for commands (carene.core.row_security.roles), not for who only serves pages."""
    given = env.text("CARENE_DATABASE_OWNER") if POSTGRESQL else ""
    owner = _database(given) if given else None
    if owner and owner["NAME"] != DATABASES["default"]["NAME"]:
        raise env.SettingError(
            "CARENE_DATABASE_OWNER ne désigne pas la même base que CARENE_DATABASE", remedy="n'y changer que le rôle"
        )
    return owner


DATABASE_OWNER = _owner()
# Rate limits and used codes live here: shared by all processes when there are several.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    if POSTGRESQL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What can be computed again, up to 350 kB each: kept apart, so that it never pushes a used code out of the other.
    "computed": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "computed",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 24},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "carene.core.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "carene.core.accounts.forms.SignInForm",
    "reset_password": "carene.core.accounts.forms.ForgottenPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False

HTTPS = env.boolean("CARENE_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Being on the browsers' preloaded list is a decision of the owner of the domain, not of an application on it.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("CARENE_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = env.text("CARENE_TIMEZONE", "Europe/Paris")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "carene.ui.storage.HashedStorage"
    },
}
FILES_ROOT = VAR / "files"
MAX_UPLOAD_BYTES = env.integer("CARENE_MAX_UPLOAD_MB", 20) * 1024 * 1024
JOBS_HERE = env.boolean("CARENE_JOBS", default=True)  # False: « carene work » runs elsewhere
CLAMAV = env.address("CARENE_CLAMAV")  # None: what people send is not scanned
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000  # the preview of an import has one box for each of its 20 000 lines at most
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("CARENE_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend"
    if DEBUG
    else "carene.core.accounts.mail.Unconfigured"
)
EMAIL_TIMEOUT = 10
EMAIL_HOST = env.text("CARENE_SMTP_HOST")
EMAIL_PORT = env.integer("CARENE_SMTP_PORT", 25)
DEFAULT_FROM_EMAIL = env.text("CARENE_MAIL_FROM", "carene@localhost")
# What addresses in letters begin with; empty: letters hold no address.
PUBLIC_URL = env.text("CARENE_URL", (CSRF_TRUSTED_ORIGINS or [""])[0]).rstrip("/")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "carene.core.accounts.redaction.RedactingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if not DEBUG else "DEBUG"},
    "loggers": {"django.db.backends": {"level": "INFO"}},
}
