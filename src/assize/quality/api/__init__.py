"""Quality over HTTP."""

from fastapi import APIRouter

from assize.quality.api import adjudicating, certificates, sampling, scorecards

router = APIRouter()
for one in (sampling, scorecards, certificates, adjudicating):
    router.include_router(one.router)
