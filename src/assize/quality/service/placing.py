"""Put sealed copies of known cases among the others, and compare what is decided of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from assize.intake import service as intake
from assize.intake.errors import NothingToCopy
from assize.intake.ports import register_derivative
from assize.kernel.chance import Rng
from assize.kernel.ids import (
    CaseId,
    ComparisonId,
    DecisionId,
    EventId,
    GoldenId,
    PlacementId,
    QueueName,
    ReviewerId,
    new_id,
)
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.quality.facts import GoldenPlaced
from assize.quality.logic import Said, compare
from assize.quality.logic.golden import choose, is_drawn, why_not_placed
from assize.quality.models import Comparison, Criterion, Mark
from assize.quality.models.golden import Golden, GoldenState, Placement
from assize.quality.service.golden import gone_stale, retired
from assize.quality.service.keyring import keyring
from assize.quality.service.revealing import keep
from assize.quality.store import draws, labels
from assize.quality.store.known import items, placements
from assize.quality.store.words import adjudications
from assize.quality.store.words.widening import measuring
from assize.review import service as review
from assize.review.ports import register_sealing
from assize.triage import service as triage
from assize.workforce.models import SYSTEM

PER_ROUND = 500  # ordinary cases of a queue that are put to the draw at once
OPENS_WITHIN = timedelta(hours=1)  # longer than any backlog of events; a copy without a case by then never has one
LOOKS_BACK = timedelta(days=90)  # for answers to copies: nobody keeps a case in hand for longer
NO_CASE = "a copy of it opened no case: no rule finds anything in it any more"
EXPIRED = "its time is up"


class Copies:
    """Sealed copies: who may be given one, what is withheld with it, and how it goes when its original does."""

    name = "golden"

    def opened(self, tx: Tx, case_id: CaseId) -> Collection[ReviewerId]:
        """Hear that a copy is offered for review; return who knows it. Whoever offers it need not be one who measures."""
        with measuring(tx):
            return placements.opened(tx, case_id)

    def family(self, tx: Tx, case_id: CaseId) -> Collection[str]:
        """Return what would give a copy away."""
        return placements.family(tx, case_id)

    def erase(self, tx: Tx | Any, event_ids: Sequence[EventId], at: datetime) -> int:
        """Erase every copy of these events, and retire the known cases that held them."""
        copied: list[EventId] = []
        with measuring(tx):
            for one in items.of_events(tx, event_ids):
                if one.state is not GoldenState.RETIRED:
                    retired(tx, one, why="its content was erased", at=at)
                copied += [event_id for copy in placements.of(tx, one.id, limit=10_000) for event_id in copy.event_ids]
        return intake.erase(tx, event_ids=copied, reason="known case erased", at=at) if copied else 0


_COPIES = Copies()
register_sealing(_COPIES)
register_derivative(_COPIES)


def place_due(database: Database, *, settings: Settings, rng: Rng, at: datetime) -> int:
    """Put the ordinary cases that came to the draw, and a copy in for each that is drawn; return how many copies.

    Raises NoSamplingKey, UnusableKey.
    """
    placed = 0
    with database.transaction(SYSTEM) as tx:
        for one in items.expired(tx, at=at, limit=PER_ROUND):
            gone_stale(tx, one, why=EXPIRED, at=at)
        for missed in placements.miss(tx, before=at - OPENS_WITHIN, at=at):
            _missed(tx, missed, at=at)
        for queue, share, after in placements.lock_rates(tx):
            placed += _place(tx, queue, share, after, settings=settings, rng=rng, at=at)
    return placed


def answer_due(database: Database, *, at: datetime) -> int:
    """Compare what was decided of copies and can't be taken back any more; return how many decisions."""
    with database.transaction(SYSTEM) as tx:
        due = placements.unanswered(tx, since=at - LOOKS_BACK, at=at, limit=PER_ROUND)
        for decision_id, golden_id in due:
            _compare(tx, decision_id, golden_id, at=at)
    return len(due)


def _place(tx: Tx, queue: QueueName, share: float, after: str, *, settings: Settings, rng: Rng, at: datetime) -> int:
    came = placements.came(tx, queue, after=after, limit=PER_ROUND)
    if not came:
        return 0
    key = keyring(settings).keys[0]
    drawn = [one for one in came if is_drawn(key, queue, one, share)]
    placed = 0
    for because in drawn:
        free = [(one, times) for one, times in placements.free(tx, queue, at=at) if _may_be_placed(tx, one)]
        counts = {one.id: times for one, times in free}
        chosen = choose([one for one, _ in free], counts, key=key, because=because)
        if chosen is None:
            break
        placed += _put_in(tx, chosen, because, settings=settings, rng=rng, at=at)
    placements.put_to_the_draw(tx, queue, through=came[-1])
    return placed


def _may_be_placed(tx: Tx, one: Golden) -> bool:
    return why_not_placed(triage.case(tx, one.case_id).mode) is None


def _put_in(tx: Tx, one: Golden, because: CaseId, *, settings: Settings, rng: Rng, at: datetime) -> bool:
    try:
        copied = intake.copy_sealed(
            tx,
            event_ids=one.event_ids,
            linking=settings.linking_attributes,
            restriction=one.restriction,
            rng=rng,
            at=at,
        )
    except NothingToCopy:
        retired(tx, one, why="its content is gone", at=at)
        return False
    made = Placement(
        id=PlacementId(new_id("plc")),
        golden_id=one.id,
        because=because,
        queue=one.queue,
        event_ids=copied.events,
        excluded=tuple(sorted(placements.who_knows(tx, one.id))),
        placed_at=at,
        restriction=one.restriction,
        region=one.region,
    )
    placements.insert(tx, made)
    tx.record(GoldenPlaced(placement_id=made.id, golden_id=one.id, queue=one.queue), at=at)
    return True


def _missed(tx: Tx, missed: Placement, *, at: datetime) -> None:
    one = items.lock(tx, missed.golden_id)
    if one is not None and one.state is GoldenState.ACTIVE:
        gone_stale(tx, one, why=NO_CASE, at=at)


def _compare(tx: Tx, decision_id: DecisionId, golden_id: GoldenId, *, at: datetime) -> None:
    (one,) = items.found(tx, golden_id=golden_id)
    (truth,) = labels.by_ids(tx, [one.truth_id] if one.truth_id is not None else [])
    decision = review.decision(tx, decision_id)
    given = Said(
        verdict=decision.verdict,
        clause=decision.primary_clause,
        severity=decision.assessed,
        dispositions=decision.dispositions,
        escalated=adjudications.escalated(tx, decision.case_id, decided_at=decision.decided_at),
    )
    right = Said(
        verdict=truth.verdict,
        clause=truth.clause,
        severity=truth.severity,
        dispositions=truth.judgement.dispositions,
    )
    compared = compare(given, right)
    if not truth.judgement.dispositions:
        compared = replace(compared, marks={**compared.marks, Criterion.ACTION: Mark.NA})
    decided = draws.decided(tx, [decision_id])[0]
    keep(
        tx,
        Comparison(
            id=ComparisonId(new_id("cmp")),
            decision_id=decision.id,
            label_id=truth.id,
            audit_id=None,
            case_id=decision.case_id,
            subject_id=None,
            reviewer_id=decision.reviewer_id,
            team_id=decision.team_id,
            vendor=decided.vendor,
            by=decided.by,
            labeler_id=truth.labeler_id,
            queue=decided.queue,
            language=decided.language,
            policy_version_id=decision.policy_version_id,
            clause=truth.clause,
            severity_given=decision.assessed,
            severity_true=truth.severity,
            outcome=compared.outcome,
            severity_gap=compared.severity_gap,
            missed_escalation=compared.missed_escalation,
            wrong_clause=compared.marks[Criterion.CLAUSE] is Mark.WRONG,
            wrong_action=compared.marks[Criterion.ACTION] is Mark.WRONG,
            process_error=False,
            technical=False,
            marks=compared.marks,
            blind=True,
            headline=False,
            inclusion=None,
            decided_at=decision.decided_at,
            compared_at=at,
            restriction=decision.restriction,
            region=decision.region,
        ),
        at=at,
    )
