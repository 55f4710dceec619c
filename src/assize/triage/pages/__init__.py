"""The pages of rules: how each fares, and the editor in which they are written and tried."""

from fastapi import APIRouter

from assize.triage.pages import editing, listing

router = APIRouter(include_in_schema=False)
router.include_router(listing.router)
router.include_router(editing.router)

__all__ = ["router"]
