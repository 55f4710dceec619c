import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.escalation.logic import category_of, fits, link_hash, next_contact, page_message
from assize.escalation.models import Contact, Escalation, EscalationState, Page, PageState
from assize.kernel.ids import CaseId, ClauseId, EscalationId, PageId
from assize.policy.models import Severity

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def an_escalation(**changed) -> Escalation:
    values = {
        "id": EscalationId("esc_1"),
        "case_id": CaseId("case_1"),
        "state": EscalationState.OPEN,
        "owner": "rev_lena",
        "due_at": NOON,
        "reason": "the words of a person, zebracrossing",
        "severity": Severity.SEV0,
        "category": "CSE",
        "restricted": False,
        "raised_by": "rev_ada",
        "raised_at": NOON,
    }
    return Escalation(**(values | changed))


def a_page() -> Page:
    return Page(
        id=PageId("page_1"),
        escalation_id=EscalationId("esc_1"),
        case_id=CaseId("case_1"),
        contact_id="con_1",
        contact_name="First",
        number=1,
        state=PageState.QUEUED,
        queued_at=NOON,
    )


def a_contact(name: str) -> Contact:
    return Contact(id=name, order=0, name=name, webhook_url=None, email=f"{name}@example.org", reviewer_id=None)


class TestMessage:
    def test_says_case_severity_category_and_due_time_and_nothing_else(self):
        message = page_message(an_escalation(), a_page(), url="https://a.example", token="token")

        assert message.title == "SEV0 CSE case_1"
        assert message.text == (
            "Case: case_1\nSeverity: SEV0\nCategory: CSE\nDue: 2026-05-04 12:00 UTC\n\n"
            "Open: https://a.example/cases/case_1\n"
            "Acknowledge: https://a.example/pages/page_1?token=token\n"
        )

    def test_of_a_restricted_case_says_only_that(self):
        message = page_message(an_escalation(restricted=True), a_page(), url="https://a.example", token="token")
        event = message.event(page_id="page_1", source="https://a.example", at=NOON).decode()

        assert message.lines == ("restricted case",)
        for said in (message.title, message.text, event):
            for hidden in ("case_1", "SEV", "CSE", "2026-05-04 12:00 UTC", "rev_", "zebra"):
                assert hidden not in said

    @pytest.mark.parametrize("restricted", [False, True])
    def test_never_holds_what_a_person_wrote_or_who_it_is(self, restricted):
        message = page_message(an_escalation(restricted=restricted), a_page(), url="https://a.example", token="t")
        event = message.event(page_id="page_1", source="https://a.example", at=NOON)

        assert b"zebra" not in event
        assert "zebra" not in message.text
        assert "rev_ada" not in message.text
        assert json.loads(event)["id"] == "page_1"


class TestLine:
    def test_goes_round_until_somebody_answers(self):
        line = [a_contact("first"), a_contact("second")]

        assert [next_contact(line, paged=n).name for n in range(5)] == ["first", "second", "first", "second", "first"]

    @given(st.integers(0, 10_000), st.integers(1, 20))
    def test_never_ends(self, paged, size):
        assert next_contact([a_contact(str(n)) for n in range(size)], paged=paged) is not None

    def test_of_nobody_has_no_next(self):
        assert next_contact([], paged=0) is None


@pytest.mark.parametrize(("clauses", "code"), [(["CSE-3", "HAR-1"], "CSE"), ([], "other"), (["BIO"], "BIO")])
def test_the_category_is_the_likeliest_clauses(clauses, code):
    assert category_of([ClauseId(one) for one in clauses]) == code


def test_a_link_fits_only_its_own_page():
    assert fits("token", [link_hash("older"), link_hash("token")])
    assert not fits("token", [])
    assert not fits("", [link_hash("token")])
