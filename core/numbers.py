"""Numbers people read out on the telephone: unique, not guessable from one another, typing errors found.

A running number goes through a keyed permutation, so that it reveals neither order nor volume,
and gets a check digit, so that a wrong digit or two swapped ones are refused before any query.
"""

import hashlib

LENGTH = 12
_HIGH, _LOW = 90_000, 1_000_000  # first digit never 0: spreadsheets drop it
_OFFSET = 10_000_000_000
_ROUNDS = 8
CAPACITY = _HIGH * _LOW

# Source: H. M. Damm, Total anti-symmetrische Quasigruppen, Marburg 2004, table of order 10.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def conceal(sequence: int, *, key: str) -> str:
    """Return the 12-digit number of a running number; raise ValueError beyond 90 thousand million."""
    if not 0 <= sequence < CAPACITY:
        raise ValueError(f"{sequence} is outside the numbers there are")
    high, low = divmod(sequence, _LOW)
    for turn in range(0, _ROUNDS, 2):
        high = (high + _mix(low, turn, key)) % _HIGH
        low = (low + _mix(high, turn + 1, key)) % _LOW
    digits = str(_OFFSET + high * _LOW + low)
    return digits + str(check_digit(digits))


def is_valid(number: str) -> bool:
    """Tell whether this is twelve digits of which the last one checks the others."""
    return len(number) == LENGTH and number.isascii() and number.isdigit() and check_digit(number) == 0


def check_digit(digits: str) -> int:
    """Return the Damm check digit; 0 for digits that carry their own already."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim


def _mix(value: int, turn: int, key: str) -> int:
    """Return a keyed pseudo-random number for one round of the Feistel network."""
    digest = hashlib.blake2b(f"{turn}:{value}".encode(), key=key.encode()[:64], digest_size=8)
    return int.from_bytes(digest.digest(), "big")
