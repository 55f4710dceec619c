"""Put a sealed copy of known events among those that come in: of nobody, of now, and marked so that nothing is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from assize.intake.errors import NothingToCopy
from assize.intake.logic import Call
from assize.intake.logic.copying import Disguise, disguised
from assize.intake.models import Event, EventKind, RawEvent
from assize.intake.service.receive import batch_of, receive_batches
from assize.intake.store import events as event_store
from assize.kernel.chance import Rng
from assize.kernel.ids import EventId
from assize.platform.db import Tx
from assize.platform.settings import LINKING_ATTRIBUTES
from assize.workforce.models import Right
from assize.workforce.service import require

_REPORTS = frozenset({EventKind.REPORT.value, EventKind.NOTICE.value})
LATELY_S = 90  # how long ago, at most, the last of the events seems to have happened


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What was put in. first: the event by which the copy is known again."""

    first: EventId
    events: tuple[EventId, ...]


def copy_sealed(
    tx: Tx,
    *,
    event_ids: Sequence[EventId],
    linking: Sequence[str] = LINKING_ATTRIBUTES,
    restriction: str | None,
    rng: Rng,
    at: datetime,
) -> Copied:
    """Put a sealed copy of events into the inbox, as if they came now from somebody else.

    They go the way of every event; whoever they are about is nobody, whatever would link them to somebody is left out,
    and nothing that is decided of them ever leaves. Reports are not copied: nobody reported this.
    Raises NothingToCopy where nothing with content is left.
    """
    require(tx, Right.EVENTS_WRITE)
    found = [one for one in event_store.events(tx, event_ids) if one.kind not in _REPORTS and one.erased_at is None]
    found = [one for one in found if one.turns or one.media]
    if not found:
        raise NothingToCopy
    disguise = Disguise(rng=rng)
    shift = at - timedelta(seconds=rng.uniform(1, LATELY_S)) - max(one.occurred_at for one in found)
    raws: list[RawEvent | None] = [
        _copy(one, disguise, shift, linking, restriction) for one in sorted(found, key=lambda one: one.occurred_at)
    ]
    batch = batch_of(Call(items=raws, prefix=""), sent_by=found[0].source, at=at)
    (receipt,) = receive_batches(tx, [batch], at=at)
    made = tuple(one for one in receipt.ids if one is not None)
    if not made:
        raise NothingToCopy
    event_store.seal(tx, made, at=at)
    return Copied(first=made[0], events=made)


def _copy(
    event: Event, disguise: Disguise, shift: timedelta, linking: Sequence[str], restriction: str | None
) -> RawEvent:
    return RawEvent(
        external_id=disguise.of("event", event.external_id) or "",
        occurred_at=event.occurred_at + shift,
        subject=disguised(event, disguise),
        source=event.source,
        kind=event.kind,
        turns=tuple(one if one.at is None else msgspec.structs.replace(one, at=one.at + shift) for one in event.turns),
        language=event.language,
        region=event.region,
        model_version=event.model_version,
        model_outcome=event.model_outcome,
        handling=event.handling,
        retention=event.retention,
        restriction=restriction,
        tags=event.tags,
        test=True,
        attributes=_unlinked(event.attributes, linking),
        media=event.media,
    )


def _unlinked(attributes: Mapping[str, object], linking: Sequence[str]) -> dict[str, object]:
    return {name: value for name, value in attributes.items() if name not in linking}
