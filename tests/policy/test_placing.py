import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.policy import service
from assize.policy.models import ResponseMode, Severity
from builders.policy import a_clause, a_pack

STARTER = service.load("starter")
IDS = [clause.id for clause in STARTER.clauses]


class TestPrimary:
    @given(st.lists(st.sampled_from([*IDS, "ZZZ-1", "AAA-1"]), min_size=1), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order(self, ids, rng):
        shuffled = list(ids)
        rng.shuffle(shuffled)

        assert service.primary(ids, STARTER.precedence) == service.primary(shuffled, STARTER.precedence)

    @given(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(IDS))
    def test_is_a_total_order(self, a, b, c):
        def leads(one, other):
            return service.primary([one, other], STARTER.precedence) == one

        assert leads(a, b) or leads(b, a)
        assert a == b or not (leads(a, b) and leads(b, a))
        assert not (leads(a, b) and leads(b, c)) or leads(a, c)

    def test_names_every_clause_of_the_starter_pack_once(self):
        assert sorted(STARTER.precedence) == sorted(IDS)

    @given(st.lists(st.sampled_from(IDS)))
    def test_puts_a_child_s_disclosure_first(self, ids):
        assert service.primary([*ids, "CSE-6"], STARTER.precedence) == "CSE-6"

    def test_of_nothing_is_none(self):
        assert service.primary([], STARTER.precedence) is None

    def test_puts_unknown_clauses_last(self):
        assert service.primary(["AAA-1", "CYB-5"], STARTER.precedence) == "CYB-5"


class TestRecommended:
    @pytest.mark.parametrize("leading", [clause.id for clause in STARTER.clauses if clause.support_first])
    def test_is_support_alone_where_support_comes_first(self, leading):
        usual = service.recommended(STARTER, [leading])

        assert {one.kind for one in usual} == {"support"}

    def test_leaves_enforcement_out_where_a_child_discloses(self):
        assert {one.kind for one in service.recommended(STARTER, ["CSE-2", "CSE-6", "STK-4"])} == {"support"}

    def test_joins_what_follows_by_precedence_each_once(self):
        pack = a_pack(a_clause("FRD-1", enforce="warn"), a_clause("FRD-2", enforce="warn"))

        assert len(service.recommended(pack, ["FRD-2", "FRD-1"])) == 1

    def test_of_unknown_clauses_is_nothing(self):
        assert service.recommended(STARTER, ["ZZZ-9"]) == ()


class TestRoute:
    @pytest.mark.parametrize(
        ("clause_id", "severity", "mode", "queue"),
        [
            pytest.param(
                "CSE-3", Severity.SEV0, ResponseMode.VERIFY, "child-safety", id="child safety keeps its cases"
            ),
            pytest.param("VIO-1", Severity.SEV0, ResponseMode.VERIFY, "verify", id="grave and unsure"),
            pytest.param("SUI-1", Severity.SEV0, ResponseMode.PAGE, "imminent-harm", id="a life within hours"),
            pytest.param("SUI-2", Severity.SEV3, ResponseMode.ROUTINE, "self-harm", id="by family"),
            pytest.param("STK-4", Severity.SEV3, ResponseMode.ROUTINE, "general", id="the rest"),
            pytest.param(None, Severity.SEV4, ResponseMode.ROUTINE, "general", id="no clause"),
        ],
    )
    def test_leads_to(self, clause_id, severity, mode, queue):
        assert service.route(STARTER.routing, clause_id=clause_id, severity=severity, mode=mode) == queue

    @given(st.sampled_from([*IDS, None]), st.sampled_from(Severity), st.sampled_from(ResponseMode))
    def test_always_leads_somewhere(self, clause_id, severity, mode):
        queue = service.route(STARTER.routing, clause_id=clause_id, severity=severity, mode=mode)

        assert STARTER.queue(queue) is not None

    def test_without_a_last_route_says_so(self):
        with pytest.raises(LookupError, match="no route"):
            service.route([], clause_id=None, severity=Severity.SEV4, mode=ResponseMode.ROUTINE)
