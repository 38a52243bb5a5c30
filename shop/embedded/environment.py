"""Settings of a shop that runs on one machine without any configuration.

Production never comes here: there every value is set, and a missing one stops the start.
"""

import json
import os
import secrets

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shop.embedded import folders

DEFAULT_PORT = 8000
PAYLAB_PORT_DISTANCE = 1000


def provide(*, database_url: str, redis_url: str) -> None:
    """Fill every setting that is still missing; what the caller has set stays as it is."""
    var = folders.var()
    values = _secrets() | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SITE_URL": f"http://127.0.0.1:{port()}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "MEDIA_ROOT": str(var / "media"),
        "STATIC_ROOT": str(var / "static"),
        "EMAIL_URL": f"file://{var / 'mail'}",
        "DEFAULT_FROM_EMAIL": "Yuanwu <shop@example.com>",
        "TIME_ZONE": "Asia/Shanghai",
        "DEMO": "true",
        "PAYLAB_URL": f"http://127.0.0.1:{paylab_port()}",
        "PAYLAB_APP_ID": "kaishi-demo",
        "PAYLAB_DATABASE": str(var / "paylab.sqlite3"),
    }
    for name, value in values.items():
        os.environ.setdefault(name, value)


def port() -> int:
    """Return the port of the shop; PORT sets it."""
    return _port("PORT", DEFAULT_PORT)


def paylab_port() -> int:
    """Return the port of the payment laboratory; PAYLAB_PORT sets it."""
    return _port("PAYLAB_PORT", port() + PAYLAB_PORT_DISTANCE)


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise SystemExit(f"{name} must be a port number, not {value!r}")
    return int(value)


def _secrets() -> dict[str, str]:
    """Return this machine's keys, made at the first start and kept in a file only we can read."""
    path = folders.var() / "secrets.json"
    if not path.exists():
        gateway, shop = _key_pair(), _key_pair()
        content = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ORDER_NUMBER_KEY": secrets.token_urlsafe(32),
            "PAYLAB_PRIVATE_KEY": shop[0],
            "PAYLAB_SHOP_PUBLIC_KEY": shop[1],
            "PAYLAB_GATEWAY_PRIVATE_KEY": gateway[0],
            "PAYLAB_PUBLIC_KEY": gateway[1],
        }
        new = path.with_suffix(f".{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(json.dumps(content))
        new.rename(path)
    values: dict[str, str] = json.loads(path.read_text())
    return values


def _key_pair() -> tuple[str, str]:
    """Return a private and a public RSA key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
