"""Adjudications, disputes, gaps of the policy and calibration rounds over HTTP: to be read."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from assize.kernel.ids import AdjudicationId, CalibrationId, GapId
from assize.platform.http import transaction
from assize.quality import service
from assize.quality.models import Label
from assize.quality.models.calibrating import Agreement

router = APIRouter(prefix="/v1/quality", tags=["quality"])


@router.get("/adjudications")
def adjudications(request: Request, decided: bool = False) -> dict[str, Any]:
    """List what waits for an expert's word, the next due first, or what had it."""
    with transaction(request) as tx:
        return {"adjudications": [asdict(one) for one in service.adjudications_waiting(tx, decided=decided)]}


@router.get("/adjudications/{adjudication_id}")
def adjudication(request: Request, adjudication_id: str) -> dict[str, Any]:
    """Tell one with the judgements that differ, and the word that was given."""
    with transaction(request) as tx:
        view = service.adjudication(tx, adjudication_id=AdjudicationId(adjudication_id))
    return {
        "adjudication": asdict(view.asked),
        "decisions": [
            {"id": one.id, "verdict": one.verdict, "clause": one.primary_clause, "severity": one.assessed}
            for one in view.decisions
        ],
        "labels": [_label(one) for one in view.labels],
        "word": None if view.word is None else asdict(view.word),
    }


@router.get("/disputes")
def disputes(request: Request) -> dict[str, Any]:
    """List the disputes of others, open ones first."""
    with transaction(request) as tx:
        return {"disputes": [asdict(one) for one in service.disputes_waiting(tx)]}


@router.get("/gaps")
def gaps(request: Request) -> dict[str, Any]:
    """List the gaps of the policy, open ones first."""
    with transaction(request) as tx:
        return {"gaps": [asdict(one) for one in service.policy_gaps(tx)]}


@router.get("/gaps/{gap_id}")
def gap(request: Request, gap_id: str) -> dict[str, Any]:
    """Tell one with its cases and, once it was answered, its effect."""
    with transaction(request) as tx:
        view = service.policy_gap(tx, gap_id=GapId(gap_id))
    return {
        "gap": asdict(view.gap),
        "cases": [{"case_id": case_id, "adjudication_id": asked} for case_id, asked in view.cases],
        "effect": None if view.effect is None else asdict(view.effect),
    }


@router.get("/rounds")
def rounds(request: Request) -> dict[str, Any]:
    """List the rounds that callers take part in, or all for those who plan."""
    with transaction(request) as tx:
        return {"rounds": [asdict(one) for one in service.calibration_rounds(tx)]}


@router.get("/rounds/{calibration_id}")
def calibration_round(request: Request, calibration_id: str) -> dict[str, Any]:
    """Tell a round with the labels that callers may see now, and agreement with its intervals once it is discussed."""
    with transaction(request) as tx:
        view = service.calibration_round(tx, calibration_id=CalibrationId(calibration_id))
    return {
        "round": asdict(view.round),
        "members": view.members,
        "items": [
            {"item": asdict(one.item), "labelled": one.labelled, "labels": [_label(each) for each in one.labels]}
            for one in view.items
        ],
        "actions": [asdict(one) for one in view.actions],
        "before": _agreement(view.before),
        "after": _agreement(view.after),
    }


def _label(one: Label) -> dict[str, Any]:
    return {
        "id": one.id,
        "labeler_id": one.labeler_id,
        "round": one.round,
        "verdict": one.verdict,
        "clause": one.clause,
        "severity": one.severity,
        "at": one.at,
    }


def _agreement(one: Agreement | None) -> dict[str, Any] | None:
    return None if one is None else {"raw_agreement": one.raw, "krippendorff_alpha": one.alpha}
