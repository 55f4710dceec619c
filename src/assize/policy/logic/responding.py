"""How to respond: page, priority lane, routine, or the short verify lane for what is grave if true."""

from collections.abc import Iterable, Iterator, Sequence

from assize.policy.logic.families import covers_any
from assize.policy.models import Clause, Likelihood, ModeRule, Pack, Problem, ResponseMode, Severity, SeverityResult


def response_mode(
    result: SeverityResult, confidence: Likelihood, clauses: Iterable[Clause], modes: Sequence[ModeRule]
) -> ResponseMode:
    """Return the response mode: of the rules the first that fits; ROUTINE where none does.

    Here, and only here, confidence counts.
    """
    ids = [clause.id for clause in clauses]
    return _mode(result.severity, confidence, ids, modes)


def mode_problems(pack: Pack) -> Iterator[Problem]:
    """Try every severity, likelihood and clause, and tell where the mode rules would fail somebody.

    Nothing grave may be routine, SEV0 is paged or verified, and more confidence never gives less than before.
    """
    for clause in pack.clauses:
        for grave in Severity:
            got = [_mode(grave, one, [clause.id], pack.modes) for one in Likelihood]
            if grave.grave and ResponseMode.ROUTINE in got:
                yield pack.problem("modes", f"SEV{grave.value} under {clause.id} can be routine")
            if grave is Severity.SEV0 and ResponseMode.PRIORITY in got:
                yield pack.problem("modes", f"SEV0 under {clause.id} is neither paged nor verified")
            urgency = [_URGENCY[mode] for mode in got]
            if urgency != sorted(urgency):
                yield pack.problem("modes", f"SEV{grave.value} under {clause.id}: more confidence gives a slower mode")


# The verify lane is quicker than the priority lane only for what is unsure; it may never follow a page.
_URGENCY = {ResponseMode.ROUTINE: 0, ResponseMode.VERIFY: 1, ResponseMode.PRIORITY: 2, ResponseMode.PAGE: 3}


def _mode(grave: Severity, confidence: Likelihood, ids: Sequence[str], modes: Sequence[ModeRule]) -> ResponseMode:
    for rule in modes:
        fits = (
            (not rule.severities or grave in rule.severities)
            and (rule.at_least is None or confidence >= rule.at_least)
            and (rule.below is None or confidence < rule.below)
            and covers_any(rule.clauses, ids)
        )
        if fits:
            return rule.mode
    return ResponseMode.ROUTINE
