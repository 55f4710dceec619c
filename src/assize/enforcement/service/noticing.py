"""Keeping a notice back, so as not to tip somebody off: on a basis, with a second person, and never for ever."""

from dataclasses import replace
from datetime import datetime

from assize.enforcement.errors import BadParameter, NoSuchRow, NoticeGone
from assize.enforcement.facts import NoticeHeld, NoticeReleased
from assize.enforcement.logic import check_second_person, hold_until
from assize.enforcement.logic.noticing import LONGEST
from assize.enforcement.models import EffectKind, EffectState, EnforcementState, Notice, NoticeState
from assize.enforcement.service import issuing
from assize.enforcement.store import effects, plans, standing
from assize.platform.db import Tx
from assize.workforce.models import PrincipalKind, Right
from assize.workforce.service import require


def hold(tx: Tx, *, enforcement_id: str, basis: str, until: datetime, at: datetime) -> Notice:
    """Ask that somebody is not told until a time. Holds for a day at most, until a second person approves.

    Raises NoSuchRow, NoticeGone (it has left), BadParameter.
    """
    asker = require(tx, Right.DECIDE, about=enforcement_id)
    notice = _unsent(tx, enforcement_id)
    if not basis.strip():
        raise BadParameter(field="basis", reason="it must say on which ground nobody is told")
    if not at < until <= at + LONGEST:
        raise BadParameter(field="until", reason="it must lie ahead, within a year")
    held = replace(
        notice,
        state=NoticeState.HELD,
        basis=basis.strip(),
        asked_by=asker.id,
        approved_by=None,
        asked_until=until,
        expires_at=hold_until(asked_until=until, approved=False, at=at),
    )
    return _keep(tx, held, approved=False, at=at)


def approve_hold(tx: Tx, *, enforcement_id: str, at: datetime) -> Notice:
    """Approve that somebody is not told, until the time that was asked for.

    Raises NoSuchRow, NoticeGone, SecondPersonNeeded.
    """
    approver = require(tx, Right.APPROVE, about=enforcement_id)
    notice = _unsent(tx, enforcement_id)
    if notice.state is not NoticeState.HELD or notice.asked_until is None or notice.asked_by is None:
        raise NoticeGone(state=notice.state)
    check_second_person(
        decided_by=notice.asked_by,
        approver=approver.id,
        is_person=approver.kind is PrincipalKind.PERSON,
        why="one person asked to keep a notice back",
    )
    expires_at = hold_until(asked_until=notice.asked_until, approved=True, at=at)
    return _keep(tx, replace(notice, approved_by=approver.id, expires_at=expires_at), approved=True, at=at)


def release(tx: Tx, *, limit: int, at: datetime) -> int:
    """Send the notices whose time to be held is over. Return how many."""
    require(tx, Right.APPROVE)
    expired = standing.expired_notices(tx, at=at, limit=limit)
    for notice in expired:
        plan = plans.by_id(tx, notice.enforcement_id)
        if plan is None or plan.state in {EnforcementState.CANCELLED, EnforcementState.NULL}:
            standing.set_notice_state(tx, notice.enforcement_id, NoticeState.CANCELLED, sent_at=None)
            continue
        told = effects.about(tx, plan.id).get(EffectKind.NOTICE)
        if told is None:
            effects.add(tx, issuing.notice_effect(plan, notice, at=at))
        else:
            effects.set_state(tx, told.id, EffectState.WAITING)
        standing.set_notice_state(tx, notice.enforcement_id, NoticeState.SENT, sent_at=at)
        tx.record(NoticeReleased(enforcement_id=plan.id, case_id=plan.case_id), at=at)
    return len(expired)


def _unsent(tx: Tx, enforcement_id: str) -> Notice:
    notice = standing.notice(tx, enforcement_id)
    if notice is None:
        raise NoSuchRow(what="notice", id=enforcement_id)
    told = effects.about(tx, enforcement_id).get(EffectKind.NOTICE)
    left = told is not None and told.state not in {EffectState.WAITING, EffectState.CANCELLED}
    if left or notice.state not in {NoticeState.DUE, NoticeState.HELD}:
        raise NoticeGone(state=NoticeState.SENT if left else notice.state)
    return notice


def _keep(tx: Tx, notice: Notice, *, approved: bool, at: datetime) -> Notice:
    told = effects.about(tx, notice.enforcement_id).get(EffectKind.NOTICE)
    if told is not None:
        effects.set_state(tx, told.id, EffectState.CANCELLED)
    standing.hold(tx, notice)
    if notice.expires_at is not None:
        held = NoticeHeld(
            enforcement_id=notice.enforcement_id,
            case_id=notice.case_id,
            basis="given",
            until=notice.expires_at,
            approved=approved,
        )
        tx.record(held, at=at)
    return standing.notice(tx, notice.enforcement_id) or notice
