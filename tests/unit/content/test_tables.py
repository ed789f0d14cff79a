"""What a narrow screen needs to know of a table."""

from __future__ import annotations

from lessons.content.tables import fits_a_phone, prepared_for_phones

HEAD = (
    '<thead>\n<tr>\n<th scope="col">Hop</th>\n<th class="n" scope="col">Takes &amp; costs</th>\n'
    '<th scope="col">Why</th>\n</tr>\n</thead>'
)


def table(*cells: str) -> str:
    body = "\n".join(f"<td>{cell}</td>" for cell in cells)
    return f"<table>{HEAD}\n<tbody>\n<tr>\n{body}\n</tr>\n</tbody>\n</table>"


class TestPreparedForPhones:
    def test_leaves_a_table_that_fits(self):
        assert prepared_for_phones(table("Cache", "1 ms", "on a hit")) == table("Cache", "1 ms", "on a hit")

    def test_names_each_part_of_a_wide_one_and_each_cell_by_its_column(self):
        html = prepared_for_phones(table("Cache", "<em>1</em> ms", "because " * 15))
        assert html.startswith('<table class="stacks" role="table"><thead role="rowgroup">')
        assert '<th class="n" scope="col" role="columnheader">Takes &amp; costs</th>' in html
        assert '<td role="cell" data-label="Takes &amp; costs"><span class="cell"><em>1</em> ms</span></td>' in html
        assert html.count('<tr role="row">') == 2

    def test_does_not_count_the_note_that_a_computed_number_opens(self):
        note = '<span popover="" id="calc-1" class="calc-note">' + "How this was computed " * 10 + "</span>"
        figure = f'<button type="button" class="calc" popovertarget="calc-1">12 ms</button>{note}'
        assert "stacks" not in prepared_for_phones(table("Cache", figure, "on a hit"))


class TestFitsAPhone:
    def test_wraps_at_spaces_and_not_within_words(self):
        assert fits_a_phone([["a", "b", "c"], ["word " * 6, "word " * 6, "word"]])
        assert not fits_a_phone([["a", "b", "c"], ["w" * 20, "w" * 20, "word"]])

    def test_lets_two_columns_be_as_long_as_they_are(self):
        assert fits_a_phone([["a", "b"], ["word " * 40, "w" * 60]])
