"""The starter pack holds what it promises."""

import re
from collections import Counter

import pytest

from assize.platform.plain import plain, words
from assize.policy import service
from assize.policy.models import Confidence, Severity

PACK = service.load("starter")
FAMILIES = {"CSE", "TVE", "VIO", "SUI", "CBR", "CYB", "IIA", "TRF", "STK", "INF", "FRD", "MOD", "DEP"}


class TestStarterPack:
    def test_has_nothing_wrong_and_nothing_to_warn_of(self):
        assert service.check(PACK) == []

    def test_has_thirteen_families_and_more_than_forty_clauses(self):
        assert {clause.family for clause in PACK.clauses} == FAMILIES
        assert len(PACK.clauses) >= 44

    def test_has_at_least_thirty_rules(self):
        assert len(PACK.rules) >= 30

    @pytest.mark.parametrize("clause", PACK.clauses, ids=lambda clause: clause.id)
    def test_has_complete_clauses(self, clause):
        assert len(clause.scope) >= 150
        assert len(clause.includes) >= 2
        assert clause.excludes
        assert clause.exceptions
        assert len(clause.questions) >= 3
        assert clause.mappings
        assert clause.reason_codes

    @pytest.mark.parametrize("clause", PACK.clauses, ids=lambda clause: clause.id)
    def test_says_what_follows_save_for_what_only_needs_a_look(self, clause):
        assert clause.default_dispositions or clause.severity_floor is Severity.SEV4

    @pytest.mark.parametrize("clause", PACK.clauses, ids=lambda clause: clause.id)
    def test_has_an_example_a_mild_rule_and_a_strong_rule_for_each_clause(self, clause):
        name = clause.id.lower()
        rules = {rule.id for rule in PACK.rules}

        assert any(one.primary == clause.id for one in PACK.examples)
        assert {f"{name}-mentioned", f"{name}-strong"} <= rules

    def test_marks_what_was_not_checked(self):
        for listed in PACK.support.values():
            for one in listed:
                assert (one.checked_on is None) == (one.confidence is Confidence.RECALLED)
        assert all(mapped.version for clause in PACK.clauses for mapped in clause.mappings)

    def test_has_a_path_for_minors_in_every_place(self):
        assert all(any(one.for_minors for one in listed) for listed in PACK.support.values())

    def test_never_counts_support_as_a_strike(self):
        assert all(one.strike_weight == 0 for one in PACK.actions if one.support)

    def test_needs_a_second_person_for_what_can_not_be_undone(self):
        assert all(one.high_impact for one in PACK.actions if not one.reversible)

    def test_has_gates_that_no_exception_opens_where_lives_are_at_stake(self):
        gates = {gate.id: gate.severity for gate in PACK.gates}
        fiction = [one for clause in PACK.clauses for one in clause.exceptions if one.kind == "fiction"]

        assert fiction
        assert all(any(gates[gate].grave for gate in one.closed_by) for one in fiction)

    def test_keeps_its_summary_and_titles_in_one_line_each(self):
        assert "\n" not in PACK.summary
        assert all("\n" not in clause.title for clause in PACK.clauses)

    def test_says_nothing_twice(self):
        titles = Counter(clause.title for clause in PACK.clauses)
        scopes = Counter(clause.scope for clause in PACK.clauses)

        assert max(titles.values()) == max(scopes.values()) == 1


class TestTerms:
    @pytest.mark.parametrize("clause", PACK.clauses, ids=lambda clause: clause.id)
    def test_hold_the_markers_of_the_simulated_platform(self, clause):
        name = clause.id.lower()

        assert f"sim-{name}" in PACK.terms[f"{name}.mild"]
        assert f"sim-{name}-strong" in PACK.terms[f"{name}.strong"]

    def test_are_short_general_words_and_never_steps(self):
        for listed in PACK.terms.values():
            for term in listed:
                assert len(words(plain(term))) <= 8, "a term is a phrase, not a text"
                assert not re.search(r"\d{2,}\s*(g|mg|kg|ml|l|°|%)\b", term)


class TestSeverityOfMarkers:
    """What the simulated traffic amounts to: strong markers of few clauses page, and nothing mild does."""

    @pytest.mark.parametrize("clause", PACK.clauses, ids=lambda clause: clause.id)
    def test_mild_words_are_never_grave(self, clause):
        made = service.provisional(
            PACK, {clause.id: 0.6}, service.evidence_of(PACK, [f"{clause.id.lower()}-mentioned"])
        )

        assert not made.result.severity.grave

    def test_only_some_strong_ones_page(self):
        paging = {
            clause.id
            for clause in PACK.clauses
            if service.provisional(
                PACK, {clause.id: 0.92}, service.evidence_of(PACK, [f"{clause.id.lower()}-strong"])
            ).mode.value
            == "page"
        }

        assert paging == {"CSE-4", "TVE-1", "VIO-1", "SUI-1"}
