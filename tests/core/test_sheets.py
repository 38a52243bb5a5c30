"""CSV to a spreadsheet and back."""

import pytest

from core import sheets


def test_what_is_written_is_read_again():
    rows = [["a", "王芳"], ["=1+1", 'say "no", twice\nor so']]

    assert [row for _line, row in sheets.read(sheets.write(rows).encode())] == rows


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t1", "＝1", "＠"])
def test_no_cell_is_a_formula(text):
    assert sheets.write([[text]]).removeprefix("\ufeff").strip('"\r\n').startswith("'")


def test_lines_keep_their_number_and_empty_ones_are_left_out():
    assert sheets.read(b"a,b\n\n,\n1,2\n") == [(1, ["a", "b"]), (4, ["1", "2"])]


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"a\x00b", b'"a'])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(sheets.UnreadableError):
        sheets.read(content)
