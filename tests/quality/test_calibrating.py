"""A calibration round: everybody alone first, then the discussion, then again; agreement before and after."""

from datetime import timedelta
from typing import Any

import pytest

from assize.kernel.ids import CalibrationItemId, ClauseId, ReviewerId
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.errors import BadRound, NoSuchRound, NotNow
from assize.quality.models.calibrating import Finding, Form, Round, RoundView, Said, Stage
from assize.review import service as review
from assize.review.models import Verdict
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Principal
from builders.quality import a_lead
from builders.review import AT, a_policy, a_reviewer, a_task, acting

DAY = timedelta(days=1)
LEAD = a_lead()
VIOLATION = Said(
    verdict=Verdict.VIOLATION, clause=ClauseId("HAR-1"), severity=Severity.SEV2, rationale="It insults somebody."
)
NOTHING = Said(
    verdict=Verdict.NO_VIOLATION, clause=ClauseId("HAR-1"), severity=Severity.SEV4, rationale="It quotes somebody."
)


def people(tx: Tx, *names: str) -> list[Principal]:
    """Participants whom the installation knows."""
    return [a_reviewer(name, id=workforce.add_past_rater(tx, name=name, at=AT)) for name in names]


def a_round(tx: Tx, who: list[Principal], n: int = 2, **given: Any) -> Round:
    if not tx.value("select count(*) from policy.version"):
        a_policy(tx)
    cases = [a_task(tx).case_id for _ in range(n)]
    settings: dict[str, Any] = {
        "name": "Insults in quotes",
        "form": Form.BLIND,
        "members": [ReviewerId(one.id) for one in who],
        "cases": cases,
        "due_at": AT + 7 * DAY,
        "at": AT,
    }
    with acting(tx, LEAD) as mine:
        return service.open_round(mine, **(settings | given))


def view(tx: Tx, of: Round, who: Principal = LEAD) -> RoundView:
    with acting(tx, who) as mine:
        return service.calibration_round(mine, calibration_id=of.id)


def says(tx: Tx, who: Principal, of: Round, *said: Said) -> None:
    with acting(tx, who) as mine:
        items = service.calibration_round(mine, calibration_id=of.id).items
        for item, one in zip(items, said, strict=True):
            service.label_item(mine, item_id=item.item.id, said=one, at=AT)


def moved(tx: Tx, of: Round, state: Stage) -> None:
    with acting(tx, LEAD) as mine:
        service.move_round(mine, calibration_id=of.id, state=state, at=AT + DAY)


class TestLabellingAlone:
    @pytest.mark.parametrize(
        ("form", "facilitator", "other"), [("blind", 1, 0), ("double_blind", 0, 0), ("group", 1, 0)]
    )
    def test_shows_others_only_what_the_form_lets_them_see(self, tx: Tx, form: str, facilitator: int, other: int):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], form=Form(form), n=1)
        says(tx, ada, of, VIOLATION)

        seen = [len(view(tx, of, who).items[0].labels) for who in (LEAD, bob, ada)]

        assert seen == [facilitator, other, 1]

    def test_shows_a_group_others_labels_after_one_s_own(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], form=Form.GROUP, n=1)
        says(tx, ada, of, VIOLATION)
        says(tx, bob, of, NOTHING)

        assert len(view(tx, of, bob).items[0].labels) == 2

    def test_makes_the_case_blind_until_it_is_labelled(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], n=1)
        with acting(tx, ada) as mine:
            before = review.blind_cases(mine)
        says(tx, ada, of, VIOLATION)

        with acting(tx, ada) as mine:
            after = review.blind_cases(mine)

        assert (len(before), len(after)) == (1, 0)

    def test_is_for_those_who_take_part(self, tx: Tx):
        ada, bob, eve = people(tx, "ada", "bob", "eve")
        of = a_round(tx, [ada, bob], n=1)
        item_id = view(tx, of).items[0].item.id

        with acting(tx, eve) as mine:
            assert service.calibration_rounds(mine) == []
            with pytest.raises(NoSuchRound):
                service.calibration_round(mine, calibration_id=of.id)
            with pytest.raises(NoSuchRound):
                service.label_item(mine, item_id=item_id, said=VIOLATION, at=AT)

    def test_happens_once_and_with_a_reason(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], n=1)
        says(tx, ada, of, VIOLATION)

        with pytest.raises(NotNow):
            says(tx, ada, of, NOTHING)
        with pytest.raises(BadRound):
            says(
                tx,
                bob,
                of,
                Said(verdict=Verdict.VIOLATION, clause=ClauseId("HAR-1"), severity=Severity.SEV2, rationale=" "),
            )

    def test_leaves_what_is_measured_hidden(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], n=1)
        says(tx, ada, of, VIOLATION)

        with acting(tx, ada) as mine:
            assert mine.value("select count(*) from quality.label") == 0


class TestDiscussing:
    def test_shows_all_labels_and_how_far_they_agree(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob])
        says(tx, ada, of, VIOLATION, NOTHING)
        says(tx, bob, of, VIOLATION, VIOLATION)

        moved(tx, of, Stage.DISCUSSION)
        says(tx, ada, of, VIOLATION, VIOLATION)
        says(tx, bob, of, VIOLATION, VIOLATION)

        seen = view(tx, of, bob)
        assert [len(one.labels) for one in seen.items] == [4, 4]
        assert seen.before is not None
        assert seen.after is not None
        assert (seen.before.raw.value, seen.before.raw.n, seen.after.raw.value) == (0.5, 2, 1.0)

    def test_takes_no_second_label_without_a_first(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], n=1)
        says(tx, ada, of, VIOLATION)
        moved(tx, of, Stage.DISCUSSION)

        with pytest.raises(NotNow):
            says(tx, bob, of, VIOLATION)

    def test_ends_once_every_case_came_to_something(self, tx: Tx):
        of = a_round(tx, people(tx, "ada", "bob"), n=1)
        moved(tx, of, Stage.DISCUSSION)
        with pytest.raises(NotNow):
            moved(tx, of, Stage.CLOSED)
        with acting(tx, LEAD) as mine:
            item = service.calibration_round(mine, calibration_id=of.id).items[0].item
            service.conclude_item(mine, item_id=item.id, outcome=Finding.TOOLING, note="The turn was cut off.", at=AT)

        moved(tx, of, Stage.CLOSED)

        assert view(tx, of).round.state is Stage.CLOSED

    def test_that_finds_the_policy_ambiguous_opens_a_gap(self, tx: Tx):
        of = a_round(tx, people(tx, "ada", "bob"), n=1)
        moved(tx, of, Stage.DISCUSSION)
        with acting(tx, LEAD) as mine:
            item = service.calibration_round(mine, calibration_id=of.id).items[0].item

            service.conclude_item(
                mine,
                item_id=item.id,
                outcome=Finding.POLICY_AMBIGUITY,
                note="Quoted insults",
                clause=ClauseId("HAR-1"),
                at=AT,
            )

            (gap,) = service.policy_gaps(mine)
        assert (gap.title, gap.clause, gap.cases) == ("Quoted insults", "HAR-1", 1)

    def test_of_a_case_that_is_not_there_is_refused(self, tx: Tx):
        with acting(tx, LEAD) as mine, pytest.raises(NoSuchRound):
            service.conclude_item(mine, item_id=CalibrationItemId("cli_nix"), outcome=Finding.AGREED, note="", at=AT)


class TestWhatFollows:
    def test_is_done_by_its_owner_and_by_nobody_else(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], n=1)
        with acting(tx, LEAD) as mine:
            todo = service.add_action(
                mine, calibration_id=of.id, text="Write an example", owner_id=ReviewerId(ada.id), due_at=AT + DAY, at=AT
            )

        with acting(tx, bob) as mine, pytest.raises(NoSuchRound):
            service.finish_action(mine, action_id=todo.id, at=AT)
        with acting(tx, ada) as mine:
            service.finish_action(mine, action_id=todo.id, at=AT)

        assert view(tx, of).actions[0].done_by == ada.id

    def test_is_written_down_without_markup_of_anybody_s(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")
        of = a_round(tx, [ada, bob], n=1, name="<b>Quotes</b> [x](javascript:y)")
        says(tx, ada, of, VIOLATION)
        moved(tx, of, Stage.DISCUSSION)

        with acting(tx, bob) as mine:
            text = service.minutes(mine, calibration_id=of.id)

        assert text.startswith("# \\<b\\>Quotes\\</b\\> \\[x\\]\\(javascript:y\\)\n")
        assert "ada, alone: violation, HAR-1, SEV2" in text
        assert VIOLATION.rationale not in text

    def test_is_tried_again_when_its_time_has_come(self, tx: Tx):
        of = a_round(tx, people(tx, "ada", "bob"), n=1, retest_at=AT + 30 * DAY)
        moved(tx, of, Stage.DISCUSSION)
        with acting(tx, LEAD) as mine:
            item = service.calibration_round(mine, calibration_id=of.id).items[0].item
            service.conclude_item(mine, item_id=item.id, outcome=Finding.AGREED, note="", at=AT)
            service.move_round(mine, calibration_id=of.id, state=Stage.CLOSED, at=AT)
            with pytest.raises(NotNow):
                service.retest(mine, calibration_id=of.id, at=AT + DAY)

            again = service.retest(mine, calibration_id=of.id, at=AT + 31 * DAY)

        assert (again.retests, [one.item.case_id for one in view(tx, again).items]) == (of.id, [item.case_id])


class TestOpening:
    def test_is_for_those_who_plan(self, tx: Tx):
        ada, bob = people(tx, "ada", "bob")

        with pytest.raises(NotAllowed), acting(tx, ada) as mine:
            service.open_round(
                mine, name="x", form=Form.BLIND, members=[ReviewerId(bob.id)], cases=[], due_at=AT, at=AT
            )

    def test_takes_two_people_and_a_case(self, tx: Tx):
        with pytest.raises(BadRound):
            a_round(tx, people(tx, "ada"), n=1)
        with pytest.raises(BadRound):
            a_round(tx, people(tx, "bob", "cleo"), n=0)
