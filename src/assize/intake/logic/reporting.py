"""How much a report counts, by how right its sender was before."""

from assize.intake.models import ReporterKind
from assize.kernel.measures import Interval, wilson

PROTECTED_REASONS = frozenset({"child_safety", "self_harm"})
ENOUGH = 10  # decided reports before a record may count against anybody
FLOOR = 0.25  # the least a report ever counts: it is read, only later


def accuracy(upheld: int, rejected: int) -> Interval | None:
    """Return the share of decided reports that were upheld, with its 95 % interval; None before the first."""
    return wilson(upheld, upheld + rejected)


def report_weight(kind: ReporterKind, record: Interval | None, *, reason: str, protected: bool = False) -> float:
    """Return how much a report counts, from FLOOR to 1.

    protected: the caller knows that child safety or self-harm may be at stake; a reason of PROTECTED_REASONS says so
    too. Such a report always counts in full, whoever sent it: a wrong one costs minutes, a missed one a life. So does
    one of an authority, of staff, and of anybody without a record. Otherwise the upper end of the interval counts, so
    that thin evidence never weighs against a reporter.
    """
    trusted = kind in {ReporterKind.AUTHORITY, ReporterKind.STAFF}
    if protected or trusted or reason in PROTECTED_REASONS or record is None or record.n < ENOUGH:
        return 1.0
    return max(FLOOR, record.high)
