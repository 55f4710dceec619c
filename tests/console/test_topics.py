"""What a fact is news to."""

import pytest

from assize.console.errors import NoSuchTopic
from assize.console.live import topics
from assize.console.live.topics import cases_in, parse, topics_of
from assize.kernel.facts import Fact


class TestTopicsOf:
    @pytest.mark.parametrize(
        ("kind", "case_id", "expected"),
        [
            pytest.param("TaskClaimed", "case_1", {"queues", "me", "operations", "case:case_1"}, id="a claim"),
            pytest.param("LeverPulled", None, {"surge", "operations"}, id="a lever"),
            pytest.param("RemediationItemDone", "case_1", {"remediation", "case:case_1"}, id="something taken back"),
            pytest.param("Sums", None, {"operations"}, id="sums made anew"),
            pytest.param("CaseGrew", "case_1", {"case:case_1"}, id="a case that grew"),
            pytest.param("PolicyPublished", None, {"me"}, id="a policy"),
            pytest.param("ContentOpened", "case_1", set(), id="reading"),
            pytest.param("AccessRefused", None, set(), id="a refusal"),
            pytest.param("SignedIn", None, set(), id="a sign-in"),
        ],
    )
    def test_follow_from_kind_and_case(self, kind, case_id, expected):
        assert topics_of(kind, case_id) == expected

    def test_name_facts_that_exist(self):
        import assize.app.flow  # noqa: F401, PLC0415 - every slice declares its facts

        named = frozenset().union(topics._SILENT, *(kinds for _, kinds in topics._TOPICS)) - topics._SUMS

        assert named - set(Fact.kinds) == set()


class TestParse:
    def test_takes_topics_parted_by_commas(self):
        found = parse("queues,case:case_01J,me")

        assert found == {"queues", "me", "case:case_01J"}
        assert cases_in(found) == ["case_01J"]

    @pytest.mark.parametrize("given", ["", "everything", "case:", "case:x y", ",".join(f"case:{n}" for n in range(21))])
    def test_refuses_what_is_no_topic(self, given):
        with pytest.raises(NoSuchTopic):
            parse(given)
