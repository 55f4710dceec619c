"""What comes first: the gravest, with an age floor so that nothing starves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from assize.policy.models import ResponseMode, Severity
from assize.triage.models import Priority

# How much earlier than it was opened a case counts. The steps are the age floor: a SEV4 case that has waited two
# weeks comes before a SEV2 opened now. Nothing but another SEV0 ever comes before a SEV0 of the last years.
BOOST = {
    Severity.SEV0: timedelta(days=3650),
    Severity.SEV1: timedelta(days=90),
    Severity.SEV2: timedelta(days=14),
    Severity.SEV3: timedelta(days=3),
    Severity.SEV4: timedelta(0),
}
# Targets where the policy's queue names none: time from opening to decision.
TARGET = {
    Severity.SEV0: timedelta(minutes=30),
    Severity.SEV1: timedelta(hours=2),
    Severity.SEV2: timedelta(hours=8),
    Severity.SEV3: timedelta(days=3),
    Severity.SEV4: timedelta(days=7),
}
HALF_STEP = timedelta(days=1)  # what one more reason weighs: within a severity it decides, between them hardly


def priority(*, opened_at: datetime, severity: Severity, mode: ResponseMode, weights: Sequence[str]) -> Priority:
    """Return a case's place with its reasons, the weightiest first.

    order_key: when it was opened, less a boost for its gravity and a day for each further reason. A static value, so
    that one index gives the order; a floor computed when reading could not be indexed. Monotone: a graver severity
    and a further reason never put it later.
    """
    early = BOOST[severity] + HALF_STEP * len(weights)
    reasons = [f"SEV{severity.value}", *weights]
    match mode:
        case ResponseMode.PAGE:
            reasons.insert(0, "somebody was paged")
        case ResponseMode.PRIORITY:
            early += HALF_STEP
            reasons.append("priority lane")
        case ResponseMode.VERIFY:
            early += HALF_STEP
            reasons.append("grave if true: to verify")
        case ResponseMode.ROUTINE:
            pass
    return Priority(order_key=opened_at - early, reasons=tuple(reasons))
