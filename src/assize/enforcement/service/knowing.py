"""What enforcement needs to know of the slices below, read in one place."""

from dataclasses import dataclass
from datetime import datetime

from assize.enforcement.models import Enforcement, Target
from assize.intake import service as intake
from assize.intake.errors import EventNotFound, SubjectNotFound
from assize.intake.models import SubjectLevel
from assize.kernel.ids import CaseId, DecisionId, EventId, SubjectId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import Decision, Disposition, TargetLevel
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce import service as workforce
from assize.workforce.errors import NoSuchReviewer
from assize.workforce.models import ReviewerKind

_ACCOUNT_LEVELS = (SubjectLevel.ACCOUNT, SubjectLevel.END_USER, SubjectLevel.API_KEY, SubjectLevel.PROJECT,
                   SubjectLevel.ORGANISATION)  # fmt: skip
RECENT = 20  # events looked at for a sign that the person is a minor


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A decision with its case and the policy it was made under."""

    decision: Decision
    case: Case
    version: PolicyVersion
    by_machine: bool

    @property
    def test(self) -> bool:
        """Whether this is red-team or test traffic, on which nothing is ever done.

        False of a sealed copy of a known case: what is done about it is written as for any case, and simulated.
        """
        return self.decision.test or self.case.shown_as_test


def ground(tx: Tx, decision_id: DecisionId) -> Ground:
    """Return what a decision stands on."""
    decision = review.decision(tx, decision_id)
    return Ground(
        decision=decision,
        case=triage.case(tx, decision.case_id),
        version=policy.version(tx, decision.policy_version_id),
        by_machine=is_machine(tx, decision.reviewer_id),
    )


def ground_of(tx: Tx, plan: Enforcement) -> Ground | None:
    """Return what a plan stands on; None for a containment without a decision."""
    return None if plan.decision_id is None else ground(tx, plan.decision_id)


def version_of(tx: Tx, plan: Enforcement) -> PolicyVersion:
    """Return the policy a plan was made under: its decision's, or the one in force for a containment."""
    return policy.version(tx, plan.policy_version_id) if plan.policy_version_id else policy.current(tx)


def case_of(tx: Tx, case_id: CaseId) -> Case:
    """Return a case."""
    return triage.case(tx, case_id)


def is_machine(tx: Tx, reviewer_id: str) -> bool:
    """Whether a reviewer is a machine; what nobody knows by name (the system) counts as one."""
    try:
        return workforce.reviewer(tx, reviewer_id).kind is ReviewerKind.MACHINE
    except NoSuchReviewer:
        return True


def target_of(tx: Tx, disposition: Disposition) -> tuple[Target | None, SubjectId | None]:
    """Return the target in the platform's own ids, and the subject it is about.

    No target where the platform's id was erased or never known: nothing can be done to nobody.
    """
    return resolve(tx, level=disposition.target_level, target_id=disposition.target_id)


def resolve(tx: Tx, *, level: str, target_id: str) -> tuple[Target | None, SubjectId | None]:
    """Return the platform's own id of a target given by ours: an event for content, a subject for all else."""
    try:
        if level == TargetLevel.CONTENT:
            event = intake.event(tx, EventId(target_id))
            return Target(level=level, ref=event.external_id), event.subject_id
        subject = intake.subject(tx, SubjectId(target_id))
    except (EventNotFound, SubjectNotFound):
        return None, None
    return (Target(level=level, ref=subject.ref) if subject.ref else None), subject.id


def account_of(tx: Tx, subject_id: SubjectId | None) -> SubjectId | None:
    """Return whose standing a strike touches: the account, else the end user, else the key and what is above it."""
    if subject_id is None:
        return None
    try:
        path = {one.level: one.id for one in intake.subject_path(tx, subject_id)}
    except SubjectNotFound:
        return None
    return next((path[level] for level in _ACCOUNT_LEVELS if level in path), None)


def seems_minor(tx: Tx, subject_id: SubjectId | None) -> bool:
    """Whether the platform told us, with a recent event, that the person is a minor."""
    if subject_id is None:
        return False
    recent = intake.events_of_subject(tx, subject_id, limit=RECENT)
    return any(one.attributes.get("minor") is True or one.attributes.get("age_band") == "minor" for one in recent)


def seen_again(tx: Tx, subject_id: SubjectId, *, since: datetime) -> bool:
    """Whether anything of this subject reached us after a moment."""
    return any(one.received_at > since for one in intake.events_of_subject(tx, subject_id, limit=RECENT))


def locale_of(case: Case) -> str:
    """Return the locale in which help is looked for."""
    language = (case.language or "en").split("-")[0].lower()
    region = case.region or ""
    return f"{language}-{region.upper()}" if len(region) == 2 else language  # noqa: PLR2004 - ISO 3166's two letters
