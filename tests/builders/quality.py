"""Plans, strata, draws and audits; a test names only what matters to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from assize.kernel import clock
from assize.kernel.ids import (
    AuditId,
    CaseId,
    ClauseId,
    DecisionId,
    LabelId,
    PlanId,
    QueueName,
    ReviewerId,
    StratumId,
    new_id,
)
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.models import (
    Audit,
    AuditState,
    Decided,
    Draw,
    Kind,
    Label,
    LooksAt,
    Plan,
    PlanState,
    Stratum,
    Wanted,
)
from assize.review import service as review
from assize.review.models import Decision, Verdict
from assize.workforce.models import SYSTEM, Principal, Role
from builders.living import Living
from builders.review import PROSE, a_finding, a_judgement, a_reviewer, a_task, acting, event_of, in_hand

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def a_lead(name: str = "quin", **given: Any) -> Principal:
    """A QA lead."""
    return a_reviewer(name, roles=(Role.QA_LEAD,), **given)


def a_stratum(**given: Any) -> Stratum:
    """A random floor of a tenth of everything."""
    settings: dict[str, Any] = {
        "id": StratumId(new_id("str")),
        "name": "everything",
        "kind": Kind.RANDOM,
        "rate": 0.1,
        "floor": 0.01,
    }
    return Stratum(**(settings | given))


def a_plan(*strata: Stratum, **given: Any) -> Plan:
    """A plan that is proposed."""
    settings: dict[str, Any] = {
        "id": PlanId(new_id("plan")),
        "name": "routine",
        "version": 1,
        "state": PlanState.PROPOSED,
        "note": "",
        "strata": strata or (a_stratum(),),
        "gravest_by_record": True,
        "repeat_share": 0.0,
        "repeat_after": timedelta(days=28),
        "proposed_by": ReviewerId("rev_quin"),
        "proposed_at": AT,
    }
    return Plan(**(settings | given))


def a_decided(**given: Any) -> Decided:
    """A violation of HAR-1 found by a person, of SEV2."""
    settings: dict[str, Any] = {
        "decision_id": DecisionId(new_id("dec")),
        "case_id": CaseId(new_id("case")),
        "subject_id": None,
        "reviewer_id": ReviewerId("rev_ada"),
        "team_id": None,
        "vendor": False,
        "by": "person",
        "queue": QueueName("harassment"),
        "severity": Severity.SEV2,
        "clause": ClauseId("HAR-1"),
        "verdict": Verdict.VIOLATION,
        "language": "en",
        "policy_version_id": "pol_1",
        "decided_at": AT,
    }
    return Decided(**(settings | given))


def a_draw(plan: Plan, decided: Decided, **given: Any) -> Draw:
    """A decision that the random floor drew."""
    settings: dict[str, Any] = {
        "plan_id": plan.id,
        "decided": decided,
        "key_id": "key",
        "place": 0.25,
        "random_stratum": plan.strata[0].id,
        "random_rate": plan.strata[0].rate,
        "by_random": True,
        "risk_stratum": None,
        "risk_rate": 0.0,
        "by_risk": False,
        "targeted_stratum": None,
        "targeted_rate": 0.0,
        "by_targeted": False,
        "by_record": False,
        "inclusion": plan.strata[0].rate,
        "floored": False,
        "drawn_at": AT,
    }
    return Draw(**(settings | given))


def an_audit(decision: Decision, **given: Any) -> Audit:
    """A blind audit of a decision, that nobody has taken."""
    settings: dict[str, Any] = {
        "id": AuditId(new_id("aud")),
        "decision_id": decision.id,
        "case_id": decision.case_id,
        "subject_id": decision.subject_id,
        "dossier_id": decision.dossier_id,
        "policy_version_id": decision.policy_version_id,
        "decider_id": decision.reviewer_id,
        "queue": QueueName("harassment"),
        "severity": decision.assessed,
        "clauses": (ClauseId("HAR-1"),),
        "language": "en",
        "exposure": 1,
        "looks_at": LooksAt.CONTENT,
        "state": AuditState.OPEN,
        "not_before": AT,
        "due_at": AT + timedelta(days=2),
        "offered_at": AT,
        "restriction": decision.restriction,
        "region": decision.region,
    }
    return Audit(**(settings | given))


def a_label(decision: Decision, audit: Audit, *, by: str = "rev_quin", **given: Any) -> Label:
    """A label that says what the decision says."""
    settings: dict[str, Any] = {
        "id": LabelId(new_id("lab")),
        "of": "audit",
        "of_id": audit.id,
        "labeler_id": ReviewerId(by),
        "case_id": decision.case_id,
        "subject_id": decision.subject_id,
        "dossier_id": decision.dossier_id,
        "policy_version_id": decision.policy_version_id,
        "judgement": decision.judgement,
        "verdict": decision.verdict,
        "clause": decision.primary_clause,
        "severity": decision.assessed,
        "blind": True,
        "at": AT,
        "hash": "0" * 64,
        "restriction": decision.restriction,
        "region": decision.region,
    }
    return Label(**(settings | given))


def wanted(*strata: Stratum, **given: Any) -> Wanted:
    """A plan as it is proposed: a random floor of a tenth."""
    return Wanted(**({"name": "routine", "strata": strata or (a_stratum(),)} | given))


def in_force(database: Database, settings: Settings, *strata: Stratum, at: datetime = AT, **given: Any) -> Plan:
    """A plan that draws from a moment on."""
    with database.transaction(SYSTEM) as tx:
        plan = service.propose(tx, wanted=wanted(*strata, **given), at=at)
        return service.put_in_force(tx, plan_id=plan.id, settings=settings, at=at)


def stood(
    database: Database, *clauses: str, who: Principal | None = None, at: datetime = AT, **judged: Any
) -> Decision:
    """A decision that stands, of a fresh case, and is put to the plans."""
    with database.transaction(SYSTEM) as tx:
        a_task(tx, *clauses, at=at)
        task = in_hand(tx, who or a_reviewer("ada"), at=at)
        clause = clauses[0] if clauses else "HAR-1"
        given = a_judgement(event_of(tx, task), findings=(a_finding(event_of(tx, task), clause),), **judged)
        with acting(tx, who or a_reviewer("ada")) as mine:
            decision = review.decide(mine, task_id=task.id, judgement=given, at=at)
        service.stands(tx, decision_id=decision.id, effective_at=decision.effective_at or at)
    return decision


def decided_over_http(here: Living, analyst: httpx2.Client, *, ref: str = "conv-1", rationale: str = PROSE) -> str:
    """A decision that an analyst makes of what comes in by the API; return its id."""
    event = {
        "external_id": ref,
        "occurred_at": clock.now().isoformat(),
        "subject": {"organisation": "org", "account": f"acc-{ref}", "conversation": ref},
        "turns": [
            {"role": "user", "text": f"about {ref}: sim-frd-1-strong"},
            {"role": "assistant", "text": "I can't."},
        ],
        "language": "en",
    }
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": [event]}).is_success
    here.work()
    task = analyst.post("/v1/queues/claim", json={}).json()["task"]
    view = analyst.post(f"/v1/tasks/{task['id']}/open", json={"purpose": "review"}).json()
    span = {"event_id": view["events"][0]["id"], "turn": 0}
    finding = {"clause_id": "FRD-1", "verdict": "violation", "locus": "user", "span": span}
    said = {
        "findings": [finding],
        "rubric": {"gravity": 2, "spread": 2, "scale": 2},
        "reason_codes": ["scripts"],
        "rationale": rationale,
    }
    answer = analyst.post(f"/v1/tasks/{task['id']}/decision", json=said)
    assert answer.is_success, answer.text
    here.work()
    return str(answer.json()["id"])
