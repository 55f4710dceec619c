from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.policy import service
from assize.policy.errors import LoweringNeedsReason, NotLower
from assize.policy.models import Dimension, Likelihood, ResponseMode, Rubric, Severity
from builders.policy import a_clause, a_gate, a_pack

STARTER = service.load("starter")
IDS = [clause.id for clause in STARTER.clauses]

rubrics = st.dictionaries(st.sampled_from(Dimension), st.integers(0, 4)).map(lambda scores: Rubric(scores=scores))
some_clauses = st.lists(st.sampled_from(STARTER.clauses), max_size=4, unique_by=lambda clause: clause.id)
likelihoods = st.sampled_from(Likelihood)
URGENCY = [ResponseMode.ROUTINE, ResponseMode.VERIFY, ResponseMode.PRIORITY, ResponseMode.PAGE]


class TestSeverity:
    def test_is_the_gravest_open_gate(self):
        gates = [a_gate("a", severity=Severity.SEV2, gravity=2), a_gate("b", severity=Severity.SEV1, gravity=3)]

        result = service.severity(Rubric(scores={Dimension.GRAVITY: 3}), [], gates)

        assert result.severity is Severity.SEV1
        assert [hit.gate_id for hit in result.gates] == ["b", "a"]

    def test_without_an_open_gate_is_sev4(self):
        assert service.severity(Rubric(), [], [a_gate(gravity=1)]).severity is Severity.SEV4

    def test_asks_for_all_of_a_gate_s_conditions(self):
        gate = a_gate(severity=Severity.SEV0, gravity=3, imminence=4)

        assert service.severity(Rubric(scores={Dimension.GRAVITY: 4}), [], [gate]).severity is Severity.SEV4

    def test_of_a_found_violation_is_never_less_grave_than_the_floor(self):
        result = service.severity(Rubric(), [a_clause("CSE-1", floor=Severity.SEV1)], [])

        assert result.severity is Severity.SEV1
        assert result.gates[0].gate_id == "floor:CSE-1"

    def test_of_a_suspicion_knows_no_floor(self):
        result = service.severity(Rubric(), [a_clause(floor=Severity.SEV1)], [], found=False)

        assert result.severity is Severity.SEV4

    @pytest.mark.parametrize(
        ("clause_id", "opens"),
        [pytest.param("CSE-3", True, id="the family"), pytest.param("FRD-1", False, id="another family")],
    )
    def test_keeps_a_gate_to_its_clauses(self, clause_id, opens):
        gate = a_gate(severity=Severity.SEV0, clauses=["CSE"], gravity=1)

        result = service.severity(Rubric(scores={Dimension.GRAVITY: 1}), [a_clause(clause_id)], [gate])

        assert (result.severity is Severity.SEV0) is opens

    @given(rubrics, some_clauses, st.sampled_from(Dimension), st.booleans())
    def test_never_falls_when_a_dimension_is_raised(self, rubric, clauses, dimension, found):
        before = service.severity(rubric, clauses, STARTER.gates, found=found).severity

        for higher in range(rubric.score(dimension), 5):
            raised = replace(rubric, scores={**rubric.scores, dimension: higher})

            assert service.severity(raised, clauses, STARTER.gates, found=found).severity <= before

    @given(rubrics, some_clauses, st.sampled_from(STARTER.clauses))
    def test_never_falls_when_a_clause_is_added(self, rubric, clauses, another):
        before = service.severity(rubric, clauses, STARTER.gates).severity

        assert service.severity(rubric, [*clauses, another], STARTER.gates).severity <= before

    @given(rubrics, some_clauses, likelihoods, likelihoods)
    def test_does_not_depend_on_confidence(self, rubric, clauses, one, other):
        first = service.severity(replace(rubric, confidence=one), clauses, STARTER.gates)
        second = service.severity(replace(rubric, confidence=other), clauses, STARTER.gates)

        assert first == second

    @given(rubrics, some_clauses)
    def test_of_a_found_violation_is_at_least_that_of_the_suspicion(self, rubric, clauses):
        found = service.severity(rubric, clauses, STARTER.gates).severity

        assert found <= service.severity(rubric, clauses, STARTER.gates, found=False).severity


class TestRubric:
    @pytest.mark.parametrize("score", [-1, 5])
    def test_refuses_scores_off_the_scale(self, score):
        with pytest.raises(ValueError, match="gravity"):
            Rubric(scores={Dimension.GRAVITY: score})

    def test_of_a_machine_starts_from_what_a_suspicion_says(self):
        clause = a_clause(defaults={Dimension.GRAVITY: 2})

        rubric = service.provisional_rubric(clause, 0.6, {Dimension.GRAVITY: 1, Dimension.SPREAD: 2})

        assert rubric.scores == {Dimension.GRAVITY: 2, Dimension.SPREAD: 2}
        assert rubric.confidence is Likelihood.LIKELY

    @pytest.mark.parametrize(
        ("score", "step"),
        [
            (0.0, 1),
            (0.05, 2),
            (0.19, 2),
            (0.2, 3),
            (0.45, 4),
            (0.55, 5),
            (0.8, 6),
            (0.95, 7),
            (1.0, 7),
            (-1.0, 1),
            (2.0, 7),
        ],
    )
    def test_takes_its_confidence_from_the_steps_of_estimative_language(self, score, step):
        assert service.likelihood(score) == step


class TestProvisional:
    @given(
        st.dictionaries(st.sampled_from(IDS), st.floats(0, 1), min_size=1, max_size=3),
        st.floats(0, 1),
        st.dictionaries(st.sampled_from(Dimension), st.integers(0, 4)),
    )
    def test_low_confidence_alone_never_lowers_severity(self, likely, score, evidence):
        doubtful = dict.fromkeys(likely, score)

        one = service.provisional(STARTER, likely, evidence)
        other = service.provisional(STARTER, doubtful, evidence)

        assert one.result == other.result

    @given(
        st.dictionaries(st.sampled_from(IDS), st.floats(0, 1), min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(Dimension), st.integers(0, 4)),
        st.sampled_from(Dimension),
    )
    def test_is_never_less_grave_for_more_evidence(self, likely, evidence, dimension):
        before = service.provisional(STARTER, likely, evidence).result.severity

        after = service.provisional(STARTER, likely, {**evidence, dimension: 4}).result.severity

        assert after <= before

    def test_sends_what_is_grave_and_unsure_to_the_verify_lane(self):
        evidence = {Dimension.IMMINENCE: 4, Dimension.GRAVITY: 3}

        sure = service.provisional(STARTER, {"VIO-1": 0.9}, evidence)
        unsure = service.provisional(STARTER, {"VIO-1": 0.6}, evidence)

        assert sure.result.severity is unsure.result.severity is Severity.SEV0
        assert (sure.mode, unsure.mode) == (ResponseMode.PAGE, ResponseMode.VERIFY)

    def test_passes_over_clauses_the_policy_does_not_know(self):
        made = service.provisional(a_pack(), {"XXX-1": 0.9}, {})

        assert made.primary is None
        assert made.result.severity is Severity.SEV4

    def test_takes_evidence_from_the_rules_that_hit(self):
        evidence = service.evidence_of(STARTER, ["sui-1-strong", "frd-1-strong", "no-such-rule"])

        assert evidence[Dimension.IMMINENCE] == 4
        assert evidence[Dimension.SPREAD] == 2


class TestResponseMode:
    @given(rubrics, some_clauses, likelihoods, likelihoods)
    def test_is_never_slower_for_more_confidence(self, rubric, clauses, one, other):
        result = service.severity(rubric, clauses, STARTER.gates)
        lower, higher = sorted((one, other))

        first = service.response_mode(result, lower, clauses, STARTER.modes)
        second = service.response_mode(result, higher, clauses, STARTER.modes)

        assert URGENCY.index(second) >= URGENCY.index(first)

    @given(rubrics, some_clauses, likelihoods)
    def test_of_something_grave_is_never_routine(self, rubric, clauses, confidence):
        result = service.severity(rubric, clauses, STARTER.gates)

        mode = service.response_mode(result, confidence, clauses, STARTER.modes)

        assert not (result.severity.grave and mode is ResponseMode.ROUTINE)

    def test_without_rules_is_routine(self):
        result = service.severity(Rubric(), [], [])

        assert service.response_mode(result, Likelihood.ALMOST_CERTAIN, [], []) is ResponseMode.ROUTINE


class TestLowering:
    def test_keeps_from_what_to_what_and_why(self):
        rubric = service.lower(Rubric(scores={Dimension.INTENT: 3}), Dimension.INTENT, 1, " It was a song. ")

        assert rubric.score(Dimension.INTENT) == 1
        assert [(one.before, one.after, one.reason) for one in rubric.lowered] == [(3, 1, "It was a song.")]

    @given(rubrics, st.sampled_from(Dimension), st.integers(0, 4), st.text(alphabet=" \t\n"))
    def test_needs_a_reason(self, rubric, dimension, to, blank):
        with pytest.raises(LoweringNeedsReason):
            service.lower(rubric, dimension, to, blank)

    @given(rubrics, st.sampled_from(Dimension), st.integers(0, 4))
    def test_refuses_what_is_not_lower(self, rubric, dimension, more):
        with pytest.raises(NotLower):
            service.lower(rubric, dimension, rubric.score(dimension) + more, "because")

    @pytest.mark.parametrize(
        ("gravity", "second"),
        [pytest.param(4, True, id="at SEV1"), pytest.param(3, False, id="at SEV2")],
    )
    def test_needs_a_second_person_where_it_was_grave(self, gravity, second):
        before = Rubric(scores={Dimension.GRAVITY: gravity})
        after = service.lower(before, Dimension.GRAVITY, 1, "It was a song.")

        assert service.needs_second_person(before, after, [], STARTER.gates) is second

    def test_needs_nobody_where_nothing_was_lowered(self):
        rubric = Rubric(scores={Dimension.GRAVITY: 4})

        assert not service.needs_second_person(rubric, rubric, [], STARTER.gates)
