"""Which decisions a plan draws: by a keyed hash of the decision's id, so that it can be made again and not steered."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import DecisionId, PlanId
from assize.policy.models import Severity
from assize.quality.models import Decided, Draw, Kind, Plan, Stratum

_PART = 8  # bytes of the hash that make one number
_BITS = 53  # what a float holds exactly


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the hash puts a decision in [0, 1): once for each kind, and once for the order of what was drawn."""

    random: float
    risk: float
    targeted: float
    order: float


def places(key: bytes, plan_id: PlanId, decision_id: DecisionId) -> Places:
    """Return where a plan's key puts a decision: HMAC-SHA256 over both ids, its four parts as independent numbers.

    Not a seeded generator: what that gives depends on the order in which decisions come, and two workers have none.
    """
    digest = hmac.new(key, f"{plan_id}\n{decision_id}".encode(), hashlib.sha256).digest()
    random, risk, targeted, order = (_number(digest[start : start + _PART]) for start in range(0, 4 * _PART, _PART))
    return Places(random=random, risk=risk, targeted=targeted, order=order)


def repeats(key: bytes, decision_id: DecisionId, share: float) -> bool:
    """Whether the audit of a decision is given to the same person again after a while: a share of them, by the same hash."""
    digest = hmac.new(key, f"again\n{decision_id}".encode(), hashlib.sha256).digest()
    return _number(digest[:_PART]) < share


def key_id(key: bytes) -> str:
    """Return what tells keys apart and gives none away: 16 hexadecimal digits."""
    return hashlib.sha256(b"assize sampling key\n" + key).hexdigest()[:16]


def fits(stratum: Stratum, decided: Decided) -> bool:
    """Whether a decision lies in a stratum: it must fit every limit.

    SEV0 lies only in strata that name it: its content is viewed again where somebody said that it teaches something.
    """
    if decided.severity is Severity.SEV0 and Severity.SEV0 not in (stratum.severities or ()):
        return False
    family = None if decided.clause is None else decided.clause.partition("-")[0]
    limits: tuple[tuple[Collection[object] | None, set[object]], ...] = (
        (stratum.queues, {decided.queue}),
        (stratum.severities, {decided.severity}),
        (stratum.clauses, {decided.clause, family}),
        (stratum.verdicts, {decided.verdict}),
        (stratum.reviewers, {decided.reviewer_id}),
        (stratum.teams, {decided.team_id}),
        (stratum.languages, {decided.language}),
        (stratum.policy_versions, {decided.policy_version_id}),
        (None if stratum.vendor is None else {stratum.vendor}, {decided.vendor}),
        (None if stratum.by is None else {stratum.by}, {decided.by}),
    )
    return all(wanted is None or not (has - {None}).isdisjoint(wanted) for wanted, has in limits)


def stratum_of(plan: Plan, decided: Decided, kind: Kind) -> Stratum | None:
    """Return the stratum of a kind in which a decision lies: the first that fits, so that each counts once."""
    return next((one for one in plan.strata if one.kind is kind and fits(one, decided)), None)


def rate_of(stratum: Stratum | None, severity: Severity, *, floored: bool) -> float:
    """Return the probability with which a stratum draws a decision of this severity. floored: audits are lowered."""
    if stratum is None:
        return 0.0
    rate = stratum.floor if floored else stratum.rate
    weight = stratum.weights.get(severity, 1.0) if stratum.kind is Kind.RISK else 1.0
    return min(1.0, rate * weight)


def together(*rates: float) -> float:
    """Return the probability to be drawn by at least one of several independent draws."""
    missed = 1.0
    for one in rates:
        missed *= 1.0 - one
    return 1.0 - missed


def draw(plan: Plan, decided: Decided, *, key: bytes, floored: bool, at: datetime) -> Draw:
    """Return what a plan makes of a decision, drawn or not: the same whenever it is made again.

    floored: whether audits were lowered to their floor when it was decided.
    """
    place = places(key, plan.id, decided.decision_id)
    strata = {kind: stratum_of(plan, decided, kind) for kind in Kind}
    rates = {kind: rate_of(found, decided.severity, floored=floored) for kind, found in strata.items()}
    ids = {kind: None if found is None else found.id for kind, found in strata.items()}
    return Draw(
        plan_id=plan.id,
        decided=decided,
        key_id=key_id(key),
        place=place.order,
        random_stratum=ids[Kind.RANDOM],
        random_rate=rates[Kind.RANDOM],
        by_random=place.random < rates[Kind.RANDOM],
        risk_stratum=ids[Kind.RISK],
        risk_rate=rates[Kind.RISK],
        by_risk=place.risk < rates[Kind.RISK],
        targeted_stratum=ids[Kind.TARGETED],
        targeted_rate=rates[Kind.TARGETED],
        by_targeted=place.targeted < rates[Kind.TARGETED],
        by_record=plan.gravest_by_record and decided.severity is Severity.SEV0,
        inclusion=together(rates[Kind.RANDOM], rates[Kind.RISK]),
        floored=floored,
        drawn_at=at,
    )


def _number(part: bytes) -> float:
    return (int.from_bytes(part) >> (8 * _PART - _BITS)) / (1 << _BITS)
