"""What asks for somebody: one part for each kind, gravest kinds first; what is empty is left out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from assize.console.pages import measuring
from assize.enforcement import service as enforcement
from assize.enforcement.models import (
    AppealState,
    DeliveryState,
    EnforcementState,
)
from assize.enforcement.models.instead import WatchState
from assize.escalation import service as escalation
from assize.escalation.models import ContainmentState, EscalationState
from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.platform.pages import ago
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import Proposal, Task
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right, SearchScope

MOST, SHOWN = 200, 8
SECOND = "second_look"
Item = dict[str, Any]


def needs(tx: Tx, version: PolicyVersion | None, at: datetime) -> list[Item]:
    """Return what needs the actor, as far as they may see and do it."""
    actor = tx.actor
    if not isinstance(actor, Principal):
        return []
    found = [one for one in _parts(tx, actor, at) if one["entries"]]
    _name_cases(tx, actor, version, [item for one in found for item in one["entries"][:SHOWN]])
    for one in found:
        one["count"] = f"{MOST}+" if len(one["entries"]) >= MOST else str(len(one["entries"]))
        one["entries"] = one["entries"][:SHOWN]
    return found


def _parts(tx: Tx, me: Principal, at: datetime) -> Iterator[Item]:
    rights = me.rights
    whole = me.view.search_scope is SearchScope.ALL
    if Right.ESCALATE in rights:
        called = escalation.escalations(tx, state=EscalationState.OPEN, limit=MOST)
        yield _part(
            "escalations",
            "Not acknowledged by anybody",
            "/escalations",
            "bad",
            (_item(one.case_id, one.reason, "/escalations", f"due {ago(one.due_at, at)}") for one in called),
        )
    if Right.APPROVE in rights and Right.ESCALATE in rights:
        alone = escalation.containments(tx, state=ContainmentState.OPEN, limit=MOST)
        yield _part(
            "containments",
            "Acts of one person that wait for a second",
            "/escalations",
            "bad",
            (
                _item(one.case_id, one.reason, "/escalations", f"lapses {ago(one.approval_due_at, at)}")
                for one in alone
                if one.contained_by != me.id
            ),
        )
    if Right.TASKS_CLAIM in rights:
        yield from _tasks(tx, at)
    if Right.CASES_READ in rights:
        yield _part(
            "to-read",
            "To be read",
            "/announcements",
            "warn",
            (
                _item(
                    None,
                    one.text.title,
                    f"/announcements/{one.id}",
                    f"due {ago(one.text.due_at, at)}",
                    late=one.text.due_at is not None and one.text.due_at < at,
                )
                for one in workforce.to_read(tx)
            ),
        )
        mentions = review.mentions(tx)
        names = workforce.names(tx, [one.author for one in mentions])
        yield _part(
            "mentions",
            "Where you were named",
            None,
            "",
            (
                _item(
                    one.case_id,
                    one.body,
                    f"/cases/{one.case_id}" if one.case_id else "",
                    f"{names[one.author]}, {ago(one.at, at)}",
                    read=f"/mentions/{one.note_id}/read",
                )
                for one in mentions
            ),
        )
    for key, title, url, lines in measuring.waiting(tx, me, at):
        yield _part(
            key,
            title,
            url,
            "warn",
            (_item(None, each["text"], each["url"], each["when"], late=each["late"]) for each in lines),
        )
    if Right.ENFORCEMENT_READ in rights and whole:
        yield from _outcomes(tx, me, at)
    if Right.POLICY_PUBLISH in rights:
        yield _part(
            "proposals",
            "Policy that waits for a second person",
            "/policy",
            "warn",
            (
                _item(None, f"{one.name} {one.version}: {one.reason}", "/policy", ago(one.proposed_at, at))
                for one in policy.proposals(tx)
                if one.proposed_by != me.id
            ),
        )


def _tasks(tx: Tx, at: datetime) -> Iterator[Item]:
    kept = review.assigned_to_me(tx, limit=MOST)
    yield _part(
        "in-hand", "In my hands", None, "", (_task(one, f"due {ago(one.due_at, at)}", at) for one in review.in_hand(tx))
    )
    yield _part(
        "second-looks",
        "Second looks asked of me",
        None,
        "warn",
        (_task(one, f"due {ago(one.due_at, at)}", at) for one in kept if one.kind == SECOND),
    )
    waiting = review.proposals(tx, limit=MOST)
    names = workforce.names(tx, [one.reviewer_id for one in waiting])
    yield _part(
        "proposals-to-bear",
        "Decisions that wait for a second person",
        None,
        "warn",
        (_proposal(one, names[one.reviewer_id], at) for one in waiting),
    )
    yield _part(
        "kept",
        "Kept for me",
        "/queues?kept=me",
        "",
        (_task(one, f"due {ago(one.due_at, at)}", at) for one in kept if one.kind != SECOND),
    )
    yield _part(
        "held",
        "Set aside by me",
        None,
        "",
        (_task(one, f"back {ago(one.held_until, at)}", at) for one in review.held_by_me(tx, limit=MOST)),
    )


def _outcomes(tx: Tx, me: Principal, at: datetime) -> Iterator[Item]:
    due = enforcement.watches(tx, state=WatchState.DUE, limit=MOST)
    yield _part(
        "watches",
        "Watches that came due",
        None,
        "warn",
        (_item(one.case_id, one.reason, f"/cases/{one.case_id}", ago(one.due_at, at)) for one in due),
    )
    if Right.APPROVE in me.rights:
        plans = enforcement.enforcements(tx, state=EnforcementState.AWAITING_APPROVAL, limit=MOST)
        yield _part(
            "approvals",
            "Wait for a second person",
            "/enforcement",
            "warn",
            (_item(one.case_id, one.action_id.replace("-", " "), "/enforcement", "") for one in plans),
        )
    if Right.APPEALS_HEAR in me.rights:
        appeals = enforcement.appeals(tx, state=AppealState.OPEN, limit=MOST)
        yield _part(
            "appeals",
            "Appeals that are open",
            "/appeals",
            "",
            (_item(one.case_id, "", "/appeals", "") for one in appeals),
        )
    if Right.DELIVERIES_MANAGE in me.rights:
        dead = enforcement.deliveries(tx, state=DeliveryState.DEAD, limit=MOST)
        yield _part(
            "deliveries",
            "Deliveries that failed for good",
            "/deliveries",
            "bad",
            (_item(None, one.destination, "/deliveries", "") for one in dead),
        )


def _part(key: str, title: str, url: str | None, tone: str, items: Iterable[Item]) -> Item:
    return {"key": key, "title": title, "url": url, "tone": tone, "entries": list(items)}


def _item(case_id: CaseId | str | None, text: str, url: str, when: str, **more: Any) -> Item:
    return {"case_id": case_id, "severity": None, "title": "", "text": text, "url": url, "when": when, "late": False,
            "read": None, "until": None, **more}  # fmt: skip


def _task(task: Task, when: str, at: datetime, *, text: str = "") -> Item:
    return _item(task.case_id, text, f"/tasks/{task.id}", when, late=task.due_at < at, severity=task.severity)


def _proposal(one: Proposal, by: str, at: datetime) -> Item:
    lowers = one.assessed is not None and one.assessed > one.task.severity
    says = f"SEV{int(one.assessed)} instead of SEV{int(one.task.severity)}" if lowers and one.assessed else ""
    text = says or one.verdict.value.replace("_", " ")
    return _task(one.task, f"by {by}, {ago(one.decided_at, at)}", at, text=text)


def _name_cases(tx: Tx, me: Principal, version: PolicyVersion | None, items: Sequence[Item]) -> None:
    """Give items the title and severity of their case, where it exists for the actor."""
    if version is None or Right.CASES_READ not in me.rights:
        return
    cases = triage.cases_named(tx, case_ids=[CaseId(one["case_id"]) for one in items if one["case_id"]])
    for one in items:
        case = cases.get(one["case_id"])
        if case is not None:
            one["title"] = _title(case, version)
            one["severity"] = case.severity if one["severity"] is None else one["severity"]


def _title(case: Case, version: PolicyVersion) -> str:
    clause = version.clause(case.clauses[0].clause_id) if case.clauses else None
    return clause.title if clause else "Case"
