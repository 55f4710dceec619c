"""Certificates as they are shown: to those who measure with all evidence, to whom they are about without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assize.kernel.ids import CertificateId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.quality.logic import curve, outlook, sentence
from assize.quality.models import CurvePoint, Evidence, Outlook, Recommendation
from assize.quality.service.certifying import found, is_machine, never_for_machines
from assize.quality.service.trialing import bound_of, evidence_for, outcomes_of
from assize.quality.store import trials
from assize.workforce import service as workforce
from assize.workforce.errors import NoSuchCertificate
from assize.workforce.models import Certificate, CertificateState, CertificateStep, ReviewerKind, Right
from assize.workforce.service import require

SHOWN = 500
IN_USE = tuple(one for one in CertificateState if one is not CertificateState.ENDED)


@dataclass(frozen=True, kw_only=True)
class CertificateRow:
    """A certificate in a list. errors of audits: as last weighed."""

    certificate: Certificate
    machine: bool
    errors: int
    audits: int
    waiting: int
    reached: bool
    sentence: str


@dataclass(frozen=True, kw_only=True)
class CertificatePage:
    """A certificate with all that speaks for and against it. evidence: None for whoever it is about."""

    certificate: Certificate
    machine: bool
    steps: tuple[CertificateStep, ...]
    recommendations: tuple[Recommendation, ...]
    names: Mapping[str, str]
    sentence: str = ""
    evidence: Evidence | None = None
    outlook: Outlook | None = None
    curve: tuple[CurvePoint, ...] = ()
    never: str = ""


def list_certificates(tx: Tx, *, states: Sequence[CertificateState] = IN_USE) -> list[CertificateRow]:
    """Return the certificates of others, those of machines first, then the latest step first."""
    require(tx, Right.QUALITY_READ)
    known = [one for one in workforce.certificates(tx, states=states, limit=SHOWN) if one.reviewer_id != tx.actor.id]
    weighed = trials.evidence_of(tx, [one.id for one in known])
    rows = [_row(one, weighed.get(one.id)) for one in known]
    return sorted(rows, key=lambda one: not one.machine)


def certificate_page(tx: Tx, *, certificate_id: CertificateId) -> CertificatePage:
    """Return a certificate with its evidence as it stands. Raises NoSuchCertificate, also for whom it is about."""
    require(tx, Right.QUALITY_READ, about=certificate_id)
    one = found(tx, certificate_id)
    if one.reviewer_id == tx.actor.id:
        raise NoSuchCertificate
    bound, machine = bound_of(one), is_machine(one)
    evidence = evidence_for(tx, one)
    told = tuple(trials.recommendations(tx, certificate_id=one.id))
    steps = tuple(workforce.certificate_steps(tx, one.id))
    never = never_for_machines(policy.current(tx), one.scope.action) if machine else ""
    return CertificatePage(
        certificate=one,
        machine=machine,
        steps=steps,
        recommendations=told,
        names=_names(tx, one, steps, told),
        sentence=sentence(
            one.scope,
            errors=evidence.errors,
            audits=evidence.audits,
            delta=bound.delta,
            machine=machine,
            since=one.evidence_since,
        ),
        evidence=evidence,
        outlook=outlook(evidence, alpha=bound.alpha, delta=bound.delta),
        curve=curve(outcomes_of(tx, one), alpha=bound.alpha, delta=bound.delta),
        never=never,
    )


def own_certificates(tx: Tx) -> list[Certificate]:
    """Return what the actor may decide, and what they are on the way to."""
    return workforce.certificates(tx, reviewer_id=tx.actor.id, states=IN_USE)


def own_certificate(tx: Tx, *, certificate_id: CertificateId) -> CertificatePage:
    """Return one of the actor's own: its steps and what managers said of it, without evidence. Raises NoSuchCertificate.

    How many were looked at, and when, would tell which of their decisions were.
    """
    known = workforce.certificates(tx, ids=[certificate_id], reviewer_id=tx.actor.id)
    if not known:
        require(tx, Right.QUALITY_READ, about=certificate_id)
        raise NoSuchCertificate
    one = known[0]
    told = tuple(one for one in trials.recommendations(tx, certificate_id=one.id) if one.coached_at is not None)
    steps = tuple(workforce.certificate_steps(tx, one.id))
    return CertificatePage(
        certificate=one, machine=is_machine(one), steps=steps, recommendations=told, names=_names(tx, one, steps, told)
    )


def open_recommendations(tx: Tx) -> list[Recommendation]:
    """Return what waits for a manager."""
    require(tx, Right.QUALITY_READ)
    return [one for one in trials.recommendations(tx, open_only=True) if one.reviewer_id != tx.actor.id]


def may_be_certified(tx: Tx) -> list[tuple[str, str, bool]]:
    """Return who may be given a certificate: id, name, and whether it is a machine."""
    require(tx, Right.QUALITY_PLAN)
    people = workforce.reviewers_with(tx, Right.DECIDE)
    return [(one.id, one.name, one.kind is ReviewerKind.MACHINE) for one in (*workforce.machines(tx), *people)]


def _row(one: Certificate, weighed: Mapping[str, object] | None) -> CertificateRow:
    bound, machine = bound_of(one), is_machine(one)
    counts = {name: 0 if weighed is None else int(str(weighed[name])) for name in ("errors", "audits", "waiting")}
    said = sentence(
        one.scope,
        errors=counts["errors"],
        audits=counts["audits"],
        delta=bound.delta,
        machine=machine,
        since=one.evidence_since,
    )
    reached = weighed is not None and weighed["reached_at"] is not None
    return CertificateRow(certificate=one, machine=machine, reached=reached, sentence=said, **counts)


def _names(
    tx: Tx, one: Certificate, steps: Sequence[CertificateStep], told: Sequence[Recommendation]
) -> Mapping[str, str]:
    wanted = [one.reviewer_id, one.approver, one.opened_by, *(step.by for step in steps)]
    for each in told:
        wanted += [each.raised_by, each.coached_by, each.closed_by]
    return workforce.names(tx, wanted)
