"""Machine reviewers: they decide through the same `decide` as people do, as far as their certificates reach.

What a machine's word counts for is known before anything is written: in shadow it is recorded for comparison alone, by
the system, where only those who measure see it; in assist and alone it takes the case's first look like anybody.
"""

from datetime import datetime

from assize.kernel.ids import CaseId, DecisionId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.policy import service as policy
from assize.review.errors import BadJudgement, NotForMachine
from assize.review.facts import ShadowDecided
from assize.review.logic import asked_of, check, decision_hash, overall_verdict
from assize.review.models import Decision, DecisionState, Judgement, TaskState, View
from assize.review.service.claiming import claim_task
from assize.review.service.deciding import assess, decide, evidence_for, lead
from assize.review.service.freezing import frozen
from assize.review.service.offering import FIRST_LOOK, asked
from assize.review.service.proposing import words_of
from assize.review.store import decisions, tasks
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Authority, Build, CertificateState, Principal, Right
from assize.workforce.service import authority_of, require

SHADOW = "shadow"
_ACTS = (CertificateState.ASSIST, CertificateState.ALONE)


def decide_as_machine(
    database: Database, *, reviewer_id: ReviewerId, case_id: CaseId, judgement: Judgement, build: Build, at: datetime
) -> Decision:
    """Let a machine decide a case; what becomes of it follows from its certificates.

    build: what the machine is made of at this moment; another than it earned its certificates with suspends them first.
    Returns a decision that stands, is proposed, or, in shadow, is recorded.
    Raises NotForMachine where there is no first look to take, BadJudgement, NoSuchCase, NoSuchReviewer.
    """
    with database.transaction(SYSTEM) as tx:
        machine = workforce.machine(tx, reviewer_id)
    with database.transaction(machine) as tx:
        workforce.announce_build(tx, build=build, at=at)
    with database.transaction(SYSTEM) as tx:
        machine = workforce.machine(tx, reviewer_id)
        if _word(tx, machine, case_id, judgement, at=at).state not in _ACTS:
            return record_shadow(tx, machine=machine, case_id=case_id, judgement=judgement, at=at)
        task = next(
            (one for one in tasks.of_case(tx, case_id) if one.kind == FIRST_LOOK and one.state is TaskState.OPEN),
            None,
        )
    if task is None:
        raise NotForMachine
    with database.transaction(machine) as tx:
        claim_task(tx, task_id=task.id, at=at)
        return decide(tx, task_id=task.id, judgement=judgement, at=at)


def record_shadow(tx: Tx, *, machine: Principal, case_id: CaseId, judgement: Judgement, at: datetime) -> Decision:
    """Record what a machine would decide: over the frozen evidence, for comparison alone. Raises BadJudgement."""
    require(tx, Right.PEOPLE_MANAGE, about=case_id)
    case = triage.case(tx, case_id)
    dossier = frozen(tx, case, at=at)
    version = policy.current(tx)
    assessed = assess(version, judgement).severity
    evidence = evidence_for(tx, dossier, version, judgement, case.severity)
    problems = check(judgement, policy=version, evidence=evidence, assessed=assessed, at=at)
    if problems:
        places = [{"pointer": one.pointer, "detail": one.detail} for one in problems]
        raise BadJudgement(count=len(places), summary=problems[0].detail, places=places)
    led = lead(version, judgement)
    primary = next((one for one in led.findings if one.primary), led.findings[0])
    decision = Decision(
        id=DecisionId(new_id("dec")),
        case_id=case_id,
        task_id=None,
        kind=SHADOW,
        reviewer_id=ReviewerId(machine.id),
        team_id=machine.team_id,
        state=DecisionState.RECORDED,
        policy_version_id=version.id,
        policy_hash=version.hash,
        dossier_id=dossier.id,
        dossier_hash=dossier.hash,
        subject_id=case.subject_id,
        judgement=led,
        assessed=assessed,
        primary_clause=primary.clause_id,
        verdict=overall_verdict(led.findings),
        view=View.BLIND,
        shown={"dossier_version": dossier.version, "masked": []},
        inclusion=None,
        decided_at=at,
        in_hand_s=None,
        hash=decision_hash(
            led,
            case_id=case_id,
            task_id=None,
            reviewer_id=machine.id,
            policy_version_id=version.id,
            policy_hash=version.hash,
            dossier_hash=dossier.hash,
            assessed=int(assessed),
            decided_at=at,
        ),
        test=case.shown_as_test,
        restriction=case.restriction,
        region=case.region,
    )
    decisions.insert(tx, decision)
    tx.record(
        ShadowDecided(decision_id=decision.id, case_id=case_id, reviewer_id=decision.reviewer_id, hash=decision.hash),
        at=at,
    )
    return decision


def _word(tx: Tx, machine: Principal, case_id: CaseId, judgement: Judgement, *, at: datetime) -> Authority:
    case = triage.case(tx, case_id)
    version = policy.current(tx)
    led = lead(version, judgement)
    severity = min(assess(version, led).severity, case.severity)
    task = asked(case, frozen(tx, case, at=at), kind=FIRST_LOOK, at=at)
    wanted = asked_of(led, task, severity=severity, action=version.action, words=words_of(version, led))
    return authority_of(machine, wanted, at=at)
