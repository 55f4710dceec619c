"""How certificates are earned and lost: pure. The statistics are in `estimators`; what follows from them is here."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil, log

from assize.kernel.ids import CertificateId, ClauseId, DecisionId
from assize.quality.logic.estimators.intervals import clopper_pearson
from assize.quality.logic.estimators.sequential import (
    anytime_upper,
    audits_needed,
    drifted,
    log_evidence,
    may_grant,
)
from assize.quality.models import Conclusion, CurvePoint, Evidence, Outlook, Recommendation, TrialOutcome, Tried
from assize.workforce.models import ANYTHING, CertificateScope

ALPHA = 0.02  # what a certificate shows unless another is asked for
BUDGET = 0.05  # the chance that any machine is ever let alone wrongly, over all applications there will ever be
AUDIT_RATE = 0.1
LEAST_RATE = 0.01  # below this a drift is found too late to matter
FALSE_ALARM = 0.001  # e-CUSUM: the mean number of audits to a false alarm is at least a thousand
THIN = 20  # audits below which nobody's double review ends: with fewer even a fifth of errors may show none
REPLY_TIME = timedelta(days=3)  # a reply is waited for so long before a manager may go without it
MOST = 1_000_000  # audits: beyond that a certificate can't be had
POINTS = 40  # of a curve: more can't be told apart, nor read in the table beside it


def trial_place(key: bytes, certificate_id: CertificateId, decision_id: DecisionId) -> float:
    """Return where the key puts a decision for a certificate, in [0, 1): below the rate it is drawn, in this order.

    Not the place that a sampling plan gave it: strata draw at different rates, and here every decision has one chance.
    """
    digest = hmac.new(key, f"{certificate_id}\n{decision_id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) / (1 << 64)


def covers_clause(scope: CertificateScope, clause: ClauseId | None) -> bool:
    """Whether a clause lies in the family of a certificate."""
    return clause is not None and scope.family in {ANYTHING, clause, clause.partition("-")[0]}


def counts_for(scope: CertificateScope, tried: Tried) -> bool:
    """Whether a decision counts for a certificate: its clause and one of its actions lie in the scope."""
    return (
        covers_clause(scope, tried.clause)
        and (scope.action == ANYTHING or scope.action in tried.actions)
        and (scope.languages is None or tried.language in scope.languages)
        and (scope.queues is None or tried.queue in scope.queues)
        and tried.severity >= scope.gravest
    )


def in_order(outcomes: Iterable[TrialOutcome]) -> tuple[list[TrialOutcome], list[TrialOutcome]]:
    """Return what counts so far, and what is done but held up behind one that nobody has looked at.

    By day, within a day by the keyed hash: whoever looks can't let the easy ones count first. Within a family the
    clauses are pooled, so that rare grave ones don't starve behind a threshold of their own.
    """
    ordered = sorted(outcomes, key=lambda one: (one.decided_at.date(), one.place))
    first = next((at for at, one in enumerate(ordered) if one.wrong is None), len(ordered))
    return ordered[:first], [one for one in ordered[first:] if one.wrong is not None]


def weigh(outcomes: Sequence[TrialOutcome], *, alpha: float, delta: float, alone_since: datetime | None) -> Evidence:
    """Return how the evidence stands. alone_since: since when it decides alone; None where it doesn't.

    For a grant only what is complete in the order of the draw counts; for an alarm everything does, as it comes: a
    missing audit may delay a grant and never an alarm.
    """
    counted, held_up = in_order(outcomes)
    errors = sum(bool(one.wrong) for one in counted)
    clauses = by_clause(counted)
    return Evidence(
        audits=len(counted),
        errors=errors,
        held_up=len(held_up),
        waiting=sum(one.wrong is None for one in outcomes),
        log_evidence=log_evidence(errors, len(counted), alpha),
        upper=_upper(errors, len(counted), delta) if counted else 1.0,
        drift=drift(outcomes, alpha=alpha, since=alone_since) if alone_since else 0.0,
        clauses=clauses,
        against=speaks_against(clauses, alpha=alpha),
    )


def drift(outcomes: Iterable[TrialOutcome], *, alpha: float, since: datetime) -> float:
    """Return the e-CUSUM over what was decided since a moment, in the order in which it was looked at."""
    seen = [(one.compared_at, one) for one in outcomes if one.compared_at is not None and one.decided_at >= since]
    found = 0.0
    for _, one in sorted(seen, key=lambda pair: (pair[0], pair[1].decision_id)):
        found = drifted(found, error=bool(one.wrong), alpha=alpha)
    return found


def alarms(evidence: Evidence) -> bool:
    """Whether the reviewer errs more than the certificate says, by now."""
    return evidence.drift >= 1 / FALSE_ALARM


def grants(evidence: Evidence, *, alpha: float, delta: float) -> bool:
    """Whether the evidence lets a machine decide alone: enough over the family, and no clause of it against."""
    return evidence.against is None and may_grant(evidence.errors, evidence.audits, alpha=alpha, delta=delta)


def by_clause(outcomes: Iterable[TrialOutcome]) -> tuple[tuple[ClauseId, int, int], ...]:
    """Return of each clause how many were looked at and how many were wrong."""
    counts: dict[ClauseId, list[int]] = defaultdict(lambda: [0, 0])
    for one in outcomes:
        if one.clause is not None:
            counts[one.clause][0] += 1
            counts[one.clause][1] += bool(one.wrong)
    return tuple((clause, n, wrong) for clause, (n, wrong) in sorted(counts.items()))


def speaks_against(clauses: Iterable[tuple[ClauseId, int, int]], *, alpha: float) -> ClauseId | None:
    """Return a clause that errs more than alpha by itself, beyond doubt: what its family shows must not hide it."""
    for clause, n, wrong in clauses:
        found = clopper_pearson(wrong, n)
        if found is not None and found.low > alpha:
            return clause
    return None


def curve(outcomes: Sequence[TrialOutcome], *, alpha: float, delta: float) -> tuple[CurvePoint, ...]:
    """Return how the evidence came to be, at most so many points of it, the last always."""
    counted, _ = in_order(outcomes)
    step = max(1, ceil(len(counted) / POINTS))
    points, errors = [CurvePoint(audits=0, errors=0, log_evidence=0.0, needed=log(1 / delta))], 0
    for audits, one in enumerate(counted, start=1):
        errors += bool(one.wrong)
        if audits % step == 0 or audits == len(counted):
            found = log_evidence(errors, audits, alpha)
            points.append(CurvePoint(audits=audits, errors=errors, log_evidence=found, needed=log(1 / delta)))
    return tuple(points)


def outlook(evidence: Evidence, *, alpha: float, delta: float) -> Outlook:
    """Return how many more audits are needed, if no error comes and at the present rate of error."""
    errors, audits = evidence.errors, evidence.audits
    if grants(evidence, alpha=alpha, delta=delta):
        return Outlook(reached=True, without_error=0, as_now=0)
    clean = audits_needed(errors, alpha=alpha, delta=delta)
    as_now = _at_this_rate(errors, audits, alpha=alpha, delta=delta)
    never = ""
    if audits and as_now is None:
        never = f"At the present rate of error, {errors} of {audits}, none can be had."
    elif evidence.against is not None:
        never = f"{evidence.against} by itself is decided wrongly more often than this certificate allows."
    return Outlook(
        reached=False,
        without_error=None if clean is None else max(0, clean - audits),
        as_now=None if as_now is None or never else max(0, as_now - audits),
        never=never,
    )


def sentence(scope: CertificateScope, *, errors: int, audits: int, delta: float, machine: bool, since: datetime) -> str:
    """Return what is claimed, in a sentence that a manager can read. Nothing audited claims nothing."""
    what = "decisions" if scope.action == ANYTHING else f"decisions to {scope.action}"
    where = "" if scope.family == ANYTHING else f" under {scope.family}"
    slices = "".join(f" in {', '.join(sorted(one))}" for one in (scope.languages, scope.queues) if one is not None)
    of = f"{'automatic ' if machine else ''}{what}{where}{slices} since {since.day} {since:%B %Y}"
    if not audits:
        return f"Nothing is claimed yet of {of}: none was audited."
    most = _percent(_upper(errors, audits, delta))
    return f"With {_percent(1 - delta)} confidence at most {most} of {of} are wrong ({errors} of {audits} audits)."


@lru_cache(maxsize=4096)
def _upper(errors: int, audits: int, delta: float) -> float:
    return anytime_upper(errors, audits, delta=delta)


def is_thin(evidence: Evidence) -> bool:
    """Whether too little was looked at for a person's double review to end."""
    return evidence.audits < THIN


def may_conclude(one: Recommendation, conclusion: Conclusion, *, at: datetime) -> bool:
    """Whether a manager may end a recommendation so: anything but keeping comes after coaching and the right of reply."""
    if one.outcome is not None:
        return False
    if conclusion is Conclusion.KEPT:
        return True
    answered = one.replied_at is not None or (one.coached_at is not None and at >= one.coached_at + REPLY_TIME)
    return one.coached_at is not None and answered


def _at_this_rate(errors: int, audits: int, *, alpha: float, delta: float) -> int | None:
    if not audits:
        return audits_needed(0, alpha=alpha, delta=delta)
    rate = errors / audits
    if rate >= alpha:
        return None
    low, high = audits, max(audits, 1)
    while not may_grant(round(rate * high), high, alpha=alpha, delta=delta):
        low, high = high, high * 2
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        granted = may_grant(round(rate * middle), middle, alpha=alpha, delta=delta)
        low, high = (low, middle) if granted else (middle, high)
    return high


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"
