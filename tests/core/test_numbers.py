"""Numbers people read out on the telephone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import numbers

KEY = "a key of this test"


def test_a_hundred_thousand_numbers_are_unique_and_not_in_order():
    made = [numbers.conceal(sequence, key=KEY) for sequence in range(100_000)]

    assert len(set(made)) == 100_000
    assert all(len(number) == 12 for number in made)
    rising = sum(one < other for one, other in pairwise(made))
    assert 49_000 < rising < 51_000


@given(st.integers(0, numbers.CAPACITY - 1), st.integers(0, 11), st.integers(1, 9))
def test_every_wrong_digit_is_found(sequence, place, shift):
    number = numbers.conceal(sequence, key=KEY)
    wrong = str((int(number[place]) + shift) % 10)

    assert numbers.is_valid(number)
    assert not numbers.is_valid(number[:place] + wrong + number[place + 1 :])


@given(st.integers(0, numbers.CAPACITY - 1), st.integers(0, 10))
def test_two_swapped_digits_are_found(sequence, place):
    number = numbers.conceal(sequence, key=KEY)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert numbers.is_valid(swapped) == (swapped == number)


def test_another_key_gives_other_numbers():
    assert numbers.conceal(1, key=KEY) != numbers.conceal(1, key="another key")


@pytest.mark.parametrize("sequence", [-1, numbers.CAPACITY])
def test_numbers_outside_the_capacity_are_refused(sequence):
    with pytest.raises(ValueError, match="outside"):
        numbers.conceal(sequence, key=KEY)


@pytest.mark.parametrize("text", ["", "1", "１２３４５６７８９０１２", "12345678901a", "1234567890123", "000000000001"])
def test_what_is_no_number_is_refused(text):
    assert not numbers.is_valid(text)
