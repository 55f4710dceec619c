"""Signing in and out; people, teams and keys."""

from fastapi import APIRouter

from assize.workforce.pages import announcing, keys, people, sign_in
from assize.workforce.pages.sign_in import carry_page

router = APIRouter(include_in_schema=False)
router.include_router(sign_in.router)
router.include_router(people.router)
router.include_router(keys.router)
router.include_router(announcing.router)

__all__ = ["carry_page", "router"]
