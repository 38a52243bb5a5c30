"""Django settings, read from the environment; docs/OPERATIONS.md lists every variable."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from shop import connections, env, identities

django_stubs_ext.monkeypatch()  # ModelAdmin[Order] and the like
BASE_DIR = Path(__file__).resolve().parents[1]

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
DEBUG = env.boolean("DEBUG", default=False)
DEMO = env.boolean("DEMO", default=False)
SITE_URL = env.url("SITE_URL", schemes=("http", "https"))
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "", *env.words("ALLOWED_HOSTS")]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, whose forms it extends
    "django.contrib.admin",
    "shop.apps.ShopConfig",
    "analytics",
    "recommendations",
    "search",
    "reviews",
    "payments",
    "orders",
    "cart",
    "promotions",
    "catalog",
    "notifications",
    "tracking",
    "accounts",
    "core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.weixin",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_filters",
    "treebeard",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # before kept pages, which carry the header too
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.SharedPageMiddleware",
    "core.middleware.UnavailableMiddleware",
    "cart.middleware.ForgetCountAtLogoutMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shop.middleware.ViewAsCustomerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
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
                "shop.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "core.templatetags.kaishi"],
        },
    }
]

# data
DATABASES = {
    "default": connections.database(
        env.url("DATABASE_URL", schemes=("postgresql", "postgres")),
        statement_timeout_seconds=env.number("DATABASE_STATEMENT_TIMEOUT_SECONDS", 8),
        pool_size=env.number("DATABASE_POOL_SIZE", 4),
        is_prepared=env.boolean("DATABASE_PREPARED", default=True),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix"))
REDIS_DATABASE = env.number("REDIS_DATABASE", 0)
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": connections.redis(REDIS_URL, REDIS_DATABASE),
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        "TIMEOUT": 300,
    },
    "process": {  # pieces of the frame as HTML: every page shows them, and each process can keep its own
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

# people
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = env.number("PASSWORD_RESET_SECONDS", 3600, minimum=60)
ACCOUNT_ADAPTER = "shop.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "reset_password": "accounts.forms.ResetForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.two_step.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True
LOGIN_FAILURES = env.number("LOGIN_FAILURES", 5, minimum=1)
LOGIN_FAILURES_ANYWHERE = env.number("LOGIN_FAILURES_ANYWHERE", 100, minimum=1)
LOGIN_WINDOW_SECONDS = env.number("LOGIN_WINDOW_SECONDS", 300, minimum=1)
ACCOUNT_RATE_LIMITS = {
    "login_failed": None,  # core.logins counts for all logins of the shop
    "reset_password": "20/m/ip,5/m/key,10/d/key",
    "confirm_email": "1/1m/key,5/1d/key",  # accounts.views says so
}
MFA_ADAPTER = "shop.two_step.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "accounts.forms.two_step.CodeForm",
    "reauthenticate": "accounts.forms.two_step.CodeAgainForm",
    "activate_totp": "accounts.forms.two_step.ActivationForm",
    "add_webauthn": "accounts.forms.two_step.NewPasskeyForm",
    "edit_webauthn": "accounts.forms.two_step.PasskeyNameForm",
    "authenticate_webauthn": "accounts.forms.two_step.PasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.two_step.PasskeyAgainForm",
    "login_webauthn": "accounts.forms.two_step.PasskeyLoginForm",
}
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off; accounts.services lets no code pass twice
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_REQUIRED_FOR_OFFICES = env.boolean("MFA_REQUIRED_FOR_OFFICES", default=not DEMO)
MFA_GRACE_DAYS = env.number("MFA_GRACE_DAYS", 7)
SESSION_ENGINE = "core.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # no database row for a passing remark

# signing in with other services: one without its keys is not offered
SOCIALACCOUNT_ADAPTER = "shop.social.SocialAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.social.SocialSignupForm"}
SOCIALACCOUNT_PROVIDERS = identities.providers()
SOCIALACCOUNT_AUTO_SIGNUP = False  # the terms want to be agreed to
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # shop.social says when an address is enough
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # to connect and to disconnect: a stolen session makes no lasting way in
SOCIALACCOUNT_REQUESTS_TIMEOUT = env.number("SOCIAL_TIMEOUT_SECONDS", 5, minimum=1)
SOCIAL_TRIES_PER_MINUTE = env.number("SOCIAL_TRIES_PER_MINUTE", 20, minimum=1)

# languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "zh-hans")
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# files
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "core.staticfiles.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_HASHED = env.boolean("STATIC_HASHED", default=True)
_STATIC_STORAGE = "ManifestStaticFilesStorage" if STATIC_HASHED else "StaticFilesStorage"
MEDIA_URL = "/media/"
MEDIA_ROOT = env.text("MEDIA_ROOT")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": f"django.contrib.staticfiles.storage.{_STATIC_STORAGE}"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
WHITENOISE_MAX_AGE = 3600
WHITENOISE_USE_FINDERS = not STATIC_HASHED

# mail
_MAIL = connections.mail(env.url("EMAIL_URL", schemes=("smtp", "smtps", "file", "console")))
EMAIL_BACKEND = _MAIL.backend
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.use_tls, _MAIL.use_ssl
EMAIL_FILE_PATH = _MAIL.folder
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT_SECONDS", 10, minimum=1)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# safety
IS_HTTPS = SITE_URL.startswith("https:")
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]  # the balancer asks by plain HTTP
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "shop.views.errors.page_was_open_too_long"
X_FRAME_OPTIONS = "DENY"

# payments: a provider without its keys is not offered
PAYLAB_URL = env.url("PAYLAB_URL", schemes=("http", "https"), default="")
PAYLAB_APP_ID = env.text("PAYLAB_APP_ID", "")
PAYLAB_PRIVATE_KEY = env.text("PAYLAB_PRIVATE_KEY", "")
PAYLAB_PUBLIC_KEY = env.text("PAYLAB_PUBLIC_KEY", "")
PAYMENT_NOTIFY_URL = env.url("PAYMENT_NOTIFY_URL", schemes=("http", "https"), default=SITE_URL)
PAYMENT_GATEWAY_TIMEOUT_SECONDS = env.number("PAYMENT_GATEWAY_TIMEOUT_SECONDS", 8, minimum=1)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF, *([PAYLAB_URL] if PAYLAB_URL else [])],  # a browser checks redirects of a form too
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# limits and times of the shop
ORDER_NUMBER_KEY = env.text("ORDER_NUMBER_KEY")
CURRENCY = env.text("CURRENCY", "CNY")
COUNTRY = env.text("COUNTRY", "CN")
PAYMENT_WINDOW_SECONDS = env.number("PAYMENT_WINDOW_SECONDS", 1800, minimum=1)
STAFF_ORDER_PAY_SECONDS = env.number("STAFF_ORDER_PAY_SECONDS", 259200, minimum=60)
EDIT_PAY_SECONDS = env.number("EDIT_PAY_SECONDS", 86400, minimum=60)
RECEIPT_SECONDS = env.number("RECEIPT_SECONDS", 10 * 86400, minimum=1)
RECEIPT_EXTENSION_SECONDS = env.number("RECEIPT_EXTENSION_SECONDS", 3 * 86400, minimum=1)
RECEIPT_REMINDER_SECONDS = env.number("RECEIPT_REMINDER_SECONDS", 2 * 86400)
SHIPMENT_UNDO_SECONDS = env.number("SHIPMENT_UNDO_SECONDS", 600)
SHIP_WITHIN_HOURS = env.number("SHIP_WITHIN_HOURS", 48, minimum=1)
RETURN_DAYS = env.number("RETURN_DAYS", 7)
CANCELLATION_WAIT_SECONDS = env.number("CANCELLATION_WAIT_SECONDS", 1800)
CANCELLATION_ANSWER_SECONDS = env.number("CANCELLATION_ANSWER_SECONDS", 86400)
CASE_ANSWER_SECONDS = env.number("CASE_ANSWER_SECONDS", 2 * 86400, minimum=1)
CASE_SEND_SECONDS = env.number("CASE_SEND_SECONDS", 7 * 86400, minimum=1)
CASE_GOODS_SECONDS = env.number("CASE_GOODS_SECONDS", 10 * 86400, minimum=1)
CASE_ESCALATION_SECONDS = env.number("CASE_ESCALATION_SECONDS", 7 * 86400, minimum=1)
CASE_DECISION_SECONDS = env.number("CASE_DECISION_SECONDS", 3 * 86400, minimum=1)
ORDER_LINK_SECONDS = env.number("ORDER_LINK_SECONDS", 180 * 86400)
ORDER_PERSON_DAYS = env.number("ORDER_PERSON_DAYS", 1095, minimum=1)
MAIL_DAYS = env.number("MAIL_DAYS", 180, minimum=1)
ORDER_GRANT_SECONDS = env.number("ORDER_GRANT_SECONDS", 1800)
ADDRESSES_PER_ACCOUNT = env.number("ADDRESSES_PER_ACCOUNT", 30, minimum=1)
CART_LINE_LIMIT = env.number("CART_LINE_LIMIT", 120, minimum=1)
LOW_STOCK_UNITS = env.number("LOW_STOCK_UNITS", 5, minimum=0)
CART_QUANTITY_LIMIT = env.number("CART_QUANTITY_LIMIT", 200, minimum=1)
CART_ADDS_PER_MINUTE = env.number("CART_ADDS_PER_MINUTE", 30, minimum=1)
ORDER_LOOKUPS_PER_MINUTE = env.number("ORDER_LOOKUPS_PER_MINUTE", 5, minimum=1)
SHARED_PAGE_SECONDS = env.number("SHARED_PAGE_SECONDS", 60)
PICTURE_PIXEL_LIMIT = env.number("PICTURE_PIXEL_LIMIT", 20_000_000, minimum=1)
PICTURE_BYTE_LIMIT = env.number("PICTURE_BYTE_LIMIT", 12_000_000, minimum=1)

# queue
BROKER_URL = env.text("BROKER_URL", "") or connections.broker(REDIS_URL, REDIS_DATABASE + 1)
MAIL_SWEEP_SECONDS = env.number("MAIL_SWEEP_SECONDS", 10, minimum=1)
EXPIRY_SWEEP_SECONDS = env.number("EXPIRY_SWEEP_SECONDS", 20, minimum=1)
PAYMENT_SWEEP_SECONDS = env.number("PAYMENT_SWEEP_SECONDS", 30, minimum=1)
REFUND_SWEEP_SECONDS = env.number("REFUND_SWEEP_SECONDS", 30, minimum=1)
ORDER_SWEEP_SECONDS = env.number("ORDER_SWEEP_SECONDS", 60, minimum=1)
LISTING_SWEEP_SECONDS = env.number("LISTING_SWEEP_SECONDS", 60, minimum=1)
AUDIT_SWEEP_SECONDS = env.number("AUDIT_SWEEP_SECONDS", 60, minimum=1)
AUDIT_HOUR = env.number("AUDIT_HOUR", 3)
CLEANING_SECONDS = env.number("CLEANING_SECONDS", 3600, minimum=1)

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_LOG_FORMATTER = "json" if env.boolean("LOG_JSON", default=False) else "plain"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "core.logs.PlainFormatter"}, "json": {"()": "core.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": _LOG_FORMATTER}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", "INFO", _LOG_LEVELS)},
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("httpx", "httpcore", "PIL")},
        "psycopg.pool": {"level": "ERROR"},  # core.middleware says once a second that the database is gone
    },
}
