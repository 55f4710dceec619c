"""The golden set over HTTP: to be read, and changed as on its pages."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from assize.kernel import clock
from assize.kernel.ids import GoldenId, LabelId, QueueName
from assize.platform.http import transaction
from assize.quality import service
from assize.quality.models.golden import Difficulty, GoldenState

router = APIRouter(prefix="/v1/quality/golden", tags=["quality"])
GoldenPath = Annotated[str, Path(max_length=64)]
Days = Annotated[int, Field(ge=1, le=730)]


class ProposalForm(BaseModel):
    """The label of an audit or an adjudication, whose case is to be a known one."""

    label_id: str = Field(max_length=64)
    note: str = Field(default="", max_length=2000)


class ApprovalForm(BaseModel):
    """How hard it is and how long it holds. difficulty: as experts' agreement has it, where left out."""

    difficulty: Difficulty | None = None
    days: Days = service.HOLDS_FOR.days
    note: str = Field(default="", max_length=2000)


class HoldsForm(BaseModel):
    """Why it still holds, and for how long."""

    note: str = Field(max_length=2000)
    days: Days = service.HOLDS_FOR.days


class RetireForm(BaseModel):
    """Why a case leaves the set."""

    why: str = Field(max_length=2000)


class RateForm(BaseModel):
    """To which share of the ordinary cases of a queue a known one is added: 0 to 0.1."""

    queue: str = Field(max_length=100)
    share: float = Field(ge=0, le=1, allow_inf_nan=False)


@router.get("")
def golden_set(request: Request, state: GoldenState | None = None) -> dict[str, Any]:
    """Tell the golden set: known cases, shares by queue, how copies were answered, and who may know them."""
    with transaction(request) as tx:
        return asdict(service.golden_set(tx, state=state, at=clock.now()))


@router.post("")
def propose(request: Request, form: ProposalForm) -> dict[str, Any]:
    """Propose the case of a label."""
    with transaction(request) as tx:
        return asdict(service.propose_golden(tx, label_id=LabelId(form.label_id), note=form.note, at=clock.now()))


@router.put("/rates")
def set_rate(request: Request, form: RateForm) -> dict[str, Any]:
    """Say to which share of the ordinary cases of a queue a known one is added."""
    with transaction(request) as tx:
        service.set_golden_rate(tx, queue=QueueName(form.queue), share=form.share, at=clock.now())
    return {"queue": form.queue, "share": form.share}


@router.get("/{golden_id}")
def golden(request: Request, golden_id: GoldenPath) -> dict[str, Any]:
    """Tell one known case with its copies and how they were answered."""
    with transaction(request) as tx:
        return asdict(service.golden_view(tx, golden_id=GoldenId(golden_id)))


@router.post("/{golden_id}/approve")
def approve(request: Request, golden_id: GoldenPath, form: ApprovalForm) -> dict[str, Any]:
    """Take a proposed case into the set: by somebody who did not propose it."""
    with transaction(request) as tx:
        made = service.approve_golden(
            tx,
            golden_id=GoldenId(golden_id),
            difficulty=form.difficulty,
            note=form.note,
            holds_for=timedelta(days=form.days),
            at=clock.now(),
        )
    return asdict(made)


@router.post("/{golden_id}/holds")
def holds(request: Request, golden_id: GoldenPath, form: HoldsForm) -> dict[str, Any]:
    """Say that what experts said of it still holds, under the words of now."""
    with transaction(request) as tx:
        made = service.golden_holds(
            tx, golden_id=GoldenId(golden_id), note=form.note, holds_for=timedelta(days=form.days), at=clock.now()
        )
    return asdict(made)


@router.post("/{golden_id}/retire")
def retire(request: Request, golden_id: GoldenPath, form: RetireForm) -> dict[str, Any]:
    """Take a case out of the set, or turn a proposal down."""
    with transaction(request) as tx:
        return asdict(service.retire_golden(tx, golden_id=GoldenId(golden_id), why=form.why, at=clock.now()))
