from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.kernel import ids
from assize.kernel.errors import Invalid
from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, SubjectId
from assize.kernel.measures import wilson


class TestIds:
    def test_sort_in_the_order_they_were_made(self):
        made = [ids.new_id("case") for _ in range(10_000)]

        assert made == sorted(made)
        assert len(set(made)) == len(made)

    def test_say_what_they_name(self):
        assert ids.prefix_of(ids.new_id("case")) == "case"
        assert ids.prefix_of("something") == ""


class TooFew(Invalid):
    """There are {found} where {needed} are needed."""

    code = "too-few"


class TestErrors:
    def test_speak_through_their_docstring(self):
        error = TooFew(found=1, needed=2)

        assert str(error) == "There are 1 where 2 are needed."
        assert error.facts == {"found": 1, "needed": 2}


@dataclass(frozen=True, kw_only=True)
class SomethingTested(Fact):
    """Only here."""

    case_id: CaseId
    subject_id: SubjectId | None
    note_id: str
    at: datetime
    names: tuple[str, ...]


class TestFacts:
    def test_come_back_as_they_were(self):
        fact = SomethingTested(
            case_id=CaseId("case_1"),
            subject_id=None,
            note_id="note_1",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            names=("a",),
        )

        assert SomethingTested.from_body(fact.body()) == fact
        assert fact.thing() == "note_1"

    def test_of_one_name_can_not_be_two(self):
        with pytest.raises(TypeError, match="exists in"):
            type("SomethingTested", (Fact,), {"__module__": "elsewhere"})


class TestWilson:
    def test_agrees_with_the_published_example(self):
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: 81 of 263, 0 of 20, 1 of 29.
        for successes, n, low, high in ((81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):
            interval = wilson(successes, n)

            assert interval is not None
            assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)

    def test_is_undefined_where_nothing_was_observed(self):
        assert wilson(0, 0) is None

    @given(st.integers(1, 2000), st.data())
    def test_holds_the_estimate(self, n, data):
        successes = data.draw(st.integers(0, n))
        interval = wilson(successes, n)

        assert interval is not None
        assert 0 <= interval.low <= successes / n <= interval.high <= 1
