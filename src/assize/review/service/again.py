"""A case as it was when it was decided, for whoever judges it again; what their judgement would come to; nothing kept.

What the first judgement said is not read here at all: what is never read can't be shown by mistake. Steps: the higher slice
that asks checks the right, and keeps what is said.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from assize.intake import service as intake
from assize.intake.errors import SubjectNotFound
from assize.kernel.ids import ClauseId, DossierId, PolicyVersionId, SubjectId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import Clause, Severity
from assize.review.errors import NoSuchDossier
from assize.review.logic import Problem, check, event_hash, overall_verdict, shown, veil
from assize.review.models import CaseView, Dossier, Judgement, SubjectView, Veil, Verdict
from assize.review.service.deciding import assess, evidence_for, lead, within
from assize.review.service.precedents import binding
from assize.review.service.viewing import event_view
from assize.review.store import dossiers, precedents
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.models import Principal


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What a judgement comes to. judgement: with the finding that leads marked. problems: what does not fit."""

    judgement: Judgement
    severity: Severity
    verdict: Verdict
    clause: ClauseId | None
    problems: tuple[Problem, ...]


def case_as_it_was(
    tx: Tx, principal: Principal, *, dossier_id: DossierId, policy_version_id: PolicyVersionId, opened: bool
) -> CaseView:
    """Return a case as its evidence was frozen: no label, no reasons, no score, nothing that came after.

    opened: whether this person opened the content for it. Raises NoSuchDossier.
    """
    dossier = _dossier(tx, dossier_id)
    case = triage.case(tx, dossier.case_id)
    version = policy.version(tx, policy_version_id)
    suspected = dict.fromkeys(one.clause_id for one in dossier.signals if one.clause_id is not None)
    clauses = [clause for one in suspected if (clause := version.clause(one)) is not None]
    named = veil(clauses, severity=dossier.severity, wanted=principal.look.folded)
    return shown(principal.view, None, _view(tx, case, dossier, clauses, named, opened=opened), blind=True)


def weigh(
    tx: Tx, *, dossier_id: DossierId, policy_version_id: PolicyVersionId, judgement: Judgement, at: datetime
) -> Weighed:
    """Return what a judgement comes to over frozen evidence, under the words of a version. Raises NoSuchDossier."""
    dossier, version = _dossier(tx, dossier_id), policy.version(tx, policy_version_id)
    severity = assess(version, within(judgement)).severity
    evidence = evidence_for(tx, dossier, version, within(judgement), dossier.severity)
    led = lead(version, judgement)
    primary = next((one for one in led.findings if one.primary), None)
    return Weighed(
        judgement=led,
        severity=severity,
        verdict=overall_verdict(judgement.findings),
        clause=None if primary is None else primary.clause_id,
        problems=check(judgement, policy=version, evidence=evidence, assessed=severity, at=at),
    )


def _dossier(tx: Tx, dossier_id: DossierId) -> Dossier:
    found = dossiers.by_id(tx, dossier_id)
    if found is None:
        raise NoSuchDossier
    return found


def _view(tx: Tx, case: Case, dossier: Dossier, clauses: Sequence[Clause], named: Veil, *, opened: bool) -> CaseView:
    frozen = {one.event_id: one.hash for one in dossier.events}
    found = intake.events(tx, list(frozen))
    events = tuple(event_view(one, changed=event_hash(one) not in {frozen[one.id], None}) for one in found)
    conversations = [one.conversation_id for one in found if one.conversation_id is not None]
    return CaseView(
        id=case.id,
        kind=case.kind.value,
        state="open",
        queue=case.queue,
        severity=dossier.severity,
        assessed=None,
        mode=case.mode,
        opened_at=case.opened_at,
        due_at=case.due_at,
        language=case.language,
        region=case.region,
        restriction=case.restriction,
        test=case.shown_as_test,
        likely=tuple((one.id, 0.0, "") for one in clauses),
        reasons=(),
        rubric=dossier.rubric,
        subjects=_subjects(tx, dossier, conversations),
        events=events,
        # Its likelihoods are what a machine made of it.
        dossier=replace(dossier, signals=tuple(replace(one, detail="") for one in dossier.signals)),
        task=None,
        decisions=(),
        notes=(),
        history=(),
        precedents=tuple(binding(tx, precedents.by_ids(tx, list(dossier.precedents)))),
        similar=(),
        opened=opened,
        veil=named,
    )


def _subjects(tx: Tx, dossier: Dossier, conversations: Sequence[SubjectId]) -> tuple[SubjectView, ...]:
    found = [SubjectId(one) for one in dossier.subject.get("levels", {}).values()]
    views = []
    for subject_id in dict.fromkeys([*found, *conversations]):
        with suppress(SubjectNotFound):
            one = intake.subject(tx, subject_id)
            views.append(SubjectView(id=one.id, level=one.level.value, ref=one.ref))
    return tuple(views)
