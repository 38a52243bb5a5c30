"""One way to write an address."""

import pytest

from core import emails


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Li@Example.COM ", "li@example.com"),
        ("li@xn--fsqu00a.xn--55qx5d", "li@例子.公司"),
        ("li@例子。公司", "li@例子.公司"),
        ("li@ｅxample.com", "li@example.com"),
        ("li@straße.de", "li@strasse.de"),
        ("o'hara+shop@example.com", "o'hara+shop@example.com"),
        ("li@xn--zzzzzzzzzzzz.com", "li@xn--zzzzzzzzzzzz.com"),
        (f"li@{'a' * 70}.com", f"li@{'a' * 70}.com"),
        ("a@b@example.com", "a@b@example.com"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_all_ways_to_write_a_mailbox_are_one(typed, kept):
    assert emails.canonical(typed) == kept
    assert emails.canonical(kept) == kept
