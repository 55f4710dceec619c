"""Pages of quality."""

from fastapi import APIRouter

from assize.quality.pages import (
    adjudicating,
    agreeing,
    audits,
    calibrating,
    certificates,
    courses,
    golden,
    improving,
    independence,
    own,
    plans,
    scorecards,
    scoring,
    teams,
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
    courses,
    improving,
    teams,
):
    router.include_router(one.router)
