from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.enforcement.errors import BadParameter, SecondPersonNeeded
from assize.enforcement.logic import (
    MAX_TRIES,
    Reasons,
    Try,
    after,
    backoff,
    check_second_person,
    confirmation_in,
    effect_state,
    hold_until,
    outcome_of,
    remaining,
    resources_for,
    reverses_action,
    reverses_strike,
    standing,
    statement,
    watch_is_due,
    why_second_person,
)
from assize.enforcement.logic.noticing import hold_asked
from assize.enforcement.models import (
    AppealState,
    DeliveryState,
    EffectState,
    Target,
)
from assize.enforcement.models.instead import WatchTrigger
from assize.kernel.chance import rng
from assize.kernel.ids import ActionId, EffectId
from assize.policy.models import Ladder, Step, SupportResource
from builders.enforcement import ACCOUNT, NOON, a_strike, a_watch

LADDER = Ladder(
    half_life_days=90,
    expire_days=365,
    steps=(Step(points=1, action_id=ActionId("warn")), Step(points=3, action_id=ActionId("suspend"))),
)


class TestBackoff:
    @given(st.integers(1, MAX_TRIES - 1), st.integers())
    def test_stays_within_a_quarter_of_its_step_and_under_the_cap(self, tries, seed):
        wait = backoff(tries, rng(seed))

        step = min(5 * 3 ** (tries - 1), 6 * 3600)
        assert wait is not None
        assert 0.75 * step <= wait.total_seconds() <= 1.25 * step

    def test_goes_on_for_more_than_a_night_and_then_ends(self):
        waits = [backoff(tries, rng(1)) for tries in range(1, MAX_TRIES)]

        assert sum((one for one in waits if one), timedelta()) > timedelta(hours=18)
        assert backoff(MAX_TRIES, rng(1)) is None

    def test_parts_deliveries_that_failed_together(self):
        chance = rng(3)

        assert len({backoff(1, chance) for _ in range(20)}) == 20


class TestTries:
    @pytest.mark.parametrize(
        ("one", "left", "state"),
        [
            pytest.param(Try(status=500, problem="answered 500"), True, DeliveryState.WAITING, id="failed, tries left"),
            pytest.param(Try(status=500, problem="answered 500"), False, DeliveryState.DEAD, id="failed, none left"),
            pytest.param(Try(problem="address-forbidden", final=True), True, DeliveryState.DEAD, id="forbidden"),
            pytest.param(Try(status=202, taken=True), True, DeliveryState.TAKEN, id="taken"),
            pytest.param(Try(status=200, taken=True, says=True), True, DeliveryState.CONFIRMED, id="confirmed"),
            pytest.param(Try(status=200, taken=True, says=False), True, DeliveryState.FAILED, id="platform could not"),
        ],
    )
    def test_lead_to_a_state(self, one, left, state):
        assert after(one, tries_left=left) is state

    @given(st.lists(st.sampled_from(DeliveryState), min_size=1))
    def test_an_effect_is_confirmed_only_where_all_destinations_confirmed(self, states):
        confirmed = effect_state(states) is EffectState.CONFIRMED

        assert confirmed == (set(states) == {DeliveryState.CONFIRMED})

    @pytest.mark.parametrize("bad", [DeliveryState.DEAD, DeliveryState.FAILED])
    def test_one_destination_that_needs_a_person_is_never_hidden(self, bad):
        assert effect_state([DeliveryState.CONFIRMED, bad, DeliveryState.WAITING]) in {
            EffectState.DEAD,
            EffectState.FAILED,
        }

    @pytest.mark.parametrize(
        "body",
        [b"", b"ok", b"[]", b"null", b'{"status":"confirmed"}', b'{"effect_id":"eff_1"}', b"\xff\xfe",
         b'{"effect_id":"eff_1","status":["confirmed"]}', b'{"effect_id":"eff_2","status":"confirmed"}'],
    )  # fmt: skip
    def test_an_answer_that_is_no_confirmation_confirms_nothing(self, body):
        assert confirmation_in(body, effect_id=EffectId("eff_1")) is None


class TestSecondPerson:
    @pytest.mark.parametrize(
        ("high", "reversible", "machine", "clause", "needed"),
        [
            (False, True, False, False, False),
            (False, True, True, False, False),
            (True, True, False, False, True),
            (False, False, False, False, True),
            (False, False, True, False, True),
            (False, True, False, True, True),
        ],
    )
    def test_is_needed_for_what_is_grave_or_for_ever(self, high, reversible, machine, clause, needed):
        why = why_second_person(high_impact=high, reversible=reversible, by_machine=machine, by_clause=clause)

        assert (why is not None) == needed

    @pytest.mark.parametrize(
        ("approver", "person"),
        [pytest.param("ada", True, id="who decided"), pytest.param("bot", False, id="a machine")],
    )
    def test_is_neither_who_decided_nor_a_machine(self, approver, person):
        with pytest.raises(SecondPersonNeeded):
            check_second_person(decided_by="ada", approver=approver, is_person=person, why="it is high impact")


class TestStrikes:
    def test_count_half_after_each_half_life_and_nothing_once_expired_or_removed(self):
        strike = a_strike(weight=4.0)

        assert remaining(strike, at=NOON, ladder=LADDER) == 4.0
        assert remaining(strike, at=NOON + timedelta(days=90), ladder=LADDER) == pytest.approx(2.0)
        assert remaining(strike, at=NOON + timedelta(days=365), ladder=LADDER) == 0.0
        assert remaining(a_strike(removed_at=NOON), at=NOON, ladder=LADDER) == 0.0

    @given(st.integers(0, 400), st.integers(0, 400))
    def test_never_weigh_more_later(self, one, other):
        early, late = sorted((one, other))

        assert remaining(a_strike(), at=NOON + timedelta(days=early), ladder=LADDER) >= remaining(
            a_strike(), at=NOON + timedelta(days=late), ladder=LADDER
        )

    @pytest.mark.parametrize(("count", "action"), [(0, None), (1, "warn"), (2, "warn"), (3, "suspend")])
    def test_climb_the_ladder(self, count, action):
        found = standing([a_strike() for _ in range(count)], at=NOON, ladder=LADDER)

        assert (found.points, found.recommended) == (count, action)


class TestAppeals:
    @pytest.mark.parametrize(
        ("violation", "enforced", "outcome"),
        [
            pytest.param(False, [], AppealState.OVERTURNED, id="no violation"),
            pytest.param(True, [("suspend", ACCOUNT)], AppealState.UPHELD, id="the same again"),
            pytest.param(True, [("warn", ACCOUNT)], AppealState.PARTLY, id="something milder"),
            pytest.param(
                True, [("suspend", Target(level="end_user", ref="u"))], AppealState.PARTLY, id="another target"
            ),
            pytest.param(True, [], AppealState.PARTLY, id="a violation, but nothing to enforce"),
        ],
    )
    def test_end_by_what_an_independent_decision_says(self, violation, enforced, outcome):
        assert outcome_of(violation=violation, enforced=enforced, action_id="suspend", target=ACCOUNT) is outcome

    @pytest.mark.parametrize(
        ("outcome", "action", "strike"),
        [
            (AppealState.OPEN, False, False),
            (AppealState.UPHELD, False, False),
            (AppealState.PARTLY, True, False),
            (AppealState.OVERTURNED, True, True),
        ],
    )
    def test_undo_what_was_wrong(self, outcome, action, strike):
        assert (reverses_action(outcome), reverses_strike(outcome)) == (action, strike)


class TestNotices:
    def test_are_held_for_a_day_at_most_before_a_second_person_agrees(self):
        until = NOON + timedelta(days=30)

        assert hold_until(asked_until=until, approved=False, at=NOON) == NOON + timedelta(days=1)
        assert hold_until(asked_until=until, approved=True, at=NOON) == until

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ("yes", "notice"),
            ({"until": "2026-06-01T00:00:00+00:00"}, "notice.basis"),
            ({"basis": " ", "until": "2026-06-01T00:00:00+00:00"}, "notice.basis"),
            ({"basis": "ongoing inquiry"}, "notice.until"),
            ({"basis": "ongoing inquiry", "until": "2026-06-01T00:00:00"}, "notice.until"),
            ({"basis": "ongoing inquiry", "until": "2020-01-01T00:00:00+00:00"}, "notice.until"),
            ({"basis": "ongoing inquiry", "until": "2036-01-01T00:00:00+00:00"}, "notice.until"),
        ],
    )
    def test_are_not_held_without_a_basis_and_an_end(self, asked, field):
        with pytest.raises(BadParameter) as told:
            hold_asked({"notice": asked}, at=NOON)

        assert told.value.facts["field"] == field


class TestWatch:
    @pytest.mark.parametrize(
        ("changed", "at", "because"),
        [
            pytest.param({}, NOON, None, id="goes on"),
            pytest.param({}, NOON + timedelta(days=1), "date", id="by its date"),
            pytest.param({"new_event": True}, NOON, "new_event", id="by an event"),
            pytest.param({"new_case": True}, NOON, "new_case", id="by a case"),
        ],
    )
    def test_comes_back(self, changed, at, because):
        assert watch_is_due(a_watch(), at=at, **changed) == because

    def test_ignores_what_it_was_not_told_to_look_for(self):
        watch = a_watch(triggers=frozenset({WatchTrigger.NEW_CASE}))

        assert watch_is_due(watch, at=NOON, new_event=True) is None


def help_for(name: str, **changed) -> SupportResource:
    return SupportResource(**({"name": name, "contact": "in words"} | changed))


class TestSupport:
    OFFERED: ClassVar = {
        "de-AT": (help_for("at"), help_for("at young", for_minors=True)),
        "de": (help_for("de"),),
        "US": (help_for("us"), help_for("us harm", clauses=("SSH",))),
        "default": (help_for("all"),),
    }

    @pytest.mark.parametrize(
        ("locale", "minor", "names"),
        [
            ("de-AT", False, ["at"]),
            ("de-AT", True, ["at young", "at"]),
            ("de_CH", False, ["de"]),
            ("en-US", False, ["us"]),
            ("fr", False, ["all"]),
            ("", True, ["all"]),
        ],
    )
    def test_is_found_for_a_locale(self, locale, minor, names):
        _, found = resources_for(self.OFFERED, locale=locale, minor=minor, clauses=["OTHER-1"])

        assert [one.name for one in found] == names

    def test_puts_a_clause_of_its_own_among_the_others(self):
        _, found = resources_for(self.OFFERED, locale="en-US", minor=False, clauses=["SSH-2"])

        assert [one.name for one in found] == ["us", "us harm"]

    @given(st.text(max_size=12), st.booleans())
    def test_never_tells_somebody_nothing(self, locale, minor):
        assert resources_for(self.OFFERED, locale=locale, minor=minor)[1]


class TestStatement:
    def test_says_what_why_on_what_ground_by_whom_and_what_to_do(self):
        reasons = Reasons(
            action="The account can't use the platform for 7 days.",
            clause_id="CSE-3",
            clause_title="Attempts to obtain",
            clause_scope="Asking for such material.",
            policy_name="starter",
            policy_version="1.2",
            locus="user",
            outcome="refused",
            by_machine=True,
            approved_by_person=True,
            found_by_machine=True,
            reversible=True,
            decided_at=NOON,
            effective_at=NOON,
            until=NOON + timedelta(days=7),
            appeal="you can appeal.",
        )

        assert statement(reasons) == (
            "What was decided: The account can't use the platform for 7 days. It takes effect on 2026-05-04 12:00 UTC "
            "and ends on 2026-05-11 12:00 UTC.\n\n"
            'On what ground: clause CSE-3 "Attempts to obtain" of the usage policy "starter", version 1.2. '
            "It covers: Asking for such material.\n\n"
            "What it relies on: what was written or sent from your side, seen up to 2026-05-04 12:00 UTC. "
            "In this activity, the model refused.\n\n"
            "How it was decided: by automated means, and a person approved it. Automated means helped to find it.\n\n"
            "If you disagree: you can appeal. Somebody who had no part in this decision will hear it. "
            "If it was wrong, it is undone."
        )
