"""Which audits a draw asks for, and by when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from assize.kernel.ids import AuditId
from assize.policy.models import Severity
from assize.quality.models import Audit, AuditState, Draw, LooksAt

GRAVE_DUE, DUE = timedelta(days=1), timedelta(days=3)  # an error found later than that has let more harm through
BY_RECORD = "It looks at the record, which tells what was decided."


def wanted_of(draws: Sequence[Draw]) -> tuple[LooksAt, ...]:
    """Return what the draws of one decision ask for: the case anew, the record, or both; once, whoever drew it."""
    found = []
    if any(one.by_content for one in draws):
        found.append(LooksAt.CONTENT)
    if any(one.by_record for one in draws):
        found.append(LooksAt.RECORD)
    return tuple(found)


def due_at(severity: Severity, at: datetime) -> datetime:
    """Return by when an audit is to be done."""
    return at + (GRAVE_DUE if severity <= Severity.SEV1 else DUE)


def repeated(audit: Audit, *, audit_id: AuditId) -> Audit | None:
    """Return the same case for the same person again, after a while; None where it isn't to be repeated."""
    if audit.repeat_days is None or audit.committed_at is None or not audit.blind:
        return None
    begins = audit.committed_at + timedelta(days=audit.repeat_days)
    return Audit(
        id=audit_id,
        decision_id=audit.decision_id,
        case_id=audit.case_id,
        subject_id=audit.subject_id,
        dossier_id=audit.dossier_id,
        policy_version_id=audit.policy_version_id,
        decider_id=audit.decider_id,
        queue=audit.queue,
        severity=audit.severity,
        clauses=audit.clauses,
        language=audit.language,
        exposure=audit.exposure,
        looks_at=audit.looks_at,
        state=AuditState.OPEN,
        not_before=begins,
        due_at=due_at(audit.severity, begins),
        offered_at=audit.committed_at,
        blind=True,
        repeats=audit.id,
        assigned_to=audit.auditor_id,
        restriction=audit.restriction,
        region=audit.region,
        test=audit.test,
    )
