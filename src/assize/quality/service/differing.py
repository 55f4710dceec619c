"""Independent reviews of one case that differ: an expert is asked for their word, and then decides the case by it."""

from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import AdjudicationId, CaseId, DecisionId, ReviewerId, new_id
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.quality.facts import AdjudicationAsked
from assize.quality.logic.adjudicating import Trigger, due_in
from assize.quality.models import Adjudication
from assize.quality.store import labels
from assize.quality.store.words import adjudications
from assize.review import service as review
from assize.review.models import Decision
from assize.triage import service as triage

BOUND = "You gave your word where independent reviews of this case differ: decide it by that."


def reviews_differ(tx: Tx, *, case_id: CaseId, decision_ids: Sequence[DecisionId], at: datetime) -> None:
    """Ask an expert about independent reviews that differ, once. A step of what review announced."""
    found = [review.decision(tx, one) for one in decision_ids]
    key = "|".join(["split-review", *sorted(decision_ids)])
    asked = _asked(tx, case_id, found, at=at)
    if labels.insert_adjudication(tx, asked, key=key):
        tx.record(AdjudicationAsked(adjudication_id=asked.id, case_id=case_id, trigger=asked.trigger), at=at)


def decide_by_word(tx: Tx, *, adjudication_id: AdjudicationId, at: datetime) -> None:
    """Ask whoever gave their word on reviews that differ to decide the case. A step of what was announced.

    Nothing stands of such a case, so somebody has to; and whoever knows it best by now is the expert.
    """
    asked, word = next(iter(adjudications.found(tx, me="", adjudication_id=adjudication_id)), (None, None))
    if asked is None or word is None or asked.trigger != Trigger.SPLIT_REVIEW:
        return
    review.offer_ruling(
        tx, case_id=asked.case_id, to=ReviewerId(word.decided_by), about=asked.decisions[-1], reason=BOUND, at=at
    )


def withdraw_differing(tx: Tx, *, decision_id: DecisionId) -> None:
    """Ask no expert any more where one of the reviews that differ was taken back. A step of what review announced."""
    labels.withdraw_adjudications(tx, decision_id, trigger=Trigger.SPLIT_REVIEW.value)


def _asked(tx: Tx, case_id: CaseId, found: Sequence[Decision], *, at: datetime) -> Adjudication:
    last, case = found[-1], triage.case(tx, case_id)
    severity = min((one.assessed for one in found if one.assessed is not None), default=Severity.SEV4)
    return Adjudication(
        id=AdjudicationId(new_id("adj")),
        case_id=case_id,
        subject_id=last.subject_id,
        dossier_id=last.dossier_id or review.frozen(tx, case, at=at).id,
        policy_version_id=last.policy_version_id,
        trigger=Trigger.SPLIT_REVIEW.value,
        decisions=tuple(one.id for one in found),
        labels=(),
        audit_id=None,
        severity=severity,
        queue=case.queue,
        clauses=tuple(sorted({one.primary_clause for one in found if one.primary_clause is not None})),
        state="open",
        opened_at=at,
        due_at=at + due_in(severity),
        restriction=last.restriction,
        region=last.region,
        test=case.test,
    )
