"""Signed messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from core import signatures
from core.signatures import Headers, SignatureError
from tests.conftest import NOW

NAMES = Headers("Paylab")
BODY = '{"amount": "68.00", "subject": "开市"}'.encode()


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> tuple[str, str]:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


OURS = _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
THEIRS = _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
CURVE = _pem(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def headers() -> dict[str, str]:
    """The headers of a message that is signed now."""
    return signatures.sign(BODY, private_key=OURS[0], names=NAMES, at=NOW)


def _verify(headers, *, body=BODY, key=OURS[1], names=NAMES, at=NOW) -> None:
    signatures.verify(body, headers, public_key=key, names=names, at=at)


def test_a_genuine_fresh_message_is_accepted(headers):
    assert set(headers) == {"Paylab-Timestamp", "Paylab-Nonce", "Paylab-Signature"}
    assert headers["Paylab-Timestamp"] == str(int(NOW.timestamp()))
    _verify(headers)


def test_an_empty_body_can_be_signed():
    headers = signatures.sign(b"", private_key=OURS[0], names=NAMES, at=NOW)

    _verify(headers, body=b"")


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_clocks_may_differ_by_five_minutes(headers, seconds):
    _verify(headers, at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_an_old_message_and_one_from_the_future_are_refused(headers, seconds):
    with pytest.raises(SignatureError, match="time"):
        _verify(headers, at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "body", [b"", BODY + b" ", BODY.replace(b"68.00", b"0.01"), BODY.replace(b"68.00", b"68.0"), b"\n" + BODY]
)
def test_a_changed_body_is_refused(headers, body):
    with pytest.raises(SignatureError, match="signature"):
        _verify(headers, body=body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Paylab-Timestamp", str(int(NOW.timestamp()) + 1)),
        ("Paylab-Timestamp", ""),
        ("Paylab-Timestamp", "now"),
        ("Paylab-Timestamp", "-1"),
        ("Paylab-Timestamp", "9" * 400),
        ("Paylab-Timestamp", "9" * 5000),
        ("Paylab-Nonce", ""),
        ("Paylab-Nonce", "other"),
        ("Paylab-Signature", ""),
        ("Paylab-Signature", "not base64!"),
        ("Paylab-Signature", "é" * 8),
        ("Paylab-Signature", "AAAA"),
    ],
)
def test_a_changed_header_is_refused(headers, name, value):
    with pytest.raises(SignatureError):
        _verify(headers | {name: value})


@pytest.mark.parametrize("name", ["Paylab-Timestamp", "Paylab-Nonce", "Paylab-Signature"])
def test_a_missing_header_is_refused(headers, name):
    del headers[name]

    with pytest.raises(SignatureError):
        _verify(headers)


def test_a_message_of_somebody_else_is_refused():
    forged = signatures.sign(BODY, private_key=THEIRS[0], names=NAMES, at=NOW)

    with pytest.raises(SignatureError, match="signature"):
        _verify(forged)


def test_another_protocols_headers_are_not_ours(headers):
    with pytest.raises(SignatureError):
        _verify(headers, names=Headers("Other"))


def test_two_messages_have_two_nonces(headers):
    assert signatures.sign(BODY, private_key=OURS[0], names=NAMES, at=NOW)["Paylab-Nonce"] != headers["Paylab-Nonce"]


def test_a_key_of_another_kind_is_our_mistake(headers):
    with pytest.raises(TypeError):
        signatures.sign(BODY, private_key=CURVE[0], names=NAMES, at=NOW)
    with pytest.raises(TypeError):
        _verify(headers, key=CURVE[1])
