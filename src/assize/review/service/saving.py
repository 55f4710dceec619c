"""Saved searches: named, for oneself or one's team. What they find is asked anew by whoever opens them."""

from datetime import datetime

from assize.kernel.ids import new_id
from assize.platform.db import Tx
from assize.review.errors import BadRequest, NoSuchView
from assize.review.facts import SavedSearchDropped, SearchSaved
from assize.review.logic import address_of
from assize.review.models import SavedView, Wanted
from assize.review.store import saved
from assize.workforce.models import Right
from assize.workforce.service import require

MAX_NAME = 80


def saved_views(tx: Tx) -> list[SavedView]:
    """Return my saved searches and those my team shares, pinned first."""
    principal = require(tx, Right.CASES_READ)
    return saved.views(tx, me=principal.id, team_id=principal.team_id)


def save_view(tx: Tx, *, name: str, wanted: Wanted, shared: bool = False, at: datetime) -> SavedView:
    """Name a search; share it with my team or keep it to me. Raises BadRequest, NameTaken."""
    principal = require(tx, Right.CASES_READ)
    if shared and principal.team_id is None:
        raise BadRequest(field="shared", problem="you are in no team to share it with")
    one = SavedView(
        id=new_id("view"),
        name=_name(name),
        address=address_of(wanted),
        shared=shared,
        pinned=True,
        mine=True,
        made_at=at,
    )
    saved.insert_view(tx, one, owner=principal.id, team_id=principal.team_id if shared else None)
    tx.record(SearchSaved(view_id=one.id, shared=shared, pinned=one.pinned), at=at)
    return one


def change_view(
    tx: Tx,
    *,
    view_id: str,
    name: str | None = None,
    shared: bool | None = None,
    pinned: bool | None = None,
    at: datetime,
) -> None:
    """Rename, share or pin a saved search of mine; None leaves it. Raises NoSuchView, BadRequest, NameTaken."""
    principal = require(tx, Right.CASES_READ, about=view_id)
    one = next(iter(saved.views(tx, me=principal.id, team_id=None, view_id=view_id)), None)
    if one is None:
        raise NoSuchView
    share = one.shared if shared is None else shared
    if share and principal.team_id is None:
        raise BadRequest(field="shared", problem="you are in no team to share it with")
    pin = one.pinned if pinned is None else pinned
    saved.change_view(
        tx,
        view_id=view_id,
        owner=principal.id,
        name=one.name if name is None else _name(name),
        team_id=principal.team_id if share else None,
        pinned=pin,
    )
    tx.record(SearchSaved(view_id=view_id, shared=share, pinned=pin), at=at)


def drop_view(tx: Tx, *, view_id: str, at: datetime) -> None:
    """Delete a saved search of mine. Raises NoSuchView."""
    principal = require(tx, Right.CASES_READ, about=view_id)
    if not saved.delete_view(tx, view_id=view_id, owner=principal.id):
        raise NoSuchView
    tx.record(SavedSearchDropped(view_id=view_id), at=at)


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > MAX_NAME or "\0" in name:
        raise BadRequest(field="name", problem=f"give it a name of at most {MAX_NAME} characters")
    return name
