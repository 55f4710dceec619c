"""The decision form: what it holds, and what comes back into it after a decision was taken back."""

from datetime import date

import pytest

from assize.console.pages.forms import Typed, from_judgement, kept
from assize.kernel.ids import ActionId, EventId, SubjectId
from assize.review.models import (
    Disposition,
    DispositionKind,
    ExceptionClaim,
    ExceptionStanding,
    Span,
    TargetLevel,
    Verdict,
)
from builders.review import a_finding, a_judgement

EVENT = EventId("evt_1")
CLAIM = ExceptionClaim(exception_id="research", standing=ExceptionStanding.CLAIMED)


def a_form(**given: str) -> Typed:
    return Typed(fields=tuple((name.replace("__", "."), value) for name, value in given.items()))


class TestException:
    @pytest.mark.parametrize(
        ("verdict", "standing", "held"),
        [
            pytest.param(
                "excepted", "claimed", "research|verified", id="is verified where it excepts, whatever is chosen"
            ),
            pytest.param("violation", "", "research|claimed", id="is only claimed where nothing else is said"),
            pytest.param("violation", "verified", "research|verified", id="is verified where that is said"),
        ],
    )
    def test_of_a_finding(self, verdict: str, standing: str, held: str):
        given = {"verdict": verdict, "exception_of": "research", **({"standing": standing} if standing else {})}

        assert a_form(**given).exception == held

    def test_that_nobody_claimed_is_none(self):
        assert a_form(verdict="violation", exception_of="", standing="claimed").exception == ""


class TestWhatWasTakenBack:
    def test_has_its_clause_as_the_choice_itself(self):
        form = from_judgement(a_judgement(EVENT))

        assert (form.one("clause"), form.one("other_clause"), form.clause) == ("HAR-1", "", "HAR-1")

    def test_keeps_every_finding_with_its_exception_and_every_highlight(self):
        excepted = a_finding(
            EVENT,
            "HAR-2",
            verdict=Verdict.EXCEPTED,
            exception=ExceptionClaim(exception_id="research", standing=ExceptionStanding.VERIFIED),
        )
        marked = Span(event_id=EVENT, turn=1, start=3, end=9)
        made = a_judgement(EVENT, findings=(a_finding(EVENT, exception=CLAIM), excepted), highlights=(marked,))

        form = from_judgement(made)

        assert form.exception == "research|claimed"
        assert form.many("finding") == ("HAR-2|excepted|evt_1#0#0-6|user|research|verified",)
        assert form.many("highlight") == ("evt_1#1#3-9",)

    def test_ticks_what_followed_as_the_form_offers_it(self):
        subject = SubjectId("sub_1")
        watched = Disposition(
            kind=DispositionKind.WATCH, target_level=TargetLevel.END_USER, target_id=subject, until=date(2026, 12, 1)
        )
        defect = Disposition(
            kind=DispositionKind.SAFEGUARD_DEFECT,
            target_level=TargetLevel.CONTENT,
            target_id=EVENT,
            defect="It complied.",
        )

        asked = Disposition(
            kind=DispositionKind.REQUEST_INFORMATION,
            target_level=TargetLevel.END_USER,
            target_id=subject,
            missing="who sent it",
            interim=ActionId("suspend-account"),
        )

        form = from_judgement(a_judgement(EVENT, dispositions=(watched, defect, asked)))

        assert form.many("disposition") == (
            "watch|account|",
            "safeguard_defect|content|",
            "request_information|account|",
        )
        assert (form.one("until"), form.one("defect")) == ("2026-12-01", "It complied.")
        assert (form.one("missing"), form.one("interim")) == ("who sent it", "suspend-account")


def test_a_finding_without_an_exception_is_kept_without_one():
    assert kept(a_finding(EVENT)) == "HAR-1|violation|evt_1#0#0-6|user|"
