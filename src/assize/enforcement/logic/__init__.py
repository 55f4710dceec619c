"""Every judgement of enforcement, pure: what is allowed, when to try again, what is said, what a strike still weighs."""

from assize.enforcement.logic.appeals import outcome_of, reverses_action, reverses_strike
from assize.enforcement.logic.approvals import check_second_person, why_second_person
from assize.enforcement.logic.envelope import confirmation_in, data_of, envelope
from assize.enforcement.logic.planning import Planning, plan
from assize.enforcement.logic.progress import Try, after, effect_state
from assize.enforcement.logic.resources import resources_for
from assize.enforcement.logic.retrying import MAX_TRIES, backoff
from assize.enforcement.logic.statement import Reasons, statement
from assize.enforcement.logic.strikes import recommended, remaining, standing
from assize.enforcement.logic.watching import hold_until, watch_is_due

__all__ = [
    "MAX_TRIES",
    "Planning",
    "Reasons",
    "Try",
    "after",
    "backoff",
    "check_second_person",
    "confirmation_in",
    "data_of",
    "effect_state",
    "envelope",
    "hold_until",
    "outcome_of",
    "plan",
    "recommended",
    "remaining",
    "resources_for",
    "reverses_action",
    "reverses_strike",
    "standing",
    "statement",
    "watch_is_due",
    "why_second_person",
]
