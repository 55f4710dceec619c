"""A turn cut into pieces: put together they are the text, and each knows where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.console.pages.evidence_turns import pieces
from assize.console.pages.judging import _in_the_text
from assize.triage.models import Span


def a_span(start: int, end: int, label: str = "frd-1.strong") -> Span:
    return Span(turn=0, start=start, end=end, label=label)


class TestPieces:
    def test_mark_what_a_signal_found(self):
        found = pieces("pay the fee now", [a_span(4, 11)])

        assert [(one.text, one.raw, one.labels) for one in found] == [
            ("pay ", 0, ()),
            ("the fee", 4, ("frd-1.strong",)),
            (" now", 11, ()),
        ]

    def test_name_every_signal_where_marks_lie_over_each_other(self):
        found = pieces("abcdef", [a_span(0, 4, "one"), a_span(2, 6, "two")])

        assert [(one.text, one.labels) for one in found] == [("ab", ("one",)), ("cd", ("one", "two")), ("ef", ("two",))]

    def test_show_a_character_that_reorders_by_its_number_and_count_it_once(self):
        found = pieces("ab\u202ecd", [])

        assert [(one.text, one.raw, one.length, one.sign) for one in found] == [
            ("ab", 0, 2, False),
            ("⟦202E⟧", 2, 1, True),
            ("cd", 3, 2, False),
        ]

    @pytest.mark.parametrize("marked", [[], [(0, 2)], [(0, 3)]], ids=["nothing", "the line", "half its end"])
    def test_show_the_end_of_a_line_as_one_however_it_is_written(self, marked):
        found = pieces("ab\r\ncd\re", [a_span(*one) for one in marked])

        assert "".join(one.text for one in found) == "ab\ncd⟦000D⟧e"

    def test_leave_out_a_mark_beyond_a_cut(self):
        found = pieces("short", [a_span(3, 90)])

        assert [one.labels for one in found] == [()]

    @given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
    def test_cover_the_text_without_a_gap(self, text: str, places: list[tuple[int, int]]):
        found = pieces(text, [a_span(start, end) for start, end in places])

        assert "".join(text[one.raw : one.raw + one.length] for one in found) == text


class TestPlace:
    @pytest.mark.parametrize(
        ("text", "shown", "itself"),
        [
            pytest.param("ab\ncd", (3, 5), (3, 5), id="as it is"),
            pytest.param("ab\r\ncd", (3, 5), (4, 6), id="after the end of a line in two characters"),
            pytest.param("ab\r\ncd", (0, 2), (0, 2), id="up to the end of a line"),
            pytest.param("ab\u202ecd", (8, 10), (3, 5), id="after a character shown by its number"),
        ],
    )
    def test_of_what_is_selected_is_told_in_the_text_itself(self, text, shown, itself):
        assert _in_the_text(text, *shown) == itself
