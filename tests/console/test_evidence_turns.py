"""A turn cut into pieces: put together they are the text, and each knows where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from assize.console.pages.evidence_turns import pieces
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

    def test_leave_out_a_mark_beyond_a_cut(self):
        found = pieces("short", [a_span(3, 90)])

        assert [one.labels for one in found] == [()]

    @given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
    def test_cover_the_text_without_a_gap(self, text: str, places: list[tuple[int, int]]):
        found = pieces(text, [a_span(start, end) for start, end in places])

        assert "".join(text[one.raw : one.raw + one.length] for one in found) == text
