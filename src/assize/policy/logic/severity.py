"""How grave something is: monotone gates over the rubric, the gravest open one counts.

Never a weighted sum: in a sum a high score in one dimension can be bought off by low ones in others, and nobody can
say afterwards why a case was SEV1.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assize.kernel.ids import ClauseId, RuleId
from assize.policy.errors import LoweringNeedsReason, NotLower
from assize.policy.logic.families import covers_any
from assize.policy.logic.placing import primary
from assize.policy.logic.responding import response_mode
from assize.policy.models import (
    Clause,
    Dimension,
    Gate,
    GateHit,
    Likelihood,
    Lowering,
    Pack,
    Provisional,
    Rubric,
    Severity,
    SeverityResult,
)

_STEPS = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)  # what parts the seven likelihoods; a bound belongs to the higher one


def severity(rubric: Rubric, clauses: Iterable[Clause], gates: Iterable[Gate], *, found: bool = True) -> SeverityResult:
    """Return the severity of a rubric under clauses, with every gate that is open, the gravest first.

    found: the clauses were found to be broken, so that their floors are gates too. For a mere suspicion, False: it is
    as grave as its evidence says. Confidence is not read: a doubt makes nothing less grave.
    """
    clauses = tuple(clauses)
    ids = [clause.id for clause in clauses]
    hits = [
        GateHit(gate_id=gate.id, title=gate.title, severity=gate.severity)
        for gate in gates
        if covers_any(gate.clauses, ids) and _open(gate, rubric)
    ]
    if found:
        hits += [
            GateHit(gate_id=f"floor:{clause.id}", title=f"Floor of {clause.title}", severity=clause.severity_floor)
            for clause in clauses
        ]
    hits.sort(key=lambda hit: (hit.severity, hit.gate_id))
    return SeverityResult(severity=hits[0].severity if hits else Severity.SEV4, gates=tuple(hits))


def likelihood(score: float) -> Likelihood:
    """Return the step of estimative language for a probability from 0 to 1; what lies outside counts as the bound."""
    return Likelihood(bisect_right(_STEPS, score) + 1)


def provisional_rubric(clause: Clause, score: float, evidence: Mapping[Dimension, int] | None = None) -> Rubric:
    """Return what a machine may say of a clause: what suspecting it means, raised by what was seen.

    score: how likely the clause is, 0 to 1; it becomes the confidence and moves no dimension. evidence: what the
    rules that hit are evidence of (`evidence_of`). Evidence only raises: machines don't exculpate.
    """
    return Rubric(scores=_raised(clause.rubric_defaults, evidence or {}), confidence=likelihood(score))


def evidence_of(pack: Pack, rule_ids: Iterable[RuleId | str]) -> dict[Dimension, int]:
    """Return what rules are evidence of: in each dimension the highest score any of them names. Unknown ids: nothing."""
    wanted = set(rule_ids)
    found: dict[Dimension, int] = {}
    for rule in pack.rules:
        if rule.id in wanted:
            found = _raised(found, rule.rubric)
    return found


def provisional(
    pack: Pack, likely: Mapping[ClauseId, float], evidence: Mapping[Dimension, int] | None = None
) -> Provisional:
    """Return what a machine makes of a case: rubric, severity, response mode and the clause that leads.

    likely: suspected clauses with their likelihood, 0 to 1; ids the pack doesn't know are passed over.
    """
    known = [clause for clause in pack.clauses if clause.id in likely]
    scores: dict[Dimension, int] = dict(evidence or {})
    for clause in known:
        scores = _raised(scores, clause.rubric_defaults)
    confidence = likelihood(max((likely[clause.id] for clause in known), default=0.0))
    result = severity(Rubric(scores=scores), known, pack.gates, found=False)
    leading = primary([clause.id for clause in known], pack.precedence)
    return Provisional(
        rubric=Rubric(scores=scores, confidence=confidence),
        result=result,
        mode=response_mode(result, confidence, known, pack.modes),
        primary=leading,
    )


def lower(rubric: Rubric, dimension: Dimension, to: int, reason: str) -> Rubric:
    """Return the rubric with one dimension lowered, because of what exculpates. Nothing else ever lowers one.

    Raises LoweringNeedsReason without a reason, NotLower where `to` isn't lower, ValueError below 0.
    """
    before = rubric.score(dimension)
    if not reason.strip():
        raise LoweringNeedsReason(field=f"lowering/{dimension.value}", dimension=dimension.value)
    if to >= before:
        raise NotLower(field=f"rubric/{dimension.value}", dimension=dimension.value, score=before, to=to)
    told = Lowering(dimension=dimension, before=before, after=to, reason=reason.strip())
    return replace(rubric, scores={**rubric.scores, dimension: to}, lowered=(*rubric.lowered, told))


def needs_second_person(
    before: Rubric, after: Rubric, clauses: Sequence[Clause], gates: Iterable[Gate], *, found: bool = True
) -> bool:
    """Whether a lowered rubric needs a second person: where the case was SEV0 or SEV1 before any of it."""
    lowered = any(after.score(dimension) < before.score(dimension) for dimension in Dimension)
    return lowered and severity(before, clauses, gates, found=found).severity.grave


def _open(gate: Gate, rubric: Rubric) -> bool:
    return all(rubric.score(dimension) >= least for dimension, least in gate.when.items())


def _raised(first: Mapping[Dimension, int], second: Mapping[Dimension, int]) -> dict[Dimension, int]:
    return {one: max(first.get(one, 0), second.get(one, 0)) for one in Dimension if one in first or one in second}
