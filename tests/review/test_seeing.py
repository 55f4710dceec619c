"""What is shown to whom: masked fields, blind tasks, unopened content, search scopes, recusal."""

import pytest

from assize.kernel.actor import Scope
from assize.kernel.ids import QueueName
from assize.policy.models import Dimension
from assize.review import service
from assize.review.errors import BadRequest, MaskedFromYou, NoSuchDecision, NoSuchTask, NotYours
from assize.review.logic.showing import MASK, MASKED, NOT_OPENED
from assize.review.models import View
from assize.triage import service as triage
from assize.triage.errors import NoSuchCase
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Role
from builders.review import (
    AT,
    MINUTE,
    a_case,
    a_clean_judgement,
    a_finding,
    a_judgement,
    a_policy,
    a_reviewer,
    a_task,
    acting,
    decided,
    event_of,
    in_hand,
    masked_reviewer,
    searching_own,
)

ADA, BOB = a_reviewer("ada"), a_reviewer("bob")


@pytest.fixture(autouse=True)
def policy(tx):
    a_policy(tx)


def opened(tx, who, task, *, at=AT):
    with acting(tx, who) as mine:
        return service.open_content(mine, task_id=task.id, purpose="first look", at=at)


class TestOpening:
    def test_shows_text_only_afterwards(self, tx):
        a_task(tx, text="insultword again")
        task = in_hand(tx, ADA)

        with acting(tx, ADA) as mine:
            before = service.task_view(mine, task_id=task.id, at=AT)
        after = opened(tx, ADA, task)

        assert [turn.text for turn in before.events[0].turns] == [None, None]
        assert before.events[0].withheld == NOT_OPENED
        assert after.events[0].turns[0].text == "insultword again"
        assert after.events[0].withheld is None

    def test_records_purpose_and_mask(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)

        opened(tx, ADA, task)

        body = tx.value(
            "select b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id where kind = 'ContentOpened'"
        )
        assert '"purpose":"first look"' in body
        assert '"masked":[]' in body

    def test_lasts_a_shift(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)
        opened(tx, ADA, task)

        with acting(tx, ADA) as mine:
            soon = service.case_view(mine, case_id=task.case_id, at=AT + 60 * MINUTE)
            next_day = service.case_view(mine, case_id=task.case_id, at=AT + 24 * 60 * MINUTE)

        assert (soon.opened, next_day.opened) == (True, False)

    def test_is_each_reviewers_own(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)
        opened(tx, ADA, task)

        with acting(tx, BOB) as mine:
            assert not service.case_view(mine, case_id=task.case_id, at=AT).opened

    def test_needs_the_task_in_hand(self, tx):
        task = a_task(tx)

        with acting(tx, ADA) as mine, pytest.raises(NotYours):
            service.open_content(mine, task_id=task.id, purpose="curious", at=AT)

    @pytest.mark.parametrize("purpose", ["", "  ", "ab", "x" * 301])
    def test_needs_a_purpose(self, tx, purpose):
        a_task(tx)
        task = in_hand(tx, ADA)

        with acting(tx, ADA) as mine, pytest.raises(BadRequest, match="what you open it for"):
            service.open_content(mine, task_id=task.id, purpose=purpose, at=AT)

    def test_is_refused_without_the_right(self, tx):
        task = a_task(tx)

        with acting(tx, a_reviewer("aud", roles=(Role.AUDITOR,))) as mine, pytest.raises(NotAllowed):
            service.open_case(mine, case_id=task.case_id, purpose="an audit", at=AT)

    def test_of_a_case_without_a_task_is_recorded_too(self, tx):
        task = a_task(tx, text="insultword")

        with acting(tx, ADA) as mine:
            case = service.open_case(mine, case_id=task.case_id, purpose="second opinion", at=AT)

        assert case.events[0].turns[0].text == "insultword"
        assert tx.value("select count(*) from platform.fact where kind = 'ContentOpened'") == 1

    def test_never_shows_text_whose_handling_forbids_it(self, tx):
        a_task(tx, handling="zero_retention")
        task = in_hand(tx, ADA)

        case = opened(tx, ADA, task)

        assert case.events[0].turns == ()
        assert case.events[0].withheld.startswith("The platform keeps no text")

    def test_says_when_the_content_was_erased(self, tx):
        from assize.intake import service as intake  # noqa: PLC0415

        a_task(tx)
        task = in_hand(tx, ADA)
        intake.erase(tx, event_ids=[event_of(tx, task)], reason="asked to", at=AT)

        case = opened(tx, ADA, task)

        assert case.events[0].withheld == "The content was erased when its time was up."
        assert case.dossier.events[0].hash is None


class TestMasking:
    def test_hides_who_what_and_where(self, tx):
        vera = masked_reviewer()
        a_task(tx, text="insultword", account="acct-7", region="eu")
        task = in_hand(tx, vera)

        case = opened(tx, vera, task)

        assert {one.ref for one in case.subjects} == {MASK}
        assert case.region == MASK
        assert case.events[0].region == MASK
        assert [turn.text for turn in case.events[0].turns] == [None, None]
        assert case.events[0].withheld == MASKED
        assert "acct-7" not in repr(case)
        assert "insultword" not in repr(case)

    def test_hides_words_that_could_quote(self, tx):
        task = a_task(tx)
        decision = decided(tx, ADA, a_judgement(event_of(tx, task), rationale="the words were: secret-quote-here"))
        with acting(tx, ADA) as mine:
            service.note(mine, case_id=task.case_id, body="secret-quote-here again", at=AT)

        with acting(tx, masked_reviewer("vera", "text")) as mine:
            seen = [
                service.decision(mine, decision.id),
                service.list_decisions(mine).decisions,
                service.decisions_of_case(mine, task.case_id),
                service.case_view(mine, case_id=task.case_id, at=AT),
                service.history(mine, task.case_id),
            ]

        assert "secret-quote-here" not in repr(seen)
        assert MASK in repr(seen)

    def test_closes_the_search_by_words(self, tx):
        task = a_task(tx)

        with acting(tx, masked_reviewer("vera", "text")) as mine, pytest.raises(MaskedFromYou):
            service.similar(mine, case_id=task.case_id)


class TestBlind:
    def test_hides_what_others_decided_assessed_and_noted(self, tx):
        task = a_task(tx)
        first = decided(tx, ADA)
        with acting(tx, ADA) as mine:
            service.note(mine, case_id=task.case_id, body="I was unsure", at=AT)
        service.offer(tx, case_id=task.case_id, kind="audit", view=View.BLIND, at=AT)
        held = in_hand(tx, BOB)

        case = opened(tx, BOB, held)

        assert (case.blind, case.decisions, case.notes, case.assessed, case.state) == (True, (), (), None, "open")
        assert first.id not in repr(case)
        assert not [one for one in case.history if one.about_decision]
        assert case.events[0].turns[0].text is not None

    def test_holds_on_every_other_way_to_the_case(self, tx):
        task = a_task(tx)
        first = decided(tx, ADA)
        service.offer(tx, case_id=task.case_id, kind="audit", view=View.BLIND, at=AT)
        in_hand(tx, BOB)

        with acting(tx, BOB) as mine:
            with pytest.raises(NoSuchDecision):
                service.decision(mine, first.id)
            seen = [
                service.case_view(mine, case_id=task.case_id, at=AT),
                service.open_case(mine, case_id=task.case_id, purpose="look", at=AT),
                service.decisions_of_case(mine, task.case_id),
                service.list_decisions(mine).decisions,
                service.tasks_of_case(mine, task.case_id),
                service.history(mine, task.case_id),
                service.summary(mine, task.case_id).case.assessed,
            ]

        assert first.id not in repr(seen)
        assert seen[-1] is None

    def test_ends_with_ones_own_decision(self, tx):
        task = a_task(tx)
        first = decided(tx, ADA)
        service.offer(tx, case_id=task.case_id, kind="audit", view=View.BLIND, at=AT)
        decided(tx, BOB, a_clean_judgement())

        with acting(tx, BOB) as mine:
            assert service.decision(mine, first.id).id == first.id

    def test_decision_is_marked_as_such(self, tx):
        task = a_task(tx)
        service.offer(tx, case_id=task.case_id, kind="audit", view=View.BLIND, at=AT + MINUTE)
        decided(tx, ADA)

        assert decided(tx, BOB, a_clean_judgement()).view is View.BLIND


class TestNeedToKnow:
    @pytest.mark.parametrize("how", ["restricted", "recused"])
    def test_leaves_no_trace_of_a_case(self, tx, how):
        task = a_task(tx)
        decision = decided(tx, ADA)
        if how == "restricted":
            triage.restrict(tx, case_id=task.case_id, compartment="blue", at=AT)
        who = a_reviewer("eve", scope=Scope(recused=frozenset({task.case_id}) if how == "recused" else frozenset()))

        with acting(tx, who) as mine:
            for call in (
                lambda: service.case_view(mine, case_id=task.case_id, at=AT),
                lambda: service.open_case(mine, case_id=task.case_id, purpose="look", at=AT),
                lambda: service.history(mine, task.case_id),
                lambda: service.summary(mine, task.case_id),
            ):
                with pytest.raises(NoSuchCase):
                    call()
            with pytest.raises(NoSuchTask):
                service.task(mine, task.id)
            with pytest.raises(NoSuchDecision):
                service.decision(mine, decision.id)
            assert service.list_decisions(mine).decisions == ()
            assert service.decisions_of_case(mine, task.case_id) == []
            assert service.list_cases(mine).cases == ()
            assert [one.open + one.claimed for one in service.queue_board(mine, at=AT)] == [0, 0, 0]

    def test_counts_only_what_one_may_see(self, tx):
        a_task(tx, "HAR-1", region="eu")
        a_task(tx, "HAR-1", region="us")

        with acting(tx, a_reviewer("eva", scope=Scope(regions=frozenset({"eu"})))) as mine:
            board = {one.name: one.open for one in service.queue_board(mine, at=AT)}

        assert board[QueueName("general")] == 1

    def test_hides_precedents_of_cases_one_may_not_see(self, tx):
        task = a_task(tx)
        decision = decided(tx, ADA)
        expert = a_reviewer("exp", roles=(Role.EXPERT,))
        with acting(tx, expert) as mine:
            service.endorse(
                mine, decision_id=decision.id, clause_id="HAR-1", principle="Repeated insults are harassment.", at=AT
            )
        other = a_case(tx)

        with acting(tx, a_reviewer("eve", scope=Scope(recused=frozenset({task.case_id})))) as mine:
            assert service.precedents(mine, case_id=other.id) == []
            assert service.find_precedents(mine, text="insults") == []
            assert service.similar(mine, case_id=other.id) == []

    def test_is_dark_without_a_scope(self, tx):
        a_task(tx)

        with acting(tx, a_reviewer("nil", scope=Scope(regions=frozenset()))) as mine:
            assert service.waiting(mine) == []
            assert service.claim(mine, at=AT) is None


class TestSearchScope:
    def test_own_shows_ones_own_decisions(self, tx):
        olu = searching_own("olu")
        a_task(tx)
        decided(tx, ADA)
        a_task(tx)
        own = decided(tx, olu)

        with acting(tx, olu) as mine:
            assert [one.id for one in service.list_decisions(mine).decisions] == [own.id]
            assert [one.case.id for one in service.list_cases(mine).cases] == [own.case_id]

    def test_own_shows_the_cases_one_has_in_hand(self, tx):
        olu = searching_own("olu")
        a_task(tx)
        task = in_hand(tx, olu)
        a_task(tx)

        with acting(tx, olu) as mine:
            assert [one.case.id for one in service.list_cases(mine).cases] == [task.case_id]

    def test_team_shows_the_teams_decisions(self, tx):
        tom, tia = searching_own("tom", team="team_1"), searching_own("tia", team="team_1")
        a_task(tx)
        decided(tx, ADA)
        a_task(tx)
        theirs = decided(tx, tom)

        with acting(tx, tia) as mine:
            assert [one.id for one in service.list_decisions(mine).decisions] == [theirs.id]


class TestLists:
    def test_go_on_by_cursor_without_gap_or_repeat(self, tx):
        made = []
        for _ in range(5):
            a_task(tx)
            made.append(decided(tx, ADA).id)

        seen, cursor = [], None
        while True:
            page = service.list_decisions(tx, cursor=cursor, limit=2)
            seen += [one.id for one in page.decisions]
            cursor = page.cursor
            if cursor is None:
                break

        assert seen == sorted(made, reverse=True)

    def test_board_tells_how_queues_stand(self, tx):
        a_task(tx, "CSE-1")
        a_task(tx, "HAR-1")
        a_task(tx, "HAR-1")
        in_hand(tx, ADA)

        board = {one.name: one for one in service.queue_board(tx, at=AT + 1000 * MINUTE)}

        assert (board["general"].open, board["general"].overdue) == (2, 2)
        assert board["general"].gravest == 3
        assert sum(one.claimed for one in board.values()) == 1
        assert list(board) == ["verify", "child-safety", "general"]

    def test_history_tells_what_happened_in_words(self, tx):
        task = a_task(tx)
        decided(
            tx,
            ADA,
            a_judgement(event_of(tx, task), findings=(a_finding(event_of(tx, task)),), rubric={Dimension.GRAVITY: 2}),
        )

        told = [one.text for one in service.history(tx, task.case_id)]

        assert told == [
            "Case opened as SEV3 in general",
            "Judgement asked for: first look",
            "Taken in hand",
            "Decided: violation",
            "Severity assessed as SEV3, before SEV3",
            "Case decided",
            "The decision stands",
        ]
