"""Quality over HTTP."""

from fastapi import APIRouter

from assize.quality.api import adjudicating, certificates, courses, golden, improving, sampling, scorecards

router = APIRouter()
for one in (sampling, scorecards, certificates, adjudicating, golden, courses, improving):
    router.include_router(one.router)
