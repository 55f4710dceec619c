"""Say what a judgement would come to before it is made: nothing is changed and nothing recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import TaskId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion, Severity, SeverityResult
from assize.review.errors import NoSuchDossier, NoSuchTask
from assize.review.logic import (
    INDEPENDENT_KINDS,
    Problem,
    check,
    leading_finding,
    must_confirm,
    needs_prose,
    needs_second,
)
from assize.review.models import Judgement
from assize.review.service.deciding import assess, evidence_for
from assize.review.service.independence import independence
from assize.review.store import dossiers, tasks
from assize.triage import service as triage
from assize.workforce.models import Right
from assize.workforce.service import require


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a judgement would come to.

    result: the severity and the gates that gave it, the gravest first. before: what the case counts as now.
    provisional: the scores before anybody looked. lowered: the dimensions that lie under them and need a reason each.
    reviews: how many people judge it
    independently before it stands. leading: which finding leads, by its place; None where there is none. problems: what does not fit yet.
    """

    result: SeverityResult
    before: Severity
    provisional: Mapping[str, int]
    lowered: tuple[str, ...]
    needs_prose: bool
    needs_second: bool
    reviews: int
    must_confirm: bool
    leading: int | None
    problems: tuple[Problem, ...]


def consider(tx: Tx, *, task_id: TaskId, judgement: Judgement, at: datetime) -> Outlook:
    """Return what a judgement of a task would come to. Raises NoSuchTask, NoSuchDossier.

    Pure but for reading: it claims, keeps and announces nothing, so that a page may ask at every answer that is given.
    """
    require(tx, Right.DECIDE, about=task_id)
    task = tasks.by_id(tx, task_id)
    if task is None:
        raise NoSuchTask
    dossier = dossiers.by_id(tx, task.dossier_id)
    if dossier is None:
        raise NoSuchDossier
    version = policy.current(tx)
    before = triage.case(tx, task.case_id).severity
    result = assess(version, judgement)
    evidence = evidence_for(tx, dossier, version, judgement, before)
    return Outlook(
        result=result,
        before=before,
        provisional=dossier.rubric,
        lowered=_lowered(judgement, dossier.rubric),
        needs_prose=needs_prose(judgement, version.clause, gravest=min(result.severity, before)),
        needs_second=needs_second(before=before, after=result.severity),
        reviews=independence(tx)[min(result.severity, before, dossier.severity)]
        if task.kind in INDEPENDENT_KINDS
        else 1,
        must_confirm=must_confirm(judgement.dispositions, severity=min(result.severity, before), action=version.action),
        leading=_leading(version, judgement),
        problems=check(judgement, policy=version, evidence=evidence, assessed=result.severity, at=at),
    )


def _lowered(judgement: Judgement, provisional: Mapping[str, int]) -> tuple[str, ...]:
    scores = {dimension.value: score for dimension, score in judgement.rubric.items()}
    if not scores:
        return ()
    return tuple(name for name, before in sorted(provisional.items()) if scores.get(name, 0) < before)


def _leading(version: PolicyVersion, judgement: Judgement) -> int | None:
    led = leading_finding(judgement.findings, lead=lambda ids: policy.primary(ids, version.precedence))
    return next((number for number, one in enumerate(led) if one.primary), None)
