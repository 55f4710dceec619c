"""Enforcement over HTTP."""

from fastapi import APIRouter

from assize.enforcement.api.acting import router as acting
from assize.enforcement.api.banking import router as banking
from assize.enforcement.api.instead import router as instead
from assize.enforcement.api.remediations import router as remediations

router = APIRouter()
for part in (acting, instead, remediations, banking):
    router.include_router(part)

__all__ = ["router"]
