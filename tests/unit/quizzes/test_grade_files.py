"""Grade files without a database: text that is no formula, marks in other locales, sheets as programs write them."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.errors import InvalidGrade, InvalidGradeFile
from quizzes.files import (
    LARGEST_BYTES,
    MOST_ROWS,
    Column,
    Shape,
    guarded,
    header_of,
    mark_text,
    plain,
    read_columns,
    read_mark,
    read_sheet,
    read_state,
    signature,
    state_text,
)
from quizzes.files.columns import SIGNATURE_LENGTH

QUIZ = Column(UUID(int=1), "Week 3 quiz")
PART = Column(UUID(int=1), "Week 3 quiz: The share", "chapter/share")
ANYTHING = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


class TestGuarded:
    @pytest.mark.parametrize(
        "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1"]
    )
    def test_keeps_what_a_spreadsheet_would_run_from_running(self, text):
        assert guarded(text).startswith("'")
        assert plain(guarded(text)) == text

    @pytest.mark.parametrize("text", ["", "Ada", "O'Neil", "'tis", "3 = 3"])
    def test_leaves_other_text_alone(self, text):
        assert guarded(text) == text == plain(text)

    @given(ANYTHING | st.text("'=+-@ \t", max_size=6))
    def test_is_read_back_as_it_was(self, text):
        assert plain(guarded(text)) == text
        assert not guarded(text).lstrip().startswith(("=", "+", "-", "@"))


class TestReadMark:
    @pytest.mark.parametrize(
        ("cell", "comma", "share"),
        [
            ("8", False, "0.8"),
            (" 8.50 ", False, "0.85"),
            (".5", False, "0.05"),
            ("8,5", True, "0.85"),
            ("8.5", True, "0.85"),
            ("85%", False, "0.85"),
            ("85,5 %", True, "0.855"),
            ("0", False, "0"),
            ("10", False, "1"),
        ],
    )
    def test_takes_points_and_percent(self, cell, comma, share):
        assert read_mark(cell, points=Decimal(10), decimal_comma=comma) == Decimal(share)

    @pytest.mark.parametrize("cell", ["", "  ", "-", "–"])
    def test_takes_nothing_for_no_mark(self, cell):
        assert read_mark(cell, points=Decimal(10), decimal_comma=False) is None

    @pytest.mark.parametrize("cell", ["EX", "ex"])
    def test_knows_excused(self, cell):
        assert read_mark(cell, points=Decimal(10), decimal_comma=False) == "EX"

    @pytest.mark.parametrize(
        "cell", ["1e400", "NaN", "inf", "٣", "３", "-1", "+1", "1 000", "1.000,5", "=1+1", "8.5.1", "%", "9" * 40, "A"]
    )
    def test_refuses_what_is_none_with_the_value(self, cell):
        if cell == "%":
            assert read_mark(cell, points=Decimal(10), decimal_comma=True) is None
            return
        with pytest.raises(InvalidGrade, match="is no mark"):
            read_mark(cell, points=Decimal(10), decimal_comma=True)

    @pytest.mark.parametrize(
        ("cell", "told"), [("10.01", "more than the 10 points"), ("100.1%", "more than 100%"), ("8,5", "write 8.5")]
    )
    def test_refuses_what_is_out_of_range_or_of_another_locale(self, cell, told):
        with pytest.raises(InvalidGrade, match=told):
            read_mark(cell, points=Decimal(10), decimal_comma=False)

    @given(st.decimals(0, 1, places=4), st.decimals("0.01", 1000, places=2))
    def test_reads_what_was_written_as_the_same_text(self, share, points):
        text = mark_text(share, points)
        again = read_mark(text, points=points, decimal_comma=False)
        assert mark_text(again, points) == text


class TestReadSheet:
    def test_takes_every_mark_separator_and_line_end(self):
        for start in ("", "\ufeff"):
            for separator in ",;\t":
                for end in ("\n", "\r\n", "\r"):
                    text = start + end.join([f"ID{separator}Quiz", f"h1{separator}8", ""])
                    sheet = read_sheet(text.encode())
                    assert [record.cells for record in (sheet.header, *sheet.rows)] == [("ID", "Quiz"), ("h1", "8")]
                    assert sheet.decimal_comma == (separator == ";")
        assert read_sheet("ID\tQuiz\nh1\t8".encode("utf-16")).rows[0].cells == ("h1", "8")

    def test_obeys_excels_own_declaration(self):
        sheet = read_sheet(b"sep=;\r\nID;Quiz, the first\r\nh1;8,5\r\n")
        assert (sheet.header.cells, sheet.header.line, sheet.rows[0].line) == (("ID", "Quiz, the first"), 2, 3)

    def test_knows_lines_over_cells_of_many(self):
        sheet = read_sheet(b'ID,Name\nh1,"Ada\nof London, ""the"" first"\n\nh2,Bo\n')
        assert [(record.line, record.cells[1]) for record in sheet.rows] == [
            (2, 'Ada\nof London, "the" first'),
            (5, "Bo"),
        ]

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "The file is empty"),
            (b"ID,Quiz\nh1,\xff\n", "Line 2 holds the byte 0xff"),
            (b"ID,Quiz\nh1,\0\n", "Line 2 holds a null character"),
            (b'ID,Quiz\nh1,8\nh2,"8\n', "Line 3 cannot be read as CSV"),
            (b"x" * (LARGEST_BYTES + 1), "5,000,001 bytes"),
            (b"ID,Quiz\n" + b"h1,8\n" * (MOST_ROWS + 1), "more than 20,000 rows"),
            (b"," * 1_001, "1,002 columns"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_refuses_with_the_line_and_the_remedy(self, content, told):
        with pytest.raises(InvalidGradeFile, match=told):
            read_sheet(content)

    @given(st.binary(max_size=400))
    def test_takes_or_refuses_any_bytes(self, content):
        with suppress(InvalidGradeFile):
            assert read_sheet(content).header.cells

    @given(st.lists(st.lists(ANYTHING.filter(str.strip), min_size=3, max_size=3), min_size=1, max_size=5))
    def test_reads_what_was_written(self, rows):
        out = io.StringIO(newline="")
        csv.writer(out).writerows([["ID", "Name", "Quiz"], *rows])
        sheet = read_sheet(out.getvalue().encode())
        assert [list(record.cells) for record in sheet.rows] == rows


class TestColumns:
    def sheet(self, *titles: str):
        out = io.StringIO(newline="")
        csv.writer(out).writerow(titles)
        return read_sheet(out.getvalue().encode())

    @pytest.mark.parametrize("shape", list(Shape))
    def test_are_known_again_in_both_shapes(self, shape):
        header = header_of(shape, [QUIZ, PART], ["=Quizzes"])
        columns = read_columns(self.sheet(*header), [QUIZ, PART])
        assert set(columns.marks.values()) == {QUIZ, PART}
        assert columns.unknown == ()
        assert None not in {columns.id, columns.address, columns.state}

    def test_are_known_by_title_where_only_one_has_it(self):
        other = Column(UUID(int=2), "Week 4")
        again = Column(UUID(int=3), "Week 4")
        columns = read_columns(self.sheet("ID", "Week 3 quiz", "Week 4"), [QUIZ, other, again])
        assert list(columns.marks.values()) == [QUIZ]
        assert columns.unknown == ("Week 4",)

    def test_have_numbers_that_spreadsheets_keep(self):
        assert QUIZ.number != PART.number
        assert max(QUIZ.number, PART.number) < 10**15

    @pytest.mark.parametrize(
        ("titles", "told"),
        [
            (("Student", "Week 3 quiz"), "No column says who a row is about"),
            (("ID", "Week 9"), "No column is an assignment"),
            (("ID", "Week 3 quiz", f"Week three ({QUIZ.number})"), "Two columns are “Week 3 quiz”"),
            (("ID", "ID number", "Week 3 quiz"), "Two columns are called “ID number”"),
        ],
    )
    def test_are_refused_where_they_cannot_be_told(self, titles, told):
        with pytest.raises(InvalidGradeFile, match=told):
            read_columns(self.sheet(*titles), [QUIZ])


class TestState:
    @given(st.lists(st.tuples(st.integers(0, 10**14), st.sampled_from(["", "EX", "8.5", "10"])), max_size=20))
    def test_says_of_each_mark_what_it_was(self, marks):
        state = read_state(state_text(signature(number, text) for number, text in marks))
        assert state == {signature(number, text) for number, text in marks}
        assert all(len(each) == SIGNATURE_LENGTH for each in state)

    @pytest.mark.parametrize("cell", ["", "(read only)", "v2:abc"])
    def test_is_none_where_there_is_none(self, cell):
        assert read_state(cell) is None
