"""Pages of quality."""

from fastapi import APIRouter

from assize.quality.pages import (
    adjudicating,
    agreeing,
    audits,
    calibrating,
    certificates,
    golden,
    independence,
    own,
    plans,
    scorecards,
    scoring,
)

router = APIRouter(include_in_schema=False)
for one in (
    plans,
    audits,
    independence,
    scorecards,
    scoring,
    agreeing,
    own,
    certificates,
    adjudicating,
    calibrating,
    golden,
):
    router.include_router(one.router)
