"""What a decision vouches for beside its enforcements: answers to reports, and entries of banks.

Both rest on the decision, so that they go with it when it is undone, replaced by one that says otherwise, or remedied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.enforcement.errors import NoGround, NothingToBank
from assize.enforcement.logic import data_of
from assize.enforcement.logic.reports import WITHDRAWN, answer_text, says_of_reports, withdrawn_text
from assize.enforcement.models import Effect, EffectKind, EffectState, Target
from assize.enforcement.service.knowing import Ground
from assize.enforcement.store import effects
from assize.intake import service as intake
from assize.intake.models import ReportOutcome
from assize.kernel.ids import CaseId, DecisionId, EffectId, new_id
from assize.platform.db import Tx
from assize.review import service as review
from assize.review.models import Decision, DecisionState, Verdict
from assize.triage import service as triage
from assize.triage.models import BankKind
from assize.workforce.models import Right
from assize.workforce.service import require

ANSWER = "answer-report"
REPORT = "report"  # the level of a target that is the sender's own id of a report
_NEVER_LEFT = frozenset({EffectState.WAITING, EffectState.CANCELLED, EffectState.NULL})


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """What was taken back: answers to reports, entries of banks."""

    reports: int
    entries: int

    @property
    def any(self) -> bool:
        """Whether anything was."""
        return self.reports + self.entries > 0


def bank_from_decision(
    tx: Tx, *, decision_id: DecisionId, name: str, kind: BankKind, values: Sequence[str] = (), at: datetime
) -> int:
    """Add to a bank what a decision found; return how many were new. Taken back, the decision takes them along.

    values: left out, the hashes of the media that its findings point at. Raises NoSuchDecision, NoGround where it does
    not stand or found no violation, NothingToBank, and what adding to a bank raises.
    """
    require(tx, Right.RULES_EDIT, about=decision_id)
    decision = review.decision(tx, decision_id)
    stands = decision.state is DecisionState.STANDS and decision.verdict is Verdict.VIOLATION
    if not stands or triage.case(tx, decision.case_id).test:
        raise NoGround
    found = list(values) or _hashes(tx, decision, kind)
    if not found:
        raise NothingToBank(kind=kind.value)
    return triage.add_to_bank(tx, name=name, kind=kind, values=found, decision_id=decision_id, at=at)


def vouch(tx: Tx, found: Ground, *, replaces: DecisionId | None, effective_at: datetime, at: datetime) -> None:
    """Answer the reports of a case as its decision says, once it takes effect. A step of enforcing.

    replaces: the decision that stood before; what it vouched for rests on this one as far as both say the same.
    """
    decision = found.decision
    if found.test:
        return
    before = [] if replaces is None else _take_over(tx, found, replaces, at=at)
    upheld = says_of_reports(decision.verdict)
    given: list[ReportOutcome] = []
    if upheld is not None:
        events = [event_id for _, event_id in triage.events_of_cases(tx, case_ids=[decision.case_id])]
        given = intake.record_report_outcomes(tx, event_ids=events, upheld=upheld, decision_id=decision.id, at=at)
    for one in given:
        _answer(tx, found, one, effective_at=effective_at, at=at)
    answered = {one.event_id for one in given}
    for one in before:
        # Whoever hears the other answer need not hear first that the one before was wrong.
        _take_back_answer(tx, replaces, one, told=one.event_id not in answered, due_at=effective_at, at=at)


def withdraw(tx: Tx, decision_id: DecisionId, *, at: datetime) -> Withdrawn:
    """Take back what a decision vouches for, and tell those who were told. Repeating it changes nothing. A step."""
    outcomes = intake.withdraw_report_outcomes(tx, decision_id=decision_id, at=at)
    for one in outcomes:
        _take_back_answer(tx, decision_id, one, told=True, due_at=at, at=at)
    entries = triage.withdraw_bank_items(tx, decision_id=decision_id, at=at)
    return Withdrawn(reports=len(outcomes), entries=entries)


def _hashes(tx: Tx, decision: Decision, kind: BankKind) -> list[str]:
    pointed_at = [one.span.event_id for one in decision.findings if one.verdict is Verdict.VIOLATION and one.span]
    media = [item for event in intake.events(tx, pointed_at) for item in event.media]
    return sorted({item.hashes[kind.value] for item in media if kind.value in item.hashes})


def _take_over(tx: Tx, found: Ground, replaced: DecisionId, *, at: datetime) -> list[ReportOutcome]:
    """Take over what both decisions say; return the reports whose answer was another."""
    decision = found.decision
    upheld = says_of_reports(decision.verdict)
    if upheld is not None and intake.rest_report_outcomes(tx, before=replaced, decision_id=decision.id, upheld=upheld):
        effects.rest_answers(tx, decision.case_id, before=replaced, decision_id=decision.id)
    if decision.verdict is Verdict.VIOLATION:
        triage.rest_bank_items(tx, before=replaced, decision_id=decision.id)
    else:
        triage.withdraw_bank_items(tx, decision_id=replaced, at=at)
    return intake.withdraw_report_outcomes(tx, decision_id=replaced, at=at)


def _answer(tx: Tx, found: Ground, one: ReportOutcome, *, effective_at: datetime, at: datetime) -> None:
    about = _about(found.decision.id, one)
    made = _effect(
        about=about,
        case_id=found.case.id,
        external_id=one.external_id,
        outcome="upheld" if one.upheld else "not_upheld",
        text=answer_text(upheld=one.upheld),
        event_at=found.case.first_seen_at,
        due_at=max(effective_at, at),
        at=at,
    )
    if effects.add(tx, made):
        return
    # The decision was replaced within its grace time, and stands again.
    known = effects.about(tx, about).get(EffectKind.REPORT_OUTCOME)
    if known is not None and known.state is EffectState.CANCELLED:
        effects.set_state(tx, known.id, EffectState.WAITING)
    _cancel(tx, _withdrawn(about))


def _take_back_answer(
    tx: Tx, decision_id: DecisionId | None, one: ReportOutcome, *, told: bool, due_at: datetime, at: datetime
) -> None:
    if decision_id is None:
        return
    about = _about(decision_id, one)
    known = effects.about(tx, about).get(EffectKind.REPORT_OUTCOME)
    if known is None or known.state in _NEVER_LEFT:
        _cancel(tx, about)
        return
    if told:
        made = _effect(
            about=_withdrawn(about),
            case_id=known.case_id,
            external_id=one.external_id,
            outcome=WITHDRAWN,
            text=withdrawn_text(),
            event_at=known.event_at,
            due_at=max(due_at, at),
            at=at,
        )
        effects.add(tx, made)


def _cancel(tx: Tx, about: str) -> None:
    known = effects.about(tx, about).get(EffectKind.REPORT_OUTCOME)
    if known is not None and known.state is EffectState.WAITING:
        effects.set_state(tx, known.id, EffectState.CANCELLED)


def _about(decision_id: DecisionId, one: ReportOutcome) -> str:
    return f"{decision_id}:{one.event_id}"


def _withdrawn(about: str) -> str:
    return f"{about}:{WITHDRAWN}"


def _effect(
    *,
    about: str,
    case_id: CaseId,
    external_id: str,
    outcome: str,
    text: str,
    event_at: datetime,
    due_at: datetime,
    at: datetime,
) -> Effect:
    effect_id = EffectId(new_id("eff"))
    target = Target(level=REPORT, ref=external_id)
    order = {"do": "answer_report", "outcome": outcome, "text": text, "language": "en"}
    data = data_of(
        effect_id=effect_id,
        kind=EffectKind.REPORT_OUTCOME,
        case_id=case_id,
        action_id=ANSWER,
        target=target,
        order=order,
    )
    return Effect(
        id=effect_id,
        kind=EffectKind.REPORT_OUTCOME,
        about=about,
        case_id=case_id,
        enforcement_id=None,
        action_id=ANSWER,
        target=target,
        data=data,
        state=EffectState.WAITING,
        event_at=event_at,
        created_at=at,
        due_at=due_at,
    )
