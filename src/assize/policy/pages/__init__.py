"""The pages of the policy: to read it, and to write the next one."""

from fastapi import APIRouter

from assize.policy.pages import drafting, reading

router = APIRouter(include_in_schema=False)
router.include_router(reading.router)
router.include_router(drafting.router)

__all__ = ["router"]
