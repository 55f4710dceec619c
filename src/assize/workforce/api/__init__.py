"""The workforce over HTTP: people, keys, and what people have to know."""

from fastapi import APIRouter

from assize.workforce.api import announcing, people

router = APIRouter()
router.include_router(people.router)
router.include_router(announcing.router)

__all__ = ["router"]
