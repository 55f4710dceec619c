"""The pure judgements of review, as properties and tables."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.kernel.ids import ActionId, ClauseId, EventId
from assize.policy.models import Severity
from assize.review.errors import BadCursor, BadJudgement
from assize.review.logic import (
    GRACE,
    canonical_judgement,
    clause_keys,
    cursor_of,
    decision_hash,
    effective_at,
    leading_finding,
    must_confirm,
    needs_second,
    outcome_state,
    overall_verdict,
    parse_cursor,
    parse_judgement,
)
from assize.review.models import (
    DecisionState,
    Disposition,
    DispositionKind,
    Finding,
    Judgement,
    Locus,
    Span,
    TargetLevel,
    Verdict,
)
from assize.review.service.offering import asked
from builders.review import ACTIONS

AT = datetime(2026, 3, 1, tzinfo=UTC)
ORDER = ("A-1", "B-1", "C-1")
findings = st.lists(
    st.builds(
        Finding,
        clause_id=st.sampled_from([ClauseId(one) for one in ORDER]),
        verdict=st.sampled_from(Verdict),
        locus=st.sampled_from(Locus),
        span=st.none() | st.builds(Span, event_id=st.just(EventId("evt_1")), turn=st.integers(0, 3)),
        model_outcome=st.none(),
        exception=st.none(),
        primary=st.just(False),
        id=st.none(),
    ),
    min_size=1,
    max_size=6,
)


def lead(ids):
    return min(ids, key=ORDER.index, default=None)


class TestLeadingFinding:
    @given(findings)
    def test_is_always_exactly_one(self, found):
        led = leading_finding(found, lead=lead)

        assert sum(one.primary for one in led) == 1

    @given(findings)
    def test_has_the_verdict_of_the_whole(self, found):
        led = leading_finding(found, lead=lead)

        assert next(one for one in led if one.primary).verdict is overall_verdict(found)

    @given(findings)
    def test_never_lets_a_clause_that_held_lead_over_one_that_was_broken(self, found):
        broken = [one.clause_id for one in found if one.verdict is Verdict.VIOLATION]

        led = next(one for one in leading_finding(found, lead=lead) if one.primary)

        assert not broken or led.clause_id == lead(broken)


class TestNeedsSecond:
    @given(st.sampled_from(Severity), st.sampled_from(Severity))
    def test_exactly_where_a_grave_case_becomes_less_grave(self, before, after):
        assert needs_second(before=before, after=after) == (before <= Severity.SEV1 and after > before)


class TestOutcomeState:
    @pytest.mark.parametrize(
        ("kind", "second", "expected"),
        [
            ("first_look", False, DecisionState.STANDS),
            ("first_look", True, DecisionState.PROPOSED),
            ("appeal", False, DecisionState.STANDS),
            ("golden", False, DecisionState.RECORDED),
            ("audit", True, DecisionState.RECORDED),
        ],
    )
    def test_follows_kind_and_gravity(self, kind, second, expected, a_task_of):
        state = outcome_state(
            a_task_of(kind), reviewer="rev_a", assessed=Severity.SEV3, needs_second=second, proposal=None, alone=True
        )

        assert state is expected

    @pytest.mark.parametrize(
        ("kind", "expected"), [("first_look", DecisionState.PROPOSED), ("golden", DecisionState.RECORDED)]
    )
    def test_is_a_proposal_at_most_where_no_certificate_bears_it(self, kind, expected, a_task_of):
        state = outcome_state(
            a_task_of(kind), reviewer="rev_a", assessed=Severity.SEV3, needs_second=False, proposal=None, alone=False
        )

        assert state is expected


class TestEffectiveAt:
    @pytest.mark.parametrize(
        ("severity", "action", "waits"),
        [
            (Severity.SEV0, "warn", False),
            (Severity.SEV1, "block", False),
            (Severity.SEV1, "suspend", True),
            (Severity.SEV2, "warn", True),
            (Severity.SEV1, None, False),
        ],
        ids=["SEV0 protective", "SEV1 protective", "SEV1 high impact", "SEV2", "SEV1 nothing to enforce"],
    )
    def test_waits_unless_a_minute_counts_and_nothing_is_lost(self, severity, action, waits):
        actions = {one.id: one for one in ACTIONS}
        dispositions = [] if action is None else [enforce(action)]

        at = effective_at(AT, severity=severity, dispositions=dispositions, action=actions.get)

        assert at == (AT + GRACE if waits else AT)

    def test_waits_for_a_measure_that_weighs_much_though_it_holds_for_a_time_only(self):
        actions = {one.id: one for one in ACTIONS}
        meanwhile = replace(
            enforce("suspend"), kind=DispositionKind.REQUEST_INFORMATION, action_id=None, interim=ActionId("suspend")
        )

        at = effective_at(AT, severity=Severity.SEV0, dispositions=[meanwhile], action=actions.get)

        assert at == AT + GRACE
        assert must_confirm([meanwhile], severity=Severity.SEV3, action=actions.get)

    def test_waits_for_an_action_nobody_knows(self):
        assert effective_at(AT, severity=Severity.SEV0, dispositions=[enforce("gone")], action=lambda _: None) > AT


class TestDecisionHash:
    SAME: ClassVar[dict[str, Any]] = {
        "case_id": "case_1",
        "task_id": "task_1",
        "reviewer_id": "rev_1",
        "policy_version_id": "pol_1",
        "policy_hash": "aa",
        "dossier_hash": "bb",
        "assessed": 2,
        "decided_at": AT,
    }

    @pytest.mark.parametrize("name", sorted(SAME))
    def test_covers_everything(self, name):
        judgement = Judgement(findings=())
        other = {"assessed": 3, "decided_at": AT.replace(year=2027)}.get(name, "other")

        changed = decision_hash(judgement, **self.SAME | {name: other})

        assert changed != decision_hash(judgement, **self.SAME)

    @given(findings)
    def test_is_the_same_after_a_trip_through_json(self, found):
        judgement = Judgement(findings=tuple(found))

        again = parse_judgement(canonical_judgement(judgement))

        assert decision_hash(again, **self.SAME) == decision_hash(judgement, **self.SAME)


class TestParseJudgement:
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_names_a_place_or_gives_a_judgement(self, value):
        with suppress(BadJudgement):
            assert isinstance(parse_judgement({"findings": value}), Judgement)

    @pytest.mark.parametrize("value", [None, 1, "x", [1], [{"clause_id": 1}], {}])
    def test_names_the_place(self, value):
        with pytest.raises(BadJudgement) as refused:
            parse_judgement({"findings": value})

        assert all(one["pointer"].startswith("/findings") for one in refused.value.facts["places"])


class TestCursors:
    @given(st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"])))
    def test_come_back_as_they_went(self, part):
        assert parse_cursor(cursor_of(part), parts=1) == (part,)

    @given(st.text(max_size=40))
    def test_of_others_are_refused_or_read(self, text):
        with suppress(BadCursor):
            assert len(parse_cursor(text, parts=2)) == 2


class TestClauseKeys:
    def test_hold_clauses_and_families(self):
        assert clause_keys([ClauseId("CSE-1"), ClauseId("CSE-2"), ClauseId("HAR-1")]) == [
            "CSE", "CSE-1", "CSE-2", "HAR", "HAR-1",
        ]  # fmt: skip


def enforce(action):
    return Disposition(
        kind=DispositionKind.ENFORCE,
        target_level=TargetLevel.ACCOUNT,
        target_id="sub_1",
        action_id=ActionId(action),
    )


@pytest.fixture
def a_task_of(tx):
    from assize.review.service.freezing import frozen  # noqa: PLC0415
    from builders.review import a_case, a_policy  # noqa: PLC0415

    a_policy(tx)
    case = a_case(tx)
    dossier = frozen(tx, case, at=AT)
    return lambda kind: asked(case, dossier, kind=kind, at=AT)
