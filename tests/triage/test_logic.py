"""Triage's judgements, pure."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.intake.models import Event, ModelOutcome, ReporterKind, ReportNote
from assize.kernel.ids import CaseId, ClauseId, EventId, RuleId
from assize.platform.cel import Fields
from assize.policy.models import ResponseMode, Severity
from assize.triage.logic.actor import adds_up, needs_review
from assize.triage.logic.features import BASE_FIELDS, SIGNAL_FIELDS, base_values
from assize.triage.logic.patterns import pattern_problems
from assize.triage.logic.placing import By, Do, Known, place
from assize.triage.logic.priority import BOOST, priority
from assize.triage.logic.scoring import clause_scores, likely, merged
from assize.triage.models import CaseState, LikelyClause, RuleState, TriageRule

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_event(**given: object) -> Event:
    """An event as it is kept."""
    settings: dict[str, object] = {
        "id": EventId("evt_1"),
        "source": "platform",
        "external_id": "1",
        "kind": "conversation",
        "occurred_at": AT,
        "received_at": AT,
    }
    return Event(**(settings | given))  # type: ignore[arg-type]


def a_rule(rule_id: str, clause: str = "HAR-1", score: float = 0.7) -> TriageRule:
    """A rule that is on."""
    return TriageRule(
        id=RuleId(rule_id),
        version=1,
        title=rule_id,
        expression="true",
        clause_id=ClauseId(clause),
        score=score,
        state=RuleState.ON,
        author=None,
        from_policy=True,
        changed_at=AT,
    )


def a_known(by: By = By.SUBJECT, state: CaseState = CaseState.OPEN, **given: object) -> Known:
    """A case that shares something with an event."""
    settings: dict[str, object] = {
        "id": CaseId(f"case_{by.name}"),
        "severity": Severity.SEV2,
        "opened_at": AT - HOUR,
        "decided_at": None if state is CaseState.OPEN else AT - HOUR,
    }
    return Known(by=by, state=state, **(settings | given))  # type: ignore[arg-type]


class TestFeatures:
    def test_leave_out_what_an_event_does_not_say(self):
        values = base_values(an_event(), text_length=0, reporter_accuracy=None)

        assert values == {
            "event.kind": "conversation",
            "event.turn_count": 0,
            "event.text_length": 0,
            "event.test": False,
        }

    def test_are_all_declared_with_their_types(self):
        event = an_event(
            language="en",
            region="eu",
            model_outcome=ModelOutcome.REFUSED,
            report=ReportNote(reporter_id="r", reporter_kind=ReporterKind.USER, reason="harassment"),
            attributes={"account_kind": "consumer", "account_age_days": 3, "minor_likely": True},
        )

        values = base_values(event, text_length=5, reporter_accuracy=0.5)

        assert values.keys() == BASE_FIELDS.keys()
        assert Fields(BASE_FIELDS).coerced(values) == values

    def test_count_an_accounts_age_from_when_it_was_made(self):
        event = an_event(attributes={"account_created_at": "2026-02-27T12:00:00+00:00"})

        assert base_values(event, text_length=0, reporter_accuracy=None)["account.age_days"] == 2

    @pytest.mark.parametrize(
        "attributes",
        [
            {"account_age_days": "three"},
            {"account_age_days": True},
            {"account_age_days": -1},
            {"account_created_at": "yesterday"},
            {"account_created_at": "2026-02-27"},
            {"minor_likely": "yes"},
            {"account_kind": 3},
        ],
    )
    def test_take_nothing_from_attributes_that_do_not_fit(self, attributes: dict[str, object]):
        values = base_values(an_event(attributes=attributes), text_length=0, reporter_accuracy=None)

        assert not values.keys() & {"account.age_days", "subject.minor_likely", "account.kind"}

    def test_name_every_field_once(self):
        assert not BASE_FIELDS.keys() & SIGNAL_FIELDS.keys()


class TestClauseScores:
    def test_take_the_highest_of_a_clause_and_name_every_rule(self):
        found = clause_scores([a_rule("a", score=0.4), a_rule("b", score=0.9), a_rule("c", "CSE-1", 0.6)])

        assert [(one.clause_id, one.score, one.why) for one in found] == [
            ("HAR-1", 0.9, ("rule:a", "rule:b")),
            ("CSE-1", 0.6, ("rule:c",)),
        ]

    @given(st.lists(st.builds(a_rule, st.sampled_from("abc"), st.sampled_from(["X-1", "Y-1"]), st.floats(0, 1))))
    def test_do_not_depend_on_the_order_of_rules(self, rules: list[TriageRule]):
        assert clause_scores(rules) == clause_scores(list(reversed(rules)))

    def test_keep_what_is_likely_enough_for_a_person(self):
        found = clause_scores([a_rule("a", "X-1", 0.5), a_rule("b", "Y-1", 0.49)])

        assert [one.clause_id for one in likely(found)] == ["X-1"]

    def test_never_lower_a_score_when_merged(self):
        first = (LikelyClause(clause_id=ClauseId("X-1"), score=0.9, why=("rule:a",)),)
        second = (LikelyClause(clause_id=ClauseId("X-1"), score=0.6, why=("rule:b",)),)

        assert merged(first, second) == merged(second, first)
        assert merged(first, second)[0].score == 0.9
        assert merged(first, second)[0].why == ("rule:a", "rule:b")


class TestActorReview:
    @pytest.mark.parametrize(
        ("scores", "called_for"),
        [
            ([], False),
            ([0.49, 0.49], False),
            ([0.45, 0.45, 0.45], True),
            ([0.2] * 7, False),
            ([0.2] * 8, True),
            ([0.05] * 100, False),
        ],
    )
    def test_is_called_for_by_what_adds_up(self, scores: list[float], called_for: bool):
        assert needs_review(scores) is called_for

    @given(st.lists(st.floats(0, 1), max_size=20), st.floats(0, 1))
    def test_never_weighs_less_with_one_conversation_more(self, scores: list[float], more: float):
        assert adds_up([*scores, more]) >= adds_up(scores) - 1e-12
        assert needs_review([*scores, more]) >= needs_review(scores)


class TestPlace:
    @pytest.mark.parametrize(
        ("known", "severity", "do", "case_id"),
        [
            ([], Severity.SEV2, Do.OPEN, None),
            ([a_known()], Severity.SEV2, Do.JOIN, "case_SUBJECT"),
            ([a_known(opened_at=AT - timedelta(days=15))], Severity.SEV2, Do.OPEN, "case_SUBJECT"),
            ([a_known(By.CLUSTER), a_known(By.CONVERSATION)], Severity.SEV2, Do.JOIN, "case_CONVERSATION"),
            ([a_known(By.CLUSTER, opened_at=AT - timedelta(days=4))], Severity.SEV2, Do.OPEN, None),
            ([a_known(By.CONVERSATION, CaseState.DECIDED)], Severity.SEV2, Do.REOPEN, "case_CONVERSATION"),
            (
                [a_known(By.CONVERSATION, CaseState.DECIDED, decided_at=AT - timedelta(hours=25))],
                Severity.SEV2,
                Do.OPEN,
                "case_CONVERSATION",
            ),
            ([a_known(state=CaseState.DECIDED)], Severity.SEV2, Do.OPEN, "case_SUBJECT"),
            ([a_known(state=CaseState.DECIDED)], Severity.SEV1, Do.REOPEN, "case_SUBJECT"),
            ([a_known(state=CaseState.CLOSED)], Severity.SEV3, Do.OPEN, "case_SUBJECT"),
            ([a_known(By.CLUSTER, CaseState.DECIDED)], Severity.SEV0, Do.OPEN, None),
        ],
        ids=[
            "nothing shared: a new case",
            "open case of the subject: joins",
            "open too long: a new case, linked",
            "the closest of two open cases",
            "an old wave of copies: a new case",
            "the conversation goes on within a day: opens again",
            "the conversation goes on later: a new case, linked",
            "decided, as grave: a new case, linked",
            "decided, graver: opens again",
            "closed, less grave: a new case, linked",
            "strangers' decided case: neither opens again nor is linked",
        ],
    )
    def test_follows_the_stated_rules(self, known: list[Known], severity: Severity, do: Do, case_id: str | None):
        found = place(known, severity=severity, at=AT)

        assert (found.do, found.case_id) == (do, case_id)


class TestPriority:
    def test_puts_the_graver_first_whatever_else_weighs(self):
        keys = [
            priority(opened_at=AT, severity=level, mode=ResponseMode.ROUTINE, weights=()).order_key
            for level in Severity
        ]

        assert keys == sorted(keys)
        assert all(earlier - later >= timedelta(days=3) for earlier, later in pairwise(BOOST.values()))

    def test_lets_nothing_starve(self):
        old = priority(opened_at=AT - timedelta(days=15), severity=Severity.SEV4, mode=ResponseMode.ROUTINE, weights=())
        new = priority(opened_at=AT, severity=Severity.SEV2, mode=ResponseMode.ROUTINE, weights=())

        assert old.order_key < new.order_key

    def test_says_why(self):
        found = priority(
            opened_at=AT, severity=Severity.SEV1, mode=ResponseMode.VERIFY, weights=("a minor may be involved",)
        )

        assert found.reasons == ("SEV1", "a minor may be involved", "grave if true: to verify")

    @given(
        st.sampled_from(Severity),
        st.sampled_from(Severity),
        st.sampled_from(ResponseMode),
        st.lists(st.text(), max_size=4),
    )
    def test_never_puts_a_graver_case_later(
        self, one: Severity, other: Severity, mode: ResponseMode, weights: list[str]
    ):
        first, second = (
            priority(opened_at=AT, severity=level, mode=mode, weights=weights) for level in sorted([one, other])
        )

        assert first.order_key <= second.order_key


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "words"),
        [("(a+)+", "for ever"), ("(x|(y*z)*)w", "for ever"), ("(", "missing )"), ("a" * 2_001, "at most 2000")],
    )
    def test_that_could_run_for_ever_are_told(self, pattern: str, words: str):
        ((name, message),) = pattern_problems({"p": pattern})

        assert name == "p"
        assert words in message

    @pytest.mark.parametrize("pattern", [r"\bword\b", "a+b*", "(?:ab{2,3})+", r"\b(?:\d{3}-){2}\d+\b"])
    def test_that_are_safe_pass(self, pattern: str):
        assert list(pattern_problems({"p": pattern})) == []
