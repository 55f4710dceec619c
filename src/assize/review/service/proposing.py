"""What a decision waits for: a second person where a grave case becomes less grave, somebody certified where its own reviewer isn't."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ReviewerId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion, Severity
from assize.review.facts import DecisionProposed, SecondLookAsked
from assize.review.logic import asked_of, found_clauses
from assize.review.models import Decision, Dossier, Judgement, Task
from assize.review.service.offering import SECOND_LOOK, offer
from assize.triage import service as triage
from assize.triage.errors import SecondPersonNeeded
from assize.workforce.models import Asked, Authority, Principal, PrincipalKind
from assize.workforce.service import authority_of, without_certificate

SECOND_PERSON = "lowering-needs-second-person"
NO_CERTIFICATE = "outside-certificate"
LACKS_PERSON = "two-people-bear-it"
LOWERS = "A grave case would become less grave: a second, different person has to agree."
UNCERTIFIED = "Whoever decided this may not decide it alone: somebody who may has to bear it."


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a decision is made on: the task in hand, its frozen evidence, the policy, who decides."""

    principal: Principal
    task: Task
    dossier: Dossier
    version: PolicyVersion


def propose(tx: Tx, ground: Ground, decision: Decision, *, at: datetime) -> None:
    """Let a decision wait for somebody who may bear it, and ask them. A step of deciding."""
    certified_for = bool(decision.certificates)
    assess_proposed(tx, ground, decision, at=at)
    tx.record(
        DecisionProposed(decision_id=decision.id, case_id=decision.case_id, subject_id=decision.subject_id), at=at
    )
    # Whoever can't bear it alone is not asked to: their word would be one more proposal.
    others = [] if certified_for else uncertified(tx, ground, decision, at=at)
    task = offer(
        tx,
        case_id=decision.case_id,
        kind=SECOND_LOOK,
        excluded=[decision.reviewer_id, *others],
        about=decision.id,
        reason=LOWERS if certified_for else UNCERTIFIED,
        at=at,
    )
    if task is not None:
        code = SECOND_PERSON if certified_for else NO_CERTIFICATE
        tx.record(
            SecondLookAsked(task_id=task.id, case_id=task.case_id, decision_id=decision.id, reason_code=code), at=at
        )


def uncertified(tx: Tx, ground: Ground, decision: Decision, *, at: datetime) -> list[ReviewerId]:
    """Return whose decision of the same would not take effect either. A step of deciding."""
    return without_certificate(tx, _asked(ground, decision), at=at)


def assess_proposed(tx: Tx, ground: Ground, decision: Decision, *, at: datetime) -> None:
    """Let the severity of a proposal be heard, as far as it may be before somebody bears it. A step of deciding."""
    if decision.assessed is None:
        return
    if not decision.certificates:
        # A person who sees something graver is heard at once; what would lower a case, and what a machine says, waits.
        person = ground.principal.kind is not PrincipalKind.MACHINE
        if not person or decision.assessed >= triage.case(tx, decision.case_id).severity:
            return
    # Proposed before by the same person, whose decision was undone since: triage keeps it as it is.
    with suppress(SecondPersonNeeded):
        triage.set_assessed(
            tx, case_id=decision.case_id, severity=decision.assessed, reason=reason_for(decision), at=at
        )


def certified(ground: Ground, judgement: Judgement, *, severity: Severity, lowers: bool, at: datetime) -> Authority:
    """Return what the reviewer's certificates make of a judgement. A step of deciding.

    lowers: it makes a grave case less grave, which two people bear; a machine is neither of them.
    """
    if lowers and ground.principal.kind is PrincipalKind.MACHINE:
        return Authority(state=None, why=LACKS_PERSON)
    asked = asked_of(
        judgement,
        ground.task,
        severity=severity,
        action=ground.version.action,
        words=words_of(ground.version, judgement),
    )
    return authority_of(ground.principal, asked, at=at)


def words_of(version: PolicyVersion, judgement: Judgement) -> dict[str, str]:
    """Return the hash of the words of each clause that a judgement is about."""
    clauses = [clause for one in sorted(found_clauses(judgement)) if (clause := version.clause(one)) is not None]
    return {clause.id: policy.words_hash(clause) for clause in clauses}


def _asked(ground: Ground, decision: Decision) -> Asked:
    severity = min(decision.assessed or Severity.SEV4, ground.task.severity)
    words = words_of(ground.version, decision.judgement)
    return asked_of(decision.judgement, ground.task, severity=severity, action=ground.version.action, words=words)


def reason_for(decision: Decision) -> str:
    """Return why the severity is what it is, without a word that could quote content: verdict and reason codes."""
    codes = ", ".join(decision.judgement.reason_codes)
    return f"{decision.verdict.value}{': ' + codes if codes else ''} ({decision.id})"
