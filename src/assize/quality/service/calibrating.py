"""Calibration rounds: open, label alone, discuss, label again, conclude, agree what to do, try again later."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import (
    CalibrationActionId,
    CalibrationId,
    CalibrationItemId,
    CaseId,
    ClauseId,
    LabelId,
    ReviewerId,
    new_id,
)
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.quality.errors import BadRound, NoSuchRound, NotNow
from assize.quality.facts import CalibrationConcluded, CalibrationLabelled, CalibrationMoved, CalibrationOpened
from assize.quality.logic import calibrating as logic
from assize.quality.models import Label
from assize.quality.models.calibrating import Finding, Form, Item, ItemView, Round, RoundView, Said, Stage, ToDo
from assize.quality.service.adjudicating import plain, sees_all
from assize.quality.service.gaps import gap_for
from assize.quality.store import labels
from assize.quality.store.words import rounds
from assize.quality.store.words.widening import measuring
from assize.review import models as reviewing
from assize.review import service as review
from assize.review.ports import register_blinding
from assize.triage import service as triage
from assize.workforce.models import Principal, Right
from assize.workforce.service import names, require

OF = "calibration"  # what labels of rounds are `of`
MOST, SHOWN, MAX_TEXT, MAX_NAME = 50, 100, 2_000, 120
RETEST = timedelta(days=42)  # where nobody says when: long enough that the cases are not remembered
GAPS = {Finding.POLICY_AMBIGUITY, Finding.POLICY_GAP}


class Rounds:
    """Cases that somebody is to label alone in a round are blind to them everywhere."""

    name = "calibration"

    def cases_blind_to(self, tx: Tx, reviewer: ReviewerId) -> Collection[CaseId]:
        """Return the cases that somebody is to label alone now."""
        return rounds.labelling(tx, reviewer) if isinstance(tx.actor, Principal) else ()


register_blinding(Rounds())


def open_round(
    tx: Tx,
    *,
    name: str,
    form: Form,
    members: Sequence[ReviewerId],
    cases: Sequence[CaseId],
    due_at: datetime,
    retest_at: datetime | None = None,
    retests: CalibrationId | None = None,
    at: datetime,
) -> Round:
    """Open a round over cases that the actor may see. Raises BadRound, NoSuchCase."""
    principal = require(tx, Right.QUALITY_PLAN)
    name = " ".join(name.split())
    members, cases = list(dict.fromkeys(members)), list(dict.fromkeys(cases))
    if not name or len(name) > MAX_NAME or "\0" in name:
        raise BadRound(field="name", problem=f"a round has a name of at most {MAX_NAME} characters")
    if len(members) < 2 or not 1 <= len(cases) <= MOST:  # noqa: PLR2004 - it takes two to differ
        raise BadRound(field="members", problem=f"a round has two participants or more, and up to {MOST} cases")
    made = Round(
        id=CalibrationId(new_id("cal")),
        name=name,
        form=form,
        state=Stage.ALONE,
        facilitator_id=ReviewerId(principal.id),
        opened_at=at,
        due_at=due_at,
        retest_at=retest_at or at + RETEST,
        retests=retests,
    )
    version = policy.current(tx)
    found = [triage.case(tx, one) for one in cases]
    items = [
        Item(
            id=CalibrationItemId(new_id("cli")),
            calibration_id=made.id,
            ordinal=number,
            case_id=case.id,
            subject_id=case.subject_id,
            policy_version_id=version.id,
            restriction=case.restriction,
            region=case.region,
            test=case.test,
        )
        for number, case in enumerate(found, start=1)
    ]
    rounds.insert(tx, made, members=members, items=items)
    tx.record(CalibrationOpened(calibration_id=made.id, form=form.value, items=len(items), retests=retests), at=at)
    return made


def calibration_rounds(tx: Tx) -> list[Round]:
    """Return the rounds the actor takes part in, or all for whoever plans, the latest first."""
    principal = require(tx, Right.CASES_READ)
    with measuring(tx):
        everything = _plans(principal)
        return rounds.rounds(tx, member=None if everything else principal.id, limit=SHOWN)


def calibration_round(tx: Tx, *, calibration_id: CalibrationId) -> RoundView:
    """Return a round with the labels that the actor may see now. Raises NoSuchRound, also for whoever has no part in it."""
    principal = require(tx, Right.CASES_READ, about=calibration_id)
    with measuring(tx):
        return _view(tx, principal, calibration_id)


def label_item(tx: Tx, *, item_id: CalibrationItemId, said: Said, at: datetime) -> Label:
    """Label a case of a round: alone first, once more after the discussion. Raises NoSuchRound, NotNow, BadRound."""
    principal = require(tx, Right.CASES_READ, about=item_id)
    with measuring(tx):
        item, of = _item(tx, principal, item_id, takes_part=True)
        if not said.rationale.strip() or len(said.rationale) > MAX_TEXT or "\0" in said.rationale:
            raise BadRound(field="rationale", problem=f"say why, in at most {MAX_TEXT} characters")
        time = _time(of, [one.round for one in labels.of(tx, OF, [item.id]) if one.labeler_id == principal.id])
        label = _label(item, said, by=principal.id, time=time, at=at)
        labels.insert(tx, label)
        fact = CalibrationLabelled(calibration_id=of.id, case_id=item.case_id, time=time, hash=label.hash)
        tx.record(fact, at=at)
    return label


def move_round(tx: Tx, *, calibration_id: CalibrationId, state: Stage, at: datetime) -> RoundView:
    """Begin the discussion, from where on all labels are shown; or close it, once every case came to something.

    Raises NoSuchRound, NotNow.
    """
    principal = require(tx, Right.QUALITY_PLAN, about=calibration_id)
    view = _view(tx, principal, calibration_id)
    wanted = {Stage.ALONE: Stage.DISCUSSION, Stage.DISCUSSION: Stage.CLOSED}.get(view.round.state)
    if state is not wanted:
        raise NotNow(why="a round goes from labels alone to the discussion, and then to its end")
    if state is Stage.CLOSED and any(one.item.outcome is None for one in view.items):
        raise NotNow(why="say of every case what the discussion came to")
    rounds.move(tx, calibration_id, state, at=at)
    tx.record(CalibrationMoved(calibration_id=calibration_id, state=state.value), at=at)
    return _view(tx, principal, calibration_id)


def conclude_item(
    tx: Tx, *, item_id: CalibrationItemId, outcome: Finding, note: str, clause: ClauseId | None = None, at: datetime
) -> None:
    """Say what the discussion of a case came to. A policy that is ambiguous, or has a gap, opens one of this clause.

    Raises NoSuchRound, NotNow, BadRound.
    """
    principal = require(tx, Right.QUALITY_PLAN, about=item_id)
    item, of = _item(tx, principal, item_id)
    if len(note) > MAX_TEXT or "\0" in note:
        raise BadRound(field="note", problem=f"at most {MAX_TEXT} characters")
    if of.state is not Stage.DISCUSSION:
        raise NotNow(why="cases are concluded in the discussion")
    if outcome in GAPS:
        if not clause or not note.strip():
            raise BadRound(field="clause", problem="name the clause, and say what it leaves open")
        case = {name: getattr(item, name) for name in ("case_id", "subject_id", "restriction", "region")}
        gap_for(tx, clause=clause, title=note[:200], case=case, calibration_id=of.id, at=at)
    rounds.conclude(tx, item.id, outcome=outcome, note=note.strip())
    fact = CalibrationConcluded(calibration_id=of.id, case_id=item.case_id, outcome=outcome.value)
    tx.record(fact, at=at)


def add_action(
    tx: Tx, *, calibration_id: CalibrationId, text: str, owner_id: ReviewerId, due_at: datetime, at: datetime
) -> ToDo:
    """Ask something of somebody by a day. Raises NoSuchRound, BadRound."""
    principal = require(tx, Right.QUALITY_PLAN, about=calibration_id)
    _view(tx, principal, calibration_id)
    text = " ".join(text.split())
    if not text or len(text) > MAX_TEXT or "\0" in text:
        raise BadRound(field="text", problem=f"say what is to be done, in at most {MAX_TEXT} characters")
    made = ToDo(
        id=CalibrationActionId(new_id("cla")),
        calibration_id=calibration_id,
        text=text,
        owner_id=owner_id,
        due_at=due_at,
        made_at=at,
    )
    rounds.insert_action(tx, made)
    return made


def finish_action(tx: Tx, *, action_id: CalibrationActionId, at: datetime) -> None:
    """Say that it was done: its owner, or whoever plans. Raises NoSuchRound."""
    principal = require(tx, Right.CASES_READ, about=action_id)
    with measuring(tx):
        found = rounds.actions(tx, action_id=action_id)
        mine = Right.QUALITY_PLAN in principal.rights
        if not found or not (mine or found[0].owner_id == principal.id):
            raise NoSuchRound
        rounds.finish(tx, action_id, by=principal.id, at=at)


def retest(tx: Tx, *, calibration_id: CalibrationId, at: datetime) -> Round:
    """Let the same people try the same cases again, once the time for it has come. Raises NoSuchRound, NotNow."""
    principal = require(tx, Right.QUALITY_PLAN, about=calibration_id)
    view = _view(tx, principal, calibration_id)
    of = view.round
    if of.state is not Stage.CLOSED or of.retest_at > at:
        raise NotNow(why="a round is tried again once it is closed and its time has come")
    return open_round(
        tx,
        name=f"{of.name[: MAX_NAME - 7]} again",
        form=of.form,
        members=view.members,
        cases=[one.item.case_id for one in view.items],
        due_at=at + (of.due_at - of.opened_at),
        retests=of.id,
        at=at,
    )


def minutes(tx: Tx, *, calibration_id: CalibrationId) -> str:
    """Return the minutes of a round as Markdown, with what the actor may see of it. Raises NoSuchRound."""
    principal = require(tx, Right.CASES_READ, about=calibration_id)
    with measuring(tx):
        view = _view(tx, principal, calibration_id)
        people = {view.round.facilitator_id, *view.members, *(one.owner_id for one in view.actions)}
        return logic.minutes(view, names(tx, sorted(people)))


def _view(tx: Tx, principal: Principal, calibration_id: CalibrationId) -> RoundView:
    found = rounds.rounds(tx, round_id=calibration_id)
    members = rounds.members(tx, calibration_id) if found else []
    if not found or not (principal.id in members or _plans(principal)):
        raise NoSuchRound
    of, items = found[0], rounds.items(tx, round_id=calibration_id)
    given = [plain(principal, one) for one in labels.of(tx, OF, [one.id for one in items])]
    told = of.state is not Stage.ALONE
    return RoundView(
        round=of,
        members=tuple(members),
        items=tuple(_seen(one, given, of, me=principal.id) for one in items),
        actions=tuple(rounds.actions(tx, round_id=calibration_id)),
        before=logic.agreement(given, time=logic.ALONE) if told else None,
        after=logic.agreement(given, time=logic.TALKED) if told else None,
    )


def _plans(principal: Principal) -> bool:
    """Whether somebody runs rounds: of whatever team; whoever sees their own work alone sees rounds they take part in."""
    return Right.QUALITY_PLAN in principal.rights and sees_all(principal)


def _seen(item: Item, given: Sequence[Label], of: Round, *, me: str) -> ItemView:
    mine = [one for one in given if one.of_id == item.id]
    return ItemView(
        item=item, labels=logic.shown(mine, of, me=me), labelled=sum(one.round == logic.ALONE for one in mine)
    )


def _item(tx: Tx, principal: Principal, item_id: CalibrationItemId, *, takes_part: bool = False) -> tuple[Item, Round]:
    found = rounds.items(tx, item_id=item_id)
    if not found or (takes_part and principal.id not in rounds.members(tx, found[0].calibration_id)):
        raise NoSuchRound
    return found[0], rounds.rounds(tx, round_id=found[0].calibration_id)[0]


def _time(of: Round, given: Sequence[int]) -> int:
    time = logic.ALONE if of.state is Stage.ALONE else logic.TALKED
    if of.state is Stage.CLOSED or time in given:
        raise NotNow(why="your label was given, or the round is closed")
    if time == logic.TALKED and logic.ALONE not in given:
        raise NotNow(why="who gave no label alone gives none after the discussion")
    return time


def _label(item: Item, said: Said, *, by: str, time: int, at: datetime) -> Label:
    finding = reviewing.Finding(clause_id=said.clause, verdict=said.verdict, locus=reviewing.Locus.USER, primary=True)
    judgement = reviewing.Judgement(findings=(finding,), rationale=said.rationale.strip())
    label = Label(
        id=LabelId(new_id("lab")),
        of=OF,
        of_id=item.id,
        labeler_id=ReviewerId(by),
        case_id=item.case_id,
        subject_id=item.subject_id,
        dossier_id=None,
        policy_version_id=item.policy_version_id,
        judgement=judgement,
        verdict=said.verdict,
        clause=said.clause,
        severity=said.severity,
        blind=time == logic.ALONE,
        at=at,
        hash="",
        round=time,
        restriction=item.restriction,
        region=item.region,
        test=item.test,
    )
    committed = {
        "item_id": item.id,
        "labeler_id": by,
        "round": time,
        "policy_version_id": item.policy_version_id,
        "judgement": review.canonical_judgement(judgement),
        "severity": int(said.severity),
        "at": at,
    }
    return replace(label, hash=review.sha256_of(committed))
