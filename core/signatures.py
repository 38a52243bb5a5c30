"""Signed messages between two parties that know each other's public keys: RSA with SHA-256, a time and a nonce."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

TOLERANCE_SECONDS = 300
TIMESTAMP_DIGITS = 12  # longer ones are an attempt to make `int` or `float` fail


class SignatureError(Exception):
    """The message was not signed by the key we know, or too long ago."""


@dataclass(frozen=True)
class Headers:
    """The three headers of a signed message; `prefix` names the protocol, such as `Paylab`."""

    prefix: str

    @property
    def timestamp(self) -> str:
        """Name of the header with the seconds since 1970."""
        return f"{self.prefix}-Timestamp"

    @property
    def nonce(self) -> str:
        """Name of the header with a word used once."""
        return f"{self.prefix}-Nonce"

    @property
    def signature(self) -> str:
        """Name of the header with the signature, base64."""
        return f"{self.prefix}-Signature"


def sign(body: bytes, *, private_key: str, names: Headers, at: datetime) -> dict[str, str]:
    """Return the headers that prove a message's origin and time."""
    timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    key = serialization.load_pem_private_key(private_key.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key is needed")
    signature = key.sign(_signed(timestamp, nonce, body), padding.PKCS1v15(), hashes.SHA256())
    return {
        names.timestamp: timestamp,
        names.nonce: nonce,
        names.signature: base64.b64encode(signature).decode(),
    }


def verify(body: bytes, headers: Mapping[str, str], *, public_key: str, names: Headers, at: datetime) -> None:
    """Return when the message is genuine and fresh; raise SignatureError otherwise."""
    timestamp, nonce = headers.get(names.timestamp, ""), headers.get(names.nonce, "")
    if not _is_fresh(timestamp, at):
        raise SignatureError("time")
    key = serialization.load_pem_public_key(public_key.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("an RSA key is needed")
    try:
        signature = base64.b64decode(headers.get(names.signature, ""), validate=True)
        key.verify(signature, _signed(timestamp, nonce, body), padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature) as error:  # text that is not base64, or not even ASCII
        raise SignatureError("signature") from error


def _is_fresh(timestamp: str, at: datetime) -> bool:
    is_number = len(timestamp) <= TIMESTAMP_DIGITS and timestamp.isascii() and timestamp.isdecimal()
    return is_number and abs(at.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS


def _signed(timestamp: str, nonce: str, body: bytes) -> bytes:
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
