"""Certificates on trial: a machine that answers from a list, people under double review, and audits that were done."""

from datetime import timedelta
from typing import Any

from assize.kernel.ids import CaseId, CertificateId, DecisionId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.quality import service
from assize.review import service as review
from assize.review.models import Decision, Judgement, Verdict
from assize.workforce import service as workforce
from assize.workforce.logic import principal_of
from assize.workforce.models import SYSTEM, Build, Certificate, CertificateState, Principal, Role
from builders.review import AT, a_finding, a_judgement, a_reviewer, a_task, event_of

BUILD = Build(model="stand-in 1", prompt="policy in the system message")
QUIN = a_reviewer("quin", roles=(Role.QA_LEAD,))
MAX = a_reviewer("max", roles=(Role.OPERATIONS_MANAGER,))
MINUTE = timedelta(minutes=1)
EASY = 0.5  # a bound that a handful of audits show: what is tried here is the life of a certificate, not the statistics


def stand_in(tx: Tx, case_id: CaseId, *, verdict: Verdict = Verdict.VIOLATION) -> Judgement:
    """What a deterministic labeler says of a case: the same whenever it is asked."""
    task = next(one for one in review.tasks_of_case(tx, case_id=case_id) if one.kind == "first_look")
    return a_judgement(findings=(a_finding(event_of(tx, task), verdict=verdict),))


def a_labeler(database: Database, name: str = "stand-in", *, build: Build = BUILD) -> ReviewerId:
    """A machine reviewer that has said what it is made of."""
    with database.transaction(SYSTEM) as tx:
        reviewer_id = workforce.add_machine(tx, name=name, at=AT)
        machine = workforce.machine(tx, reviewer_id)
    with database.transaction(machine) as tx:
        workforce.announce_build(tx, build=build, at=AT)
    return reviewer_id


def a_person(database: Database, name: str = "ana", **given: Any) -> ReviewerId:
    """An analyst who holds no appointment yet."""
    with database.transaction(SYSTEM) as tx:
        reviewer_id = workforce.add_person(
            tx, name=name, email=f"{name}@example.org", **({"roles": [Role.ANALYST], "at": AT} | given)
        )
        for one in workforce.certificates(tx, reviewer_id=reviewer_id):
            workforce.move_certificate(tx, certificate_id=one.id, to=CertificateState.ENDED, why="role-changed", at=AT)
    return reviewer_id


def principal(database: Database, reviewer_id: str) -> Principal:
    """Somebody as they act now."""
    with database.transaction(SYSTEM) as tx:
        return principal_of(workforce.reviewer(tx, reviewer_id))


def asked_for(database: Database, reviewer_id: ReviewerId, **given: Any) -> Certificate:
    """A certificate that somebody is to earn; every decision is looked at again."""
    settings = {"family": "HAR", "alpha": EASY, "audit_rate": 1.0, "at": AT}
    with database.transaction(QUIN) as tx:
        return service.ask_certificate(tx, reviewer_id=reviewer_id, **(settings | given))


def advanced(database: Database, certificate_id: CertificateId, to: CertificateState, **given: Any) -> Certificate:
    """A certificate a step further."""
    with database.transaction(QUIN) as tx:
        return service.advance(tx, certificate_id=certificate_id, to=to, **({"at": AT} | given))


def certificate_of(database: Database, certificate_id: CertificateId) -> Certificate:
    """A certificate as it is now."""
    with database.transaction(SYSTEM) as tx:
        return workforce.certificates(tx, ids=[certificate_id])[0]


def labelled(database: Database, reviewer_id: ReviewerId, *, at=AT + MINUTE, build: Build = BUILD) -> Decision:
    """What a machine made of a fresh case, through the same door as everybody."""
    with database.transaction(SYSTEM) as tx:
        case_id = a_task(tx, at=at).case_id
        judgement = stand_in(tx, case_id)
    return review.decide_as_machine(
        database, reviewer_id=reviewer_id, case_id=case_id, judgement=judgement, build=build, at=at
    )


def decided_by(database: Database, reviewer_id: ReviewerId, *, at=AT + MINUTE) -> Decision:
    """What a person made of a fresh case."""
    with database.transaction(SYSTEM) as tx:
        task = a_task(tx, at=at)
        judgement = a_judgement(event_of(tx, task))
    with database.transaction(principal(database, reviewer_id)) as tx:
        review.claim_task(tx, task_id=task.id, at=at)
        return review.decide(tx, task_id=task.id, judgement=judgement, at=at)


def looked_at(
    database: Database, settings: Settings, *decisions: Decision, wrong: bool = False, at=AT + timedelta(hours=1)
) -> None:
    """Decisions that were drawn, audited blind, and compared; and what that says was weighed."""
    with database.transaction(SYSTEM) as tx:
        for one in decisions:
            service.tried(tx, decision_id=one.id, due=at)
    service.try_due(database, settings=settings, at=at)
    for number, one in enumerate(decisions):
        with database.transaction(SYSTEM) as tx:
            compared(tx, one.id, wrong=wrong, at=at + number * timedelta(seconds=1))
            service.weigh_decision(tx, decision_id=one.id, at=at)


def compared(tx: Tx, decision_id: DecisionId, *, wrong: bool, at: Any) -> None:
    """The audit of a decision is done, and came out right or wrong."""
    values = {"id": new_id("cmp"), "decision_id": decision_id, "mark": "wrong" if wrong else "right", "at": at}
    tx.run(
        "update quality.audit set state = 'revealed', auditor_id = 'rev_quin', committed_at = %(at)s, revealed_at = %(at)s"
        " where decision_id = %(decision_id)s and looks_at = 'content'",
        values,
    )
    tx.run(
        "insert into quality.comparison (id, decision_id, audit_id, case_id, reviewer_id, vendor, by, labeler_id, queue,"
        " policy_version_id, clause, missed_escalation, wrong_clause, wrong_action, process_error, technical, decision,"
        " clause_marked, severity, action, escalation, rationale, required_step, blind, headline, decided_at, compared_at)"
        " select %(id)s, a.decision_id, a.id, a.case_id, a.decider_id, false, 'person', 'rev_quin', a.queue,"
        " a.policy_version_id, 'HAR-1', false, false, false, false, false, %(mark)s, 'na', 'na', 'na', 'na', 'na', 'na',"
        " true, true, a.offered_at, %(at)s from quality.audit a"
        " where a.decision_id = %(decision_id)s and a.looks_at = 'content'",
        values,
    )
