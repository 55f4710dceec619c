"""Quality over HTTP."""

from fastapi import APIRouter

from assize.quality.api import adjudicating, certificates, golden, sampling, scorecards

router = APIRouter()
for one in (sampling, scorecards, certificates, adjudicating, golden):
    router.include_router(one.router)
