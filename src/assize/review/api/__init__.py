"""Review over HTTP: claim and decide, read cases and decisions with a key. Translates, judges nothing."""

from fastapi import APIRouter

from assize.review.api import reading, tasks

router = APIRouter()
router.include_router(tasks.router)
router.include_router(reading.router)

__all__ = ["router"]
