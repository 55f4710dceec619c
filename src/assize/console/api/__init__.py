"""What is composed of several slices, over HTTP: the same services as the pages."""

from fastapi import APIRouter

from assize.console.api.searching import router as searching
from assize.console.api.surge import router as surge

router = APIRouter()
router.include_router(searching)
router.include_router(surge)

__all__ = ["router"]
