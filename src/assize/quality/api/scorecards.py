"""Scorecards over HTTP: every rate with its interval and n; null where there are too few to tell."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.kernel import clock
from assize.kernel.ids import ReviewerId
from assize.platform.http import transaction
from assize.quality import service
from assize.quality.logic.estimators.estimate import as_json
from assize.quality.logic.pairing import Agreement
from assize.quality.models import Criterion
from assize.quality.models.scoring import AuditorCard, Card, Of, Scoring

router = APIRouter(prefix="/v1", tags=["quality"])
Days = Annotated[int, Query(ge=7, le=366)]


Weight = Annotated[float, Field(ge=0, le=1000)]
Harm = Annotated[float, Field(ge=0, le=1_000_000)]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class WeightsForm(Form):
    """What each criterion weighs."""

    decision: Weight
    clause: Weight
    severity: Weight
    action: Weight
    escalation: Weight
    rationale: Weight
    required_step: Weight


class HarmForm(Form):
    """What a case of each severity lets through where it is missed."""

    sev0: Harm
    sev1: Harm
    sev2: Harm
    sev3: Harm
    sev4: Harm


class ScoringForm(Form):
    """How decisions are scored. critical: criteria that fail the whole. overreach: as a share of the harm in between."""

    weights: WeightsForm
    critical: set[Criterion] = set()
    harm: HarmForm
    overreach: Harm
    accepted_error: float = Field(gt=0, le=1)
    least: int = Field(ge=1, le=10_000)
    note: str = Field(min_length=3, max_length=500, pattern=r"^[^\x00]*$")


@router.get("/quality/scorecards")
def scorecards(request: Request, of: Of = Of.REVIEWERS, days: Days = 28) -> dict[str, Any]:
    """List cards by name, never by score; rank_low and rank_high are the ranks that intervals leave."""
    at = clock.now()
    with transaction(request) as tx:
        if of is Of.AUDITORS:
            return {"of": of.value, "cards": [asdict(one) for one in service.auditor_cards(tx, days=days, at=at)]}
        board = service.scorecards(tx, of=of, days=days, at=at)
    return {
        "of": of.value,
        "since": board.since,
        "until": board.until,
        "scoring_version": board.scoring.version,
        "cards": [_card(one) for one in board.cards],
    }


@router.get("/quality/scorecards/{reviewer_id}")
def scorecard(
    request: Request, reviewer_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,80}$")], days: Days = 90
) -> dict[str, Any]:
    """Tell one reviewer's card, with its trend by week and the evidence of drift."""
    with transaction(request) as tx:
        found = service.scorecard(tx, reviewer_id=ReviewerId(reviewer_id), days=days, at=clock.now())
    return {
        "since": found.since,
        "until": found.until,
        "scoring_version": found.scoring.version,
        "card": _card(found.card),
        "trend": [asdict(one) for one in found.trend],
        "drift": {"evidence": found.drift, "against": found.scoring.accepted_error, "bet_on": found.alternative},
    }


@router.get("/quality/agreement")
def agreement(request: Request, days: Days = 90) -> dict[str, Any]:
    """Tell how decisions agree with blind labels drawn by chance, by clause family and by queue."""
    with transaction(request) as tx:
        found = service.agreements(tx, days=days, at=clock.now())
        sources = service.imported(tx)
    return {
        "since": found.since,
        "until": found.until,
        "overall": _agreement(found.overall),
        "by_family": [{"family": name, **_agreement(one)} for name, one in found.by_family.items()],
        "by_queue": [{"queue": name, **_agreement(one)} for name, one in found.by_queue.items()],
        "imported": [asdict(one) for one in sources],
    }


@router.get("/quality/agreement/{source}")
def independent_agreement(
    request: Request, source: Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
) -> dict[str, Any]:
    """Tell how judgements that came from elsewhere agree over the same evidence."""
    with transaction(request) as tx:
        return {"source": source, **service.independent_agreement(tx, source=source)}


@router.get("/quality/scoring")
def scoring(request: Request) -> dict[str, Any]:
    """Tell how decisions are scored now, and were."""
    with transaction(request) as tx:
        return {"versions": [_scoring(one) for one in service.scorings(tx)]}


@router.post("/quality/scoring", status_code=201)
def set_scoring(request: Request, form: ScoringForm) -> dict[str, Any]:
    """Score differently from now on: every card is made anew with it."""
    wanted = Scoring(
        version=0,
        weights={one: getattr(form.weights, one.value) for one in Criterion},
        critical=frozenset(form.critical),
        harm=(form.harm.sev0, form.harm.sev1, form.harm.sev2, form.harm.sev3, form.harm.sev4, 0.0),
        overreach=form.overreach,
        accepted_error=form.accepted_error,
        least=form.least,
        note=form.note,
    )
    with transaction(request) as tx:
        return _scoring(service.score_by(tx, wanted=wanted, at=clock.now()))


@router.get("/me/card")
def own_card(request: Request) -> dict[str, Any]:
    """Tell callers what others found of their work: whole spans, long over, never of which case."""
    with transaction(request) as tx:
        found = service.own_card(tx, at=clock.now())
    return {
        "until": found.until,
        "periods": [asdict(one) for one in found.periods],
        "work": None if found.work is None else asdict(found.work),
    }


def _card(one: Card | AuditorCard) -> dict[str, Any]:
    return asdict(one)


def _agreement(one: Agreement) -> dict[str, Any]:
    figures = {"raw_agreement": one.raw, "cohen_kappa": one.kappa, "krippendorff_alpha": one.alpha, "gwet_ac1": one.ac1}
    return {"pairs": one.n, "found": one.found, **{name: as_json(figure) for name, figure in figures.items()}}


def _scoring(one: Scoring) -> dict[str, Any]:
    return asdict(one) | {"critical": sorted(one.critical)}
