"""Precedents guide; similar cases are marked as no precedent. Notes, drafts, assignments, judgements from outside."""

import pytest

from assize.kernel.ids import ClauseId
from assize.policy.models import Severity
from assize.review import service
from assize.review.errors import BadRequest, NotFree, NotQualified
from assize.review.models import DecisionState, SimilarHow, Treatment, Verdict
from assize.review.ports import RaterJudgement
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, ReviewerKind, Role, Skills
from builders.review import (
    AT,
    MINUTE,
    a_case,
    a_policy,
    a_reviewer,
    a_task,
    acting,
    an_event,
    decided,
    in_hand,
)

ADA, EXPERT = a_reviewer("ada"), a_reviewer("exp", roles=(Role.EXPERT,))
PRINCIPLE = "Repeated insults at one person are harassment even without a threat."


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy(request.getfixturevalue("tx"))


def endorsed(tx, *, principle=PRINCIPLE, clause="HAR-1"):
    a_task(tx)
    decision = decided(tx, ADA)
    with acting(tx, EXPERT) as mine:
        return service.endorse(mine, decision_id=decision.id, clause_id=ClauseId(clause), principle=principle, at=AT)


class TestPrecedent:
    def test_is_shown_beside_cases_under_its_clause(self, tx):
        precedent = endorsed(tx)
        case = a_case(tx, "HAR-1")

        with acting(tx, ADA) as mine:
            found = service.precedents(mine, case_id=case.id)

        assert [(one.id, one.principle, one.binding) for one in found] == [(precedent.id, PRINCIPLE, True)]

    def test_is_endorsed_by_experts_only(self, tx):
        a_task(tx)
        decision = decided(tx, ADA)

        with acting(tx, ADA) as mine, pytest.raises(NotAllowed):
            service.endorse(mine, decision_id=decision.id, clause_id=ClauseId("HAR-1"), principle=PRINCIPLE, at=AT)

    @pytest.mark.parametrize("principle", ["", "One. Two.", "x" * 501])
    def test_has_one_sentence(self, tx, principle):
        with pytest.raises(BadRequest, match="one sentence"):
            endorsed(tx, principle=principle)

    def test_speaks_of_a_clause_of_its_decision(self, tx):
        with pytest.raises(BadRequest, match="says nothing of this clause"):
            endorsed(tx, clause="CSE-1")

    def test_is_found_by_its_words(self, tx):
        precedent = endorsed(tx)

        assert [one.id for one in service.find_precedents(tx, text="insults harassment")] == [precedent.id]
        assert service.find_precedents(tx, text="poultry") == []

    def test_can_be_distinguished_by_whoever_decides(self, tx):
        precedent = endorsed(tx)

        with acting(tx, ADA) as mine:
            treated = service.treat(
                mine,
                precedent_id=precedent.id,
                treatment=Treatment.DISTINGUISHED,
                reason="Here two friends were joking.",
                at=AT,
            )

        assert treated.binding
        assert [one.treatment for one in treated.treatments] == [Treatment.DISTINGUISHED]

    def test_is_overruled_by_experts_only_and_binds_no_more(self, tx):
        precedent = endorsed(tx)

        def overrule(mine):
            return service.treat(
                mine, precedent_id=precedent.id, treatment=Treatment.OVERRULED, reason="It went too far.", at=AT
            )

        with acting(tx, ADA) as mine, pytest.raises(NotAllowed):
            overrule(mine)
        with acting(tx, EXPERT) as mine:
            assert not overrule(mine).binding

    def test_binds_no_more_once_the_words_of_its_clause_change(self, tx):
        endorsed(tx)
        case = a_case(tx, "HAR-1")
        tx.run("update review.precedent set clause_hash = 'of other words'")

        found = service.precedents(tx, case_id=case.id)

        assert [one.binding for one in found] == [False]

    def test_of_a_case_is_not_told_to_whoever_judges_that_case_blind(self, tx):
        precedent = endorsed(tx)
        tx.run(
            "update review.task set state = 'claimed', view = 'blind', holder = 'rev_bob', lease_until = now() + interval '1 hour'"
        )

        with acting(tx, EXPERT) as mine:
            seeing = service.precedents(mine, case_id=precedent.case_id)
        with acting(tx, a_reviewer("bob")) as mine:
            blind = service.precedents(mine, case_id=precedent.case_id)

        assert ([one.id for one in seeing], blind) == ([precedent.id], [])

    def test_is_part_of_the_dossiers_of_later_cases(self, tx):
        precedent = endorsed(tx)

        task = a_task(tx, "HAR-1")

        assert service.task_view(tx, task_id=task.id, at=AT).dossier.precedents == (precedent.id,)


class TestSimilar:
    def test_finds_decided_cases_by_words_and_says_that_they_bind_nobody(self, tx):
        a_task(tx, text="wonderful peculiar vocabulary insultword")
        decision = decided(tx, ADA)
        case = a_case(tx, text="another peculiar vocabulary altogether")

        found = service.similar(tx, case_id=case.id)

        assert [(one.decision_id, one.how) for one in found] == [(decision.id, SimilarHow.WORDS)]
        assert found[0].label == "Similar case, not a precedent: nobody endorsed it as a guide."

    def test_leaves_cases_that_nobody_decided(self, tx):
        a_task(tx, text="wonderful peculiar vocabulary")
        case = a_case(tx, text="another peculiar vocabulary altogether")

        assert service.similar(tx, case_id=case.id) == []

    def test_finds_nothing_for_whoever_judges_the_case_blind(self, tx):
        a_task(tx, text="wonderful peculiar vocabulary insultword")
        decided(tx, ADA)
        task = a_task(tx, text="another peculiar vocabulary altogether")
        tx.run(
            "update review.task set state = 'claimed', view = 'blind', holder = 'rev_bob', lease_until = now() + interval '1 hour' where id = %(id)s",
            {"id": task.id},
        )

        with acting(tx, ADA) as mine:
            seeing = service.similar(mine, case_id=task.case_id)
        with acting(tx, a_reviewer("bob")) as mine:
            blind = service.similar(mine, case_id=task.case_id)

        assert (len(seeing), blind) == (1, [])

    def test_finds_near_duplicates(self, tx):
        task = a_task(tx)
        decision = decided(tx, ADA)
        case = a_case(tx, text="nothing alike whatsoever")
        tx.run("update triage.case set near_duplicate = 7 where id = any(%(ids)s)", {"ids": [case.id, task.case_id]})

        assert next((one.decision_id, one.how) for one in service.similar(tx, case_id=case.id)) == (
            decision.id,
            SimilarHow.NEAR_DUPLICATE,
        )

    @pytest.mark.parametrize("handling", ["apparent_cse", "victim_identity", "privileged"])
    def test_never_indexes_what_may_not_be(self, tx, handling):
        a_task(tx, text="wonderful peculiar vocabulary insultword", handling=handling)

        decided(tx, ADA)

        assert tx.value("select count(*) from review.indexed_text") == 0

    def test_forgets_erased_content(self, tx):
        from assize.intake import service as intake  # noqa: PLC0415

        task = a_task(tx, text="wonderful peculiar vocabulary insultword")
        decided(tx, ADA)
        event_id = service.task_view(tx, task_id=task.id, at=AT).events[0].id

        intake.erase(tx, event_ids=[event_id], reason="asked to", at=AT)

        assert tx.value("select count(*) from review.indexed_text") == 0


class TestNote:
    def test_on_a_subject_is_seen_with_its_next_case(self, tx):
        task = a_task(tx, account="a-1", conversation="c-1")
        with acting(tx, ADA) as mine:
            service.note(mine, subject_id=task.subject_id, body="Writes satire for a living.", at=AT)
        later = a_case(tx, account="a-1", conversation="c-2")

        case = service.case_view(tx, case_id=later.id, at=AT)

        assert [one.body for one in case.notes] == ["Writes satire for a living."]

    def test_is_never_part_of_a_fact(self, tx):
        task = a_task(tx)

        service.note(tx, case_id=task.case_id, body="words-of-a-person", at=AT)

        assert tx.value("select count(*) from platform.fact_body where body like '%%words-of-a-person%%'") == 0

    @pytest.mark.parametrize("body", ["", "  ", "x" * 10_001])
    def test_has_words(self, tx, body):
        task = a_task(tx)

        with pytest.raises(BadRequest, match="a note has 1 to"):
            service.note(tx, case_id=task.case_id, body=body, at=AT)


class TestAssign:
    def test_keeps_a_task_for_somebody(self, tx):
        lead = a_reviewer("lea", roles=(Role.OPERATIONS_MANAGER,))
        bob = workforce.add_person(tx, name="Bob", email="bob@example.org", roles=[Role.ANALYST], at=AT)
        task = a_task(tx)

        with acting(tx, lead) as mine:
            service.assign(mine, task_id=task.id, to=bob, at=AT)

        with acting(tx, ADA) as mine:
            assert service.claim(mine, at=AT) is None
        with acting(tx, a_reviewer("bob", id=bob)) as mine:
            assert [one.id for one in service.assigned_to_me(mine)] == [task.id]
            assert service.claim(mine, at=AT).id == task.id

    def test_is_refused_for_somebody_without_the_skills(self, tx):
        skills = Skills(clauses=frozenset({ClauseId("CSE")}))
        bob = workforce.add_person(tx, name="Bob", email="bob@example.org", roles=[Role.ANALYST], skills=skills, at=AT)
        task = a_task(tx, "HAR-1")

        with pytest.raises(NotQualified):
            service.assign(tx, task_id=task.id, to=bob, at=AT)

    def test_leaves_what_somebody_has_in_hand(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)

        with pytest.raises(NotFree):
            service.assign(tx, task_id=task.id, to=None, at=AT)

    def test_moves_a_task_to_a_queue_of_the_policy(self, tx):
        task = a_task(tx)

        assert service.move(tx, task_id=task.id, queue="verify", at=AT).queue == "verify"
        with pytest.raises(BadRequest, match="no such queue"):
            service.move(tx, task_id=task.id, queue="nowhere", at=AT)

    def test_needs_the_right(self, tx):
        task = a_task(tx)

        with acting(tx, ADA) as mine, pytest.raises(NotAllowed):
            service.assign(mine, task_id=task.id, to=None, at=AT)


class TestDraft:
    def test_is_kept_whatever_its_shape(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)

        with acting(tx, ADA) as mine:
            service.save_draft(mine, task_id=task.id, body={"anything": [1, {"at": "all"}]}, at=AT)
            service.save_draft(mine, task_id=task.id, body={"later": True}, at=AT + MINUTE)

            assert service.task_view(mine, task_id=task.id, at=AT).draft == {"later": True}

    def test_is_each_reviewers_own(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)
        with acting(tx, ADA) as mine:
            service.save_draft(mine, task_id=task.id, body={"mine": True}, at=AT)

        with acting(tx, a_reviewer("bob")) as mine:
            assert service.drafts(mine) == []
            assert service.task_view(mine, task_id=task.id, at=AT).draft is None

    @pytest.mark.parametrize("body", [{"x": "\0"}, {"x": "y" * 200_001}, {"x": float("nan")}])
    def test_that_cannot_be_kept_is_refused(self, tx, body):
        a_task(tx)
        task = in_hand(tx, ADA)

        with acting(tx, ADA) as mine, pytest.raises(BadRequest):
            service.save_draft(mine, task_id=task.id, body=body, at=AT)


class TestRecordJudgements:
    def judgements(self, external_ids):
        return [
            RaterJudgement(
                event_source="platform",
                external_id=external_id,
                rater=f"Annotator{number}",
                label="-1",
                verdict=Verdict.VIOLATION if number % 2 else Verdict.NO_VIOLATION,
                severity=Severity.SEV3 if number % 2 else None,
            )
            for external_id in external_ids
            for number in range(3)
        ]

    def kept(self, database):
        with database.transaction(SYSTEM) as tx:
            a_policy(tx)
            for number in range(2):
                an_event(tx, external_id=f"item-{number}")

    def test_makes_raters_reviewers_and_each_judgement_a_decision(self, fresh_database):
        self.kept(fresh_database)

        done = service.record_judgements(
            fresh_database, self.judgements(["item-0", "item-1", "gone"]), clause_id=ClauseId("HAR-1"), at=AT
        )

        assert (done.recorded, done.without_event, done.cases_opened) == (6, 3, 2)
        with fresh_database.transaction(SYSTEM) as tx:
            raters = [one for one in workforce.reviewers(tx) if one.kind is ReviewerKind.PAST]
            assert sorted(one.name for one in raters) == [f"platform: Annotator{number}" for number in range(3)]
            page = service.list_decisions(tx, state=DecisionState.RECORDED)
            assert len(page.decisions) == 6
            assert {one.kind for one in page.decisions} == {"recorded"}
            assert tx.value("select count(*) from platform.fact where kind = 'DecisionStands'") == 0

    def test_records_nothing_twice(self, fresh_database):
        self.kept(fresh_database)
        items = self.judgements(["item-0", "item-1"])
        service.record_judgements(fresh_database, items, clause_id=ClauseId("HAR-1"), at=AT)

        again = service.record_judgements(fresh_database, items, clause_id=ClauseId("HAR-1"), at=AT + MINUTE)

        assert (again.recorded, again.known_already, again.cases_opened) == (0, 6, 0)

    def test_refuses_a_clause_that_the_policy_does_not_have(self, fresh_database):
        self.kept(fresh_database)

        with pytest.raises(BadRequest, match="no such clause"):
            service.record_judgements(fresh_database, [], clause_id=ClauseId("XXX-1"), at=AT)
