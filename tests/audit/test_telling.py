"""Stories: who may read them, for what, and in which words."""

import dataclasses
import importlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.audit import service
from assize.audit.errors import ErasureStays, OneStoryAtATime, PurposeNeeded
from assize.audit.logic.sentences import MASKED, details, tell
from assize.audit.logic.wording import SENTENCES
from assize.kernel import clock
from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, ReviewerId, SubjectId
from assize.platform.db import Database, Tx
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM
from builders.audit import AT, StoneTurned, an_auditor

SUBJECT = SubjectId("sub_01J9Z3K5V7W8X9Y0ABCDEFGHJK")
words = st.text("abcdefgh_", min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


class TestASentence:
    def test_says_who_did_what_in_its_own_words(self):
        body = {"purpose": "a second look", "case_id": "case_1"}

        assert tell("ContentOpened", actor="Ada", body=body, masked=()) == "Ada opened the content, for: a second look"

    def test_of_a_kind_without_words_of_its_own_says_its_name(self):
        assert tell("StoneTurnedOver", actor="Ada", body={"stone": 3}, masked=()) == "Stone turned over, by Ada"

    def test_falls_back_on_the_name_where_a_field_is_missing(self):
        assert tell("CaseRaised", actor="the system", body={}, masked=()) == "Case raised, by the system"

    def test_tells_a_severity_by_its_name(self):
        body = {"severity": 0, "severity_before": 2, "verdict": "violation", "primary_clause": "CSE-1"}

        told = tell("DecisionMade", actor="Ada", body=body, masked=())

        assert told == "Ada decided under CSE-1 at SEV0: violation"

    def test_takes_the_way_whose_fields_are_there(self):
        body = {"verdict": "no_violation", "primary_clause": None, "severity": None}

        assert tell("DecisionMade", actor="Ada", body=body, masked=()) == "Ada decided: no_violation"

    def test_tells_that_what_was_said_was_erased(self):
        assert tell("ContentOpened", actor="Ada", body=None, masked=()) == (
            "Content opened, by Ada; what it said was erased"
        )

    @given(kind=st.sampled_from([*SENTENCES, "Other"]), body=st.dictionaries(words, values, max_size=5))
    def test_can_be_told_of_any_body(self, kind: str, body: dict[str, object]):
        assert tell(kind, actor="Ada", body=body, masked={"subject", "text"})


class TestDetails:
    def test_hide_a_subject_under_any_name_and_at_any_depth(self):
        body = {"subject_id": "x", "about": SUBJECT, "parts": [{"who": SUBJECT, "account": "a"}], "n": 1}

        shown = details(body, masked={"subject"})

        assert SUBJECT not in str(shown)
        assert shown["subject_id"] == MASKED
        assert shown["parts"] == f"who: {MASKED}; account: {MASKED}"
        assert shown["n"] == "1"

    def test_hide_prose_where_text_is_masked(self):
        assert details({"reason": "words"}, masked={"text"}) == {"reason": MASKED}

    def test_count_what_a_long_list_leaves_out(self):
        assert details({"ids": list("abcdefg")}, masked=()) == {"ids": "a, b, c, d, e and 2 more"}


class TestAStory:
    def test_of_a_case_is_told_in_order_and_in_parts(self, tx: Tx):
        tx.record(*(StoneTurned(case_id=CaseId("case_told"), stone=at) for at in range(5)), at=AT)

        first = service.story(tx, case_id=CaseId("case_told"), limit=3, at=AT)
        rest = service.story(tx, case_id=CaseId("case_told"), limit=3, after=first.after, at=AT)

        assert [line.details["stone"] for line in (*first.lines, *rest.lines)] == list("01234")
        assert rest.after is None
        assert first.lines[0].sentence == "Stone turned, by the system"

    def test_of_a_person_opens_to_whoever_said_what_for(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            tx.record(StoneTurned(subject_id=SUBJECT), at=AT)
        now = clock.now()
        with fresh_database.transaction(an_auditor()) as tx:
            with pytest.raises(PurposeNeeded):
                service.story(tx, subject_id=SUBJECT, at=now)

            service.open_story(tx, subject_id=SUBJECT, purpose="a complaint", at=now)

            lines = service.story(tx, subject_id=SUBJECT, at=now).lines
        assert [line.kind for line in lines] == ["StoneTurned", "StoryOpened"]
        assert lines[1].sentence == "Rev_auditor opened this story, for: a complaint"

    def test_of_a_reviewer_is_what_they_did(self, fresh_database: Database):
        now = clock.now()
        reviewer = ReviewerId("rev_auditor")
        with fresh_database.transaction(an_auditor()) as tx:
            service.open_story(tx, reviewer_id=reviewer, purpose="a dispute", at=now)
            tx.record(StoneTurned(), at=AT)

            assert [line.kind for line in service.story(tx, reviewer_id=reviewer, at=now).lines] == [
                "StoryOpened",
                "StoneTurned",
            ]

    def test_hides_subjects_from_a_view_that_masks_them(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            tx.record(StoneTurned(subject_id=SUBJECT), at=AT)
        now = clock.now()
        with fresh_database.transaction(an_auditor(masked=frozenset({"subject"}))) as tx:
            service.open_story(tx, subject_id=SUBJECT, purpose="a complaint", at=now)

            told = service.story(tx, subject_id=SUBJECT, at=now)

        assert SUBJECT not in str(told)

    def test_of_a_case_that_one_may_not_see_is_empty(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            tx.record(StoneTurned(case_id=CaseId("case_hidden")), at=AT)

        with fresh_database.transaction(an_auditor()) as tx:
            assert service.story(tx, case_id=CaseId("case_hidden"), at=AT).lines == ()

    def test_is_told_of_one_thing_at_a_time(self, tx: Tx):
        with pytest.raises(OneStoryAtATime):
            service.story(tx, at=AT)
        with pytest.raises(OneStoryAtATime):
            service.story(tx, case_id=CaseId("case_1"), subject_id=SUBJECT, at=AT)

    def test_needs_the_right_to_read_the_ledger(self, fresh_database: Database):
        with (
            fresh_database.transaction(an_auditor(rights=frozenset())) as tx,
            pytest.raises(NotAllowed),
        ):
            service.story(tx, case_id=CaseId("case_1"), at=AT)


class TestErasure:
    def test_takes_what_was_said_and_leaves_that_it_happened(self, tx: Tx):
        tx.record(StoneTurned(case_id=CaseId("case_told"), stone=7), at=AT)
        fact_id = service.story(tx, case_id=CaseId("case_told"), at=AT).lines[0].fact_id

        assert service.erase_bodies(tx, fact_ids=[fact_id], reason="retention ended", at=AT) == 1
        assert service.erase_bodies(tx, fact_ids=[fact_id], reason="retention ended", at=AT) == 0

        line = service.story(tx, case_id=CaseId("case_told"), at=AT).lines[0]
        assert line.erased
        assert line.sentence == "Stone turned, by the system; what it said was erased"

    def test_does_not_erase_the_record_of_an_erasure(self, tx: Tx):
        tx.record(StoneTurned(case_id=CaseId("case_told")), at=AT)
        fact_id = service.story(tx, case_id=CaseId("case_told"), at=AT).lines[0].fact_id
        service.erase_bodies(tx, fact_ids=[fact_id], reason="retention ended", at=AT)
        record = tx.value("select id from platform.fact where kind = 'BodiesErased'")

        with pytest.raises(ErasureStays):
            service.erase_bodies(tx, fact_ids=[record], reason="x", at=AT)

    def test_needs_the_right_to_erase(self, fresh_database: Database):
        with fresh_database.transaction(an_auditor()) as tx, pytest.raises(NotAllowed):
            service.erase_bodies(tx, fact_ids=["fact_1"], reason="x", at=AT)


def kinds() -> dict[str, set[str]]:
    """Every kind of the house, with the names of its fields."""
    for slice_ in (
        "workforce",
        "policy",
        "intake",
        "triage",
        "review",
        "enforcement",
        "escalation",
        "quality",
        "audit",
    ):
        importlib.import_module(f"assize.{slice_}.facts")
    return {kind: {one.name for one in dataclasses.fields(fact)} for kind, fact in Fact.kinds.items()}


class TestTheWords:
    @pytest.mark.parametrize("kind", sorted(SENTENCES))
    def test_name_only_what_the_fact_says(self, kind: str):
        named = {name for way in SENTENCES[kind] for _, name, _, _ in string.Formatter().parse(way) if name}

        assert named - {"actor"} <= kinds()[kind]
