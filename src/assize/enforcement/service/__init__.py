"""The front door of enforcement."""

from assize.enforcement.service.appealing import hear, lodge, lodge_as, offer_hearing
from assize.enforcement.service.approving import approve, refuse
from assize.enforcement.service.checking import check_actions
from assize.enforcement.service.confirming import confirm, confirm_as
from assize.enforcement.service.containing import contain, lapse, second, stands_alone
from assize.enforcement.service.delivering import deliver_due, redeliver
from assize.enforcement.service.enforcing import enforce, undo_decision
from assize.enforcement.service.forgetting import EnforcementCopies
from assize.enforcement.service.interim import answer_request
from assize.enforcement.service.measuring import confirmation_pace, roll
from assize.enforcement.service.noticing import approve_hold, hold
from assize.enforcement.service.previewing import preview, standing_of
from assize.enforcement.service.reading import (
    appeal,
    appeals,
    defects,
    deliveries,
    effect,
    effects,
    enforcement,
    enforcements,
    enforcements_of_decisions,
    held_notices,
    levels,
    notice,
    open_appeal,
    requests,
    supports,
    watches,
)
from assize.enforcement.service.remediating import (
    approve_remediation,
    chosen,
    judge_item,
    pause_remediation,
    plan_remediation,
    refuse_remediation,
    remediation,
    remediation_left_over,
    remediation_sample,
    remediations_listed,
    resume_remediation,
)
from assize.enforcement.service.reversing import lift
from assize.enforcement.service.settling import move_defect
from assize.enforcement.service.taking_back import remedy
from assize.enforcement.service.trying import try_destination
from assize.enforcement.service.vouching import bank_from_decision
from assize.enforcement.service.watching import case_opened, sweep

__all__ = [
    "EnforcementCopies",
    "answer_request",
    "appeal",
    "appeals",
    "approve",
    "approve_hold",
    "approve_remediation",
    "bank_from_decision",
    "case_opened",
    "check_actions",
    "chosen",
    "confirm",
    "confirm_as",
    "confirmation_pace",
    "contain",
    "defects",
    "deliver_due",
    "deliveries",
    "effect",
    "effects",
    "enforce",
    "enforcement",
    "enforcements",
    "enforcements_of_decisions",
    "hear",
    "held_notices",
    "hold",
    "judge_item",
    "lapse",
    "levels",
    "lift",
    "lodge",
    "lodge_as",
    "move_defect",
    "notice",
    "offer_hearing",
    "open_appeal",
    "pause_remediation",
    "plan_remediation",
    "preview",
    "redeliver",
    "refuse",
    "refuse_remediation",
    "remediation",
    "remediation_left_over",
    "remediation_sample",
    "remediations_listed",
    "remedy",
    "requests",
    "resume_remediation",
    "roll",
    "second",
    "standing_of",
    "stands_alone",
    "supports",
    "sweep",
    "try_destination",
    "undo_decision",
    "watches",
]
