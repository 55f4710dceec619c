"""Decide a task: check the judgement, assess the severity, write the decision, say what counts from when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from assize.intake import service as intake
from assize.intake.models import Use
from assize.kernel.errors import AssizeError
from assize.kernel.ids import ClauseId, DecisionId, DossierId, EventId, FindingId, ReviewerId, TaskId, new_id
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import Clause, Dimension, PolicyVersion, Rubric, Severity, SeverityResult
from assize.review.errors import (
    AlreadyDecided,
    BadJudgement,
    DossierChanged,
    LeaseLost,
    LeaseLostToAnother,
    NoProposal,
    NoSuchDossier,
    NoSuchTask,
    TaskCancelledAlready,
)
from assize.review.facts import DecisionMade, DecisionStands
from assize.review.logic import (
    GRACE,
    Evidence,
    Standing,
    canonical_judgement,
    check,
    decision_hash,
    effective_at,
    leading_finding,
    needs_second,
    outcome_state,
    overall_verdict,
    parse_judgement,
)
from assize.review.models import Decision, DecisionState, Dossier, Judgement, Task, Verdict, View
from assize.review.service.claiming import held_task
from assize.review.service.independence import among_others, await_others
from assize.review.service.precedents import index_words
from assize.review.service.proposing import Ground, certified, propose, reason_for
from assize.review.service.steering import keep_words
from assize.review.store import decisions, dossiers, tasks, translations
from assize.triage import service as triage
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

_LOST = (LeaseLost, LeaseLostToAnother, AlreadyDecided, TaskCancelledAlready, DossierChanged)


def decide(
    tx: Tx,
    *,
    task_id: TaskId,
    judgement: Judgement | Mapping[str, Any],
    seen: DossierId | None = None,
    grace: timedelta = GRACE,
    at: datetime,
) -> Decision:
    """Decide a task in hand.

    judgement: as a model or as JSON values. seen: the dossier that the reviewer looked at; where newer evidence came
    meanwhile the decision is refused. grace: how long it can be taken back before an effect leaves.
    What becomes of it: it stands and replaces what stood; or, where it makes a SEV0 or SEV1 case less grave, it is
    proposed until a different person decides the same; or, outside of what the reviewer is certified for, it is proposed
    to one who is; or, for tasks of comparison, it is recorded.
    Raises BadJudgement with every place that does not fit; LeaseLost, LeaseLostToAnother, AlreadyDecided,
    TaskCancelledAlready, DossierChanged, and then what was typed is kept as a draft; NotYours, NoSuchTask, NotAllowed.
    """
    principal = require(tx, Right.DECIDE, about=task_id)
    try:
        task = held_task(tx, task_id=task_id)
        if seen is not None and seen != task.dossier_id:
            raise DossierChanged
    except _LOST as refusal:
        _keep(tx, task_id, principal, judgement, refusal, at=at)
        raise
    given = judgement if isinstance(judgement, Judgement) else parse_judgement(judgement)
    ground = _ground(tx, principal, task)
    marked, assessed = _checked(tx, ground, given, at=at)
    decision, among = _decision(tx, ground, marked, assessed, grace=grace, at=at)
    _write(tx, ground, decision, among, at=at)
    return decision


def agree(tx: Tx, *, task_id: TaskId, grace: timedelta = GRACE, at: datetime) -> Decision:
    """Decide a second look as the first reviewer proposed. Raises NoProposal, and like `decide`."""
    require(tx, Right.DECIDE, about=task_id)
    task = held_task(tx, task_id=task_id)
    proposal = decisions.in_state(tx, task.case_id, DecisionState.PROPOSED)
    # Whoever judges blind doesn't know what was proposed, and so can't agree to it.
    if proposal is None or task.view is View.BLIND:
        raise NoProposal
    findings = tuple(replace(one, id=None) for one in proposal.findings)
    same = replace(proposal.judgement, findings=findings)
    return decide(tx, task_id=task_id, judgement=same, grace=grace, at=at)


def assess(version: PolicyVersion, judgement: Judgement) -> SeverityResult:
    """Return how grave a judgement's answers make the case: SEV4 where nothing was violated."""
    clauses = _clauses(version, judgement, Verdict.VIOLATION)
    if not clauses:
        return SeverityResult(severity=Severity.SEV4)
    return policy.severity(_rubric(judgement), clauses, version.gates)


def lead(version: PolicyVersion, judgement: Judgement) -> Judgement:
    """Return the judgement with the finding that leads by the policy's precedence marked, and ids for all."""
    led = leading_finding(judgement.findings, lead=lambda ids: policy.primary(ids, version.precedence))
    named = tuple(replace(one, id=FindingId(new_id("fnd"))) for one in led)
    return replace(judgement, findings=named)


def evidence_for(tx: Tx, dossier: Dossier, version: PolicyVersion, judgement: Judgement, before: Severity) -> Evidence:
    """Return what a judgement of this dossier may point at."""
    events = intake.events(tx, [one.event_id for one in dossier.events])
    turns: dict[EventId, tuple[int, ...] | None] = {one.event_id: None for one in dossier.events}
    for event in events:
        content = intake.content_for(event, Use.DISPLAY)
        if content.turns:
            turns[event.id] = tuple(len(turn.text) for turn in content.turns)
    # An exception is tried against the gates of every clause found: what the rubric opens, no claim closes.
    clauses = [clause for one in judgement.findings if (clause := version.clause(one.clause_id)) is not None]
    gates = policy.severity(_rubric(judgement), clauses, version.gates, found=False).gates
    levels: Mapping[str, str] = dossier.subject.get("levels", {})
    subjects = {subject_id: level for level, subject_id in levels.items()}
    for event in events:
        if event.conversation_id is not None:
            subjects.setdefault(event.conversation_id, "conversation")
        if event.account_id is not None:
            subjects.setdefault(event.account_id, "account")
    return Evidence(
        turns=turns,
        subjects=subjects,
        provisional=dossier.rubric,
        provisional_severity=before,
        open_gates=frozenset(one.gate_id for one in gates),
    )


def stand(tx: Tx, decision: Decision, *, at: datetime) -> None:
    """Let a decision count for its case: announce it, assess the case, mark it decided. A step."""
    if decision.assessed is not None:
        triage.set_assessed(
            tx, case_id=decision.case_id, severity=decision.assessed, reason=reason_for(decision), at=at
        )
    triage.decided(tx, case_id=decision.case_id, at=at)
    tx.record(
        DecisionStands(
            decision_id=decision.id,
            case_id=decision.case_id,
            subject_id=decision.subject_id,
            effective_at=decision.effective_at or at,
            replaces=decision.replaces,
        ),
        at=at,
    )


def _ground(tx: Tx, principal: Principal, task: Task) -> Ground:
    dossier = dossiers.by_id(tx, task.dossier_id)
    if dossier is None:
        raise NoSuchDossier
    return Ground(principal=principal, task=task, dossier=dossier, version=policy.current(tx))


def _checked(tx: Tx, ground: Ground, given: Judgement, *, at: datetime) -> tuple[Judgement, Severity]:
    before = triage.case(tx, ground.task.case_id).severity
    assessed = _try_assess(ground.version, given)
    evidence = evidence_for(tx, ground.dossier, ground.version, within(given), before)
    problems = check(given, policy=ground.version, evidence=evidence, assessed=assessed, at=at)
    if problems:
        places = [{"pointer": one.pointer, "detail": one.detail} for one in problems]
        raise BadJudgement(count=len(places), summary=problems[0].detail, places=places)
    return lead(ground.version, given), assessed


def _decision(
    tx: Tx, ground: Ground, judgement: Judgement, assessed: Severity, *, grace: timedelta, at: datetime
) -> tuple[Decision, Standing | None]:
    task, principal = ground.task, ground.principal
    case = triage.case(tx, task.case_id)
    proposal = decisions.in_state(tx, task.case_id, DecisionState.PROPOSED)
    lowers = needs_second(before=case.severity, after=assessed)
    held = certified(ground, judgement, severity=min(assessed, case.severity), lowers=lowers, at=at)
    state = outcome_state(
        task,
        reviewer=principal.id,
        assessed=assessed,
        needs_second=lowers,
        proposal=proposal,
        alone=held.alone,
    )
    among = among_others(tx, ground, judgement, assessed, state=state)
    if among is not None:
        state = DecisionState.STANDS if among is Standing.STANDS else DecisionState.PROPOSED
    standing = decisions.in_state(tx, task.case_id, DecisionState.STANDS) if state is DecisionState.STANDS else None
    primary = next((one for one in judgement.findings if one.primary), judgement.findings[0])
    effective = effective_at(
        at,
        severity=min(assessed, case.severity),
        dispositions=judgement.dispositions,
        action=ground.version.action,
        grace=grace,
    )
    decided_hash = decision_hash(
        judgement,
        case_id=task.case_id,
        task_id=task.id,
        reviewer_id=principal.id,
        policy_version_id=ground.version.id,
        policy_hash=ground.version.hash,
        dossier_hash=ground.dossier.hash,
        assessed=int(assessed),
        decided_at=at,
    )
    made = Decision(
        id=DecisionId(new_id("dec")),
        case_id=task.case_id,
        task_id=task.id,
        kind=task.kind,
        reviewer_id=ReviewerId(principal.id),
        team_id=principal.team_id,
        state=state,
        policy_version_id=ground.version.id,
        policy_hash=ground.version.hash,
        dossier_id=ground.dossier.id,
        dossier_hash=ground.dossier.hash,
        subject_id=task.subject_id,
        judgement=judgement,
        assessed=assessed,
        primary_clause=primary.clause_id,
        verdict=overall_verdict(judgement.findings),
        view=task.view,
        shown=_was_shown(tx, principal, ground),
        inclusion=tasks.inclusion(tx, task.id),
        decided_at=at,
        in_hand_s=None if task.claimed_at is None else max(0.0, (at - task.claimed_at).total_seconds()),
        hash=decided_hash,
        # A judgement for comparison can be taken back as long as one that stands: nobody learns from it which it was.
        effective_at=None if state is DecisionState.PROPOSED else effective,
        replaces=None if standing is None else standing.id,
        certificates=held.by,
        test=task.test,
        restriction=task.restriction,
        region=task.region,
    )
    return made, among


def _was_shown(tx: Tx, principal: Principal, ground: Ground) -> dict[str, Any]:
    """Return what the reviewer had before them: the evidence, what was masked of it, and which machine translations."""
    masked = principal.view.masked_fields
    seen: dict[str, Any] = {"dossier_version": ground.dossier.version, "masked": sorted(masked)}
    made = [] if "text" in masked else translations.of_events(tx, [one.event_id for one in ground.dossier.events])
    if made:
        seen["translations"] = [
            {"event_id": one.event_id, "turn": one.turn, "to": one.to, "model": one.model} for one in made
        ]
    return seen


def _write(tx: Tx, ground: Ground, decision: Decision, among: Standing | None, *, at: datetime) -> None:
    if decision.replaces is not None:
        decisions.set_state(tx, decision.replaces, DecisionState.REPLACED)
    waits_beside = among in {Standing.WAITS, Standing.DIFFERS}
    if decision.state is not DecisionState.RECORDED and not waits_beside:
        _settle_proposals(tx, decision)
    decisions.insert(tx, decision)
    tasks.finish(tx, ground.task.id)
    dossiers.drop_draft(tx, task_id=ground.task.id, reviewer=decision.reviewer_id)
    tx.record(made(decision), at=at)
    match decision.state:
        case DecisionState.STANDS:
            stand(tx, decision, at=at)
            index_words(tx, ground.dossier)
        case DecisionState.PROPOSED if among is not None:
            await_others(tx, ground, decision, among, at=at)
        case DecisionState.PROPOSED:
            propose(tx, ground, decision, at=at)
        case DecisionState.RECORDED | DecisionState.REPLACED | DecisionState.UNDONE:
            pass


def made(decision: Decision) -> DecisionMade:
    """Return the fact that a decision was made."""
    return DecisionMade(
        decision_id=decision.id,
        case_id=decision.case_id,
        subject_id=decision.subject_id,
        task_id=decision.task_id,
        kind_of_task=decision.kind,
        policy_version_id=decision.policy_version_id,
        hash=decision.hash,
        severity=decision.assessed,
        verdict=decision.verdict.value,
        primary_clause=decision.primary_clause,
        blind=decision.view is View.BLIND,
    )


def _settle_proposals(tx: Tx, decision: Decision) -> None:
    # Whatever is decided after them, proposals have had their answer.
    for proposal in decisions.proposed(tx, decision.case_id):
        decisions.set_state(tx, proposal.id, DecisionState.REPLACED)


def _keep(
    tx: Tx,
    task_id: TaskId,
    principal: Principal,
    judgement: Judgement | Mapping[str, Any],
    refusal: AssizeError,
    *,
    at: datetime,
) -> None:
    # In a transaction of its own: the refusal undoes this one, and the words must outlive it.
    body = canonical_judgement(judgement) if isinstance(judgement, Judgement) else judgement
    lost = not isinstance(refusal, DossierChanged)
    with tx.apart() as other:
        task = tasks.by_id(other, task_id)
        if task is None:
            raise NoSuchTask
        keep_words(other, task=task, reviewer=principal.id, body=body, lost=lost, at=at)


def _try_assess(version: PolicyVersion, judgement: Judgement) -> Severity:
    return assess(version, within(judgement)).severity


def within(judgement: Judgement) -> Judgement:
    """Return the judgement with its scores within 0 to 4. A step."""
    # Scores outside 0 to 4 are told as misfits later; until then they count as the bound.
    return replace(judgement, rubric={name: min(max(score, 0), 4) for name, score in judgement.rubric.items()})


def _rubric(judgement: Judgement) -> Rubric:
    scores: dict[Dimension, int] = dict(judgement.rubric)
    return Rubric(scores=scores)


def _clauses(version: PolicyVersion, judgement: Judgement, verdict: Verdict) -> list[Clause]:
    ids: list[ClauseId] = [one.clause_id for one in judgement.findings if one.verdict is verdict]
    return [clause for clause in map(version.clause, dict.fromkeys(ids)) if clause is not None]
