"""Settings come from the environment: what is missing or wrong stops the start with its name."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shop import env

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "SECRET_KEY": "x" * 60,
    "ORDER_NUMBER_KEY": "y" * 40,
    "SITE_URL": "https://shop.example",
    "DATABASE_URL": "postgresql://shop:secret@db.example:5433/kaishi",
    "REDIS_URL": "redis://cache.example:6379",
    "MEDIA_ROOT": "media",
    "STATIC_ROOT": "static",
    "EMAIL_URL": "smtps://post:secret@mail.example",
    "DEFAULT_FROM_EMAIL": "shop@shop.example",
}
NUMBERS = ["TRUSTED_PROXIES", "HSTS_SECONDS", "DATABASE_POOL_SIZE", "PAYMENT_WINDOW_SECONDS", "CART_LINE_LIMIT"]
SWITCHES = ["DEBUG", "DATABASE_PREPARED", "DEMO", "STATIC_HASHED", "LOG_JSON"]


def load(monkeypatch, **values: str) -> dict[str, Any]:
    """Return the settings of a process that has these variables and no others."""
    for name in list(os.environ):
        if name.isupper() and name not in ("PATH", "HOME", "DJANGO_SETTINGS_MODULE"):
            monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "shop" / "settings.py"))


def refusal(monkeypatch, **values: str) -> str:
    """Return with which words the start ends."""
    with pytest.raises(env.SettingError) as stop:
        load(monkeypatch, **values)
    return str(stop.value)


def test_what_has_no_default_is_enough(monkeypatch):
    found = load(monkeypatch, **NEEDED)

    assert found["DATABASES"]["default"]["HOST"] == "db.example"
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == ("mail.example", 465, True)


@pytest.mark.parametrize("is_prepared", [True, False])
def test_plans_are_kept_unless_a_pooler_forbids_it(monkeypatch, is_prepared):
    found = load(monkeypatch, **NEEDED, DATABASE_PREPARED=str(is_prepared))["DATABASES"]["default"]["OPTIONS"]

    assert ("prepare_threshold" in found, "server_side_binding" in found) == (is_prepared, is_prepared)


@pytest.mark.parametrize("name", sorted(NEEDED))
@pytest.mark.parametrize("is_empty", [False, True], ids=["missing", "empty"])
def test_a_missing_value_stops_the_start_with_its_name(monkeypatch, name, is_empty):
    values = NEEDED | {name: ""} if is_empty else {key: NEEDED[key] for key in NEEDED if key != name}

    assert refusal(monkeypatch, **values) == f"Setting {name} is not set. See docs/OPERATIONS.md."


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["many", "-1", "1.5", "0x10", "1e3", "²"])
def test_a_number_that_is_none_is_named(monkeypatch, name, value):
    least = 1 if name in ("PAYMENT_WINDOW_SECONDS", "CART_LINE_LIMIT") else 0

    text = refusal(monkeypatch, **NEEDED, **{name: value})

    assert text.startswith(f"Setting {name} must be a whole number, at least {least}, not {value!r}")


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_that_is_neither_on_nor_off_is_named(monkeypatch, name):
    assert refusal(monkeypatch, **NEEDED, **{name: "maybe"}).startswith(f"Setting {name} must be true or false")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "shop.example"),
        ("SITE_URL", "ftp://shop.example"),
        ("SITE_URL", "https://"),
        ("SITE_URL", "https:shop.example"),
        ("DATABASE_URL", "sqlite:///db"),
        ("DATABASE_URL", "mysql://db.example/shop"),
        ("REDIS_URL", "cache.example:6379"),
        ("EMAIL_URL", "mail.example"),
        ("PAYLAB_URL", "paylab.example"),
        ("PAYMENT_NOTIFY_URL", "http:///notify"),
    ],
)
def test_an_address_of_another_kind_is_named(monkeypatch, name, value):
    assert refusal(monkeypatch, **NEEDED | {name: value}).startswith(f"Setting {name} must be a URL that starts with")


@pytest.mark.parametrize("value", ["NOISY", "debug"])
def test_a_log_level_that_does_not_exist_is_named(monkeypatch, value):
    assert refusal(monkeypatch, **NEEDED, LOG_LEVEL=value).startswith("Setting LOG_LEVEL must be one of")


def test_a_secret_is_not_told(monkeypatch):
    text = refusal(monkeypatch, **NEEDED | {"DATABASE_URL": "mysql://shop:secret@db.example/kaishi"})

    assert "secret" not in text


def test_by_default_everything_is_safe(monkeypatch):
    found = load(monkeypatch, **NEEDED)

    assert (found["DEBUG"], found["DEMO"]) == (False, False)
    assert found["ALLOWED_HOSTS"] == ["shop.example"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://shop.example"]
    assert (found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"], found["SECURE_SSL_REDIRECT"]) == (True,) * 3
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert found["CSRF_COOKIE_HTTPONLY"] is True
    assert found["X_FRAME_OPTIONS"] == "DENY"
    assert (found["PAYLAB_URL"], found["PAYLAB_APP_ID"]) == ("", "")
    assert found["STATIC_HASHED"] is True


def test_proxies_are_believed_only_when_they_are_named(monkeypatch):
    found = load(monkeypatch, **NEEDED, TRUSTED_PROXIES="1", ALLOWED_HOSTS=" a.example ,, b.example")

    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["ALLOWED_HOSTS"] == ["shop.example", "a.example", "b.example"]


def test_a_shop_without_https_sends_no_promise_of_it(monkeypatch):
    found = load(monkeypatch, **NEEDED | {"SITE_URL": "http://127.0.0.1:8000/"})

    assert found["SITE_URL"] == "http://127.0.0.1:8000"
    assert (found["SECURE_HSTS_SECONDS"], found["SECURE_SSL_REDIRECT"], found["SESSION_COOKIE_SECURE"]) == (0, 0, 0)


@pytest.mark.parametrize(("value", "result"), [("1", True), (" Yes ", True), ("on", True), ("OFF", False), ("", None)])
def test_a_switch_is_read_in_many_words(monkeypatch, value, result):
    monkeypatch.setenv("SWITCH", value)

    assert env.boolean("SWITCH", default=True) is (True if result is None else result)
    assert env.boolean("SWITCH", default=False) is bool(result)


def test_the_process_ends_with_the_name_and_no_traceback():
    clean = {"PATH": os.environ["PATH"], **NEEDED}
    del clean["SECRET_KEY"]

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=clean, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Setting SECRET_KEY is not set. See docs/OPERATIONS.md.\n"


@pytest.mark.parametrize("name", ["WEB_WORKERS", "WEB_THREADS"])
def test_the_web_server_names_a_wrong_value_too(name):
    tool = Path(sys.executable).with_name("gunicorn")
    command: list[Path | str] = [tool, "--config", "shop/gunicorn.py", "--print-config", "shop.wsgi"]

    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {name: "many"}, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert f"Setting {name} must be a whole number, at least 1, not 'many'" in done.stderr


SERVICES = {
    "google": {"GOOGLE_CLIENT_ID": "shop", "GOOGLE_CLIENT_SECRET": "secret"},
    "oidc": {
        "OIDC_CLIENT_ID": "shop",
        "OIDC_CLIENT_SECRET": "secret",
        "OIDC_NAME": "Acme",
        "OIDC_SERVER_URL": "https://login.example",
    },
    "weixin": {"WEIXIN_CLIENT_ID": "shop", "WEIXIN_CLIENT_SECRET": "secret"},
}


def offered(found: dict[str, Any]) -> list[str]:
    """Return the services that people may sign in with."""
    providers = found["SOCIALACCOUNT_PROVIDERS"]
    return [app.get("provider_id", name) for name, each in providers.items() for app in each["APPS"]]


def test_a_service_to_sign_in_with_is_offered_with_its_keys_alone(monkeypatch):
    assert offered(load(monkeypatch, **NEEDED)) == []
    for name, keys in SERVICES.items():
        assert offered(load(monkeypatch, **NEEDED, **keys)) == [name]


@pytest.mark.parametrize(
    "missing", [name for keys in SERVICES.values() for name in keys if not name.endswith("_CLIENT_ID")]
)
def test_a_service_with_an_id_wants_the_rest(monkeypatch, missing):
    keys = {name: value for each in SERVICES.values() for name, value in each.items() if name != missing}

    assert refusal(monkeypatch, **NEEDED, **keys).startswith(f"Setting {missing} is not set")


def test_wechat_may_be_rehearsed_elsewhere(monkeypatch):
    real = load(monkeypatch, **NEEDED, **SERVICES["weixin"])
    rehearsed = load(monkeypatch, **NEEDED, **SERVICES["weixin"], WEIXIN_API_URL="http://127.0.0.1:9")

    urls = [found["SOCIALACCOUNT_PROVIDERS"]["weixin"]["APPS"][0]["settings"] for found in (real, rehearsed)]
    assert urls == [
        {"open_url": "https://open.weixin.qq.com", "api_url": "https://api.weixin.qq.com"},
        {"open_url": "https://open.weixin.qq.com", "api_url": "http://127.0.0.1:9"},
    ]
