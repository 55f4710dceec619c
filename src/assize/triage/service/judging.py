"""How grave, how urgent, which queue: triage's evidence put through the policy in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assize.kernel.ids import QueueName
from assize.policy.models import (
    Clause,
    Dimension,
    Likelihood,
    PolicyVersion,
    ResponseMode,
    Severity,
    SeverityResult,
)
from assize.policy.service import evidence_of, primary, provisional, response_mode, route
from assize.triage.logic.priority import TARGET
from assize.triage.models import LikelyClause
from assize.workforce.models import Exposure

LAST_RESORT = QueueName("general")  # a policy whose routes leave a case without a queue must not lose it
CROWD = 3  # accounts in one case, from which on it spreads
CAMPAIGN = 10  # nearly equal texts in a day, from which on it spreads widely


REMEMBERED = 4_096  # judgements; a few hundred bytes each

_remembered: dict[object, "Judgement"] = {}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the policy makes of likely clauses and the evidence around them."""

    severity: Severity
    mode: ResponseMode
    queue: QueueName
    exposure: Exposure
    families: tuple[str, ...]
    weights: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What signals say beyond the clauses. near: nearly equal texts of a day; subjects: accounts in the case."""

    minor_likely: bool = False
    near: int = 0
    subjects: int = 1
    authority: bool = False


def judge(
    policy: PolicyVersion, likely: Sequence[LikelyClause], evidence: Evidence, *, language: str | None
) -> Judgement:
    """Return severity, mode, queue and what else weighs. Monotone: more evidence is never judged less grave."""
    dimensions = _dimensions(evidence)
    # Most events that hit anything hit the same few rules: what the policy makes of them is remembered.
    key = (policy.hash, tuple(likely), tuple(dimensions.items()), language)
    found = _remembered.get(key)
    if found is None:
        found = _judged(policy, likely, dimensions, language=language)
        if len(_remembered) >= REMEMBERED:
            _remembered.clear()
        _remembered[key] = found
    weights = _weights(evidence)
    return replace(found, weights=weights) if weights else found


def _judged(
    policy: PolicyVersion, likely: Sequence[LikelyClause], dimensions: Mapping[Dimension, int], *, language: str | None
) -> Judgement:
    seen = dict(evidence_of(policy, rule_ids(likely)))
    for dimension, score in dimensions.items():
        seen[dimension] = max(score, seen.get(dimension, 0))
    made = provisional(policy, {one.clause_id: one.score for one in likely}, seen)
    clauses = [clause for one in likely if (clause := policy.clause(one.clause_id)) is not None]
    level = made.result.severity
    return Judgement(
        severity=level,
        mode=made.mode,
        queue=queue_for(policy, likely, level, made.mode, language=language),
        exposure=Exposure(max((clause.exposure_class.level for clause in clauses), default=0)),
        families=families(clauses),
        weights=(),
    )


def mode_of(policy: PolicyVersion, likely: Sequence[LikelyClause], level: Severity) -> ResponseMode:
    """Return the response mode of a case whose severity somebody gave: whoever read it is sure of what is grave."""
    clauses = [clause for one in likely if (clause := policy.clause(one.clause_id)) is not None]
    return response_mode(SeverityResult(severity=level), Likelihood.ALMOST_CERTAIN, clauses, policy.modes)


def queue_for(
    policy: PolicyVersion, likely: Sequence[LikelyClause], level: Severity, mode: ResponseMode, *, language: str | None
) -> QueueName:
    """Return the queue of the clause that leads."""
    leading = primary([one.clause_id for one in likely], policy.precedence)
    try:
        return route(policy.routing, clause_id=leading, severity=level, mode=mode, language=language)
    except LookupError:  # a pack that was never checked; a case without a queue would be lost
        return policy.queues[-1].name if policy.queues else LAST_RESORT


def rule_ids(likely: Sequence[LikelyClause]) -> set[str]:
    """Return the rules that pointed at clauses, from their reasons."""
    return {reason.removeprefix("rule:") for one in likely for reason in one.why if reason.startswith("rule:")}


def due_at(policy: PolicyVersion, queue: QueueName, level: Severity, *, opened_at: datetime) -> datetime:
    """Return when a case is to be decided, by its queue's target."""
    spec = policy.queue(queue)
    target = None if spec is None else spec.targets.get(level)
    return opened_at + (TARGET[level] if target is None else timedelta(minutes=target.decide_min))


def families(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Return the families of clauses, in order."""
    return tuple(dict.fromkeys(clause.family for clause in clauses))


def _dimensions(evidence: Evidence) -> Mapping[Dimension, int]:
    scores: dict[Dimension, int] = {}
    if evidence.minor_likely:
        scores[Dimension.VULNERABILITY] = 3
    if evidence.near >= CAMPAIGN:
        scores[Dimension.SPREAD] = 3
    elif evidence.subjects >= CROWD:
        scores[Dimension.SPREAD] = 2
    return scores


def _weights(evidence: Evidence) -> tuple[str, ...]:
    weights = []
    if evidence.minor_likely:
        weights.append("a minor may be involved")
    if evidence.authority:
        weights.append("reported by an authority")
    if evidence.near >= CAMPAIGN:
        weights.append(f"{evidence.near} nearly equal texts in a day")
    if evidence.subjects >= CROWD:
        weights.append(f"{evidence.subjects} accounts")
    return tuple(weights)
