"""Ids that sort by time and say what they name: `case_01J9Z3…`.

A ULID (48 bits of milliseconds, 80 random bits, Crockford base 32) behind a prefix. Not a UUID:
an id is read aloud, pasted into a chat and searched for, and its prefix answers the first question.
Source: github.com/ulid/spec.
"""

import os
import threading
import time
from typing import NewType

ReviewerId = NewType("ReviewerId", str)
TeamId = NewType("TeamId", str)
KeyId = NewType("KeyId", str)
PolicyVersionId = NewType("PolicyVersionId", str)
ClauseId = NewType("ClauseId", str)  # the policy's own: "CSE-3"
ActionId = NewType("ActionId", str)  # the policy's own: "suspend-account"
EventId = NewType("EventId", str)
BatchId = NewType("BatchId", str)
SubjectId = NewType("SubjectId", str)
CaseId = NewType("CaseId", str)
RuleId = NewType("RuleId", str)  # the pack's own: "cse-known-hash"
QueueName = NewType("QueueName", str)  # the policy's own: "child-safety"
TaskId = NewType("TaskId", str)
DossierId = NewType("DossierId", str)
DecisionId = NewType("DecisionId", str)
FindingId = NewType("FindingId", str)
NoteId = NewType("NoteId", str)
PrecedentId = NewType("PrecedentId", str)
EnforcementId = NewType("EnforcementId", str)
EffectId = NewType("EffectId", str)
DeliveryId = NewType("DeliveryId", str)
StrikeId = NewType("StrikeId", str)
AppealId = NewType("AppealId", str)
WatchId = NewType("WatchId", str)
EscalationId = NewType("EscalationId", str)
PageId = NewType("PageId", str)
PlanId = NewType("PlanId", str)
StratumId = NewType("StratumId", str)
AuditId = NewType("AuditId", str)
LabelId = NewType("LabelId", str)
ComparisonId = NewType("ComparisonId", str)
AdjudicationId = NewType("AdjudicationId", str)
GapId = NewType("GapId", str)
DisputeId = NewType("DisputeId", str)
CalibrationId = NewType("CalibrationId", str)
CalibrationItemId = NewType("CalibrationItemId", str)
CalibrationActionId = NewType("CalibrationActionId", str)
CertificateId = NewType("CertificateId", str)
GoldenId = NewType("GoldenId", str)
PlacementId = NewType("PlacementId", str)
CourseId = NewType("CourseId", str)
TakenId = NewType("TakenId", str)
CourseItemId = NewType("CourseItemId", str)
ImprovementId = NewType("ImprovementId", str)
FactId = NewType("FactId", str)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in _CROCKFORD for b in _CROCKFORD]
_RANDOM_BITS = 80
_ULID_LENGTH = 26
_TAIL_BITS = 20  # the last four characters: within a block only they change, nearly always

_RANDOM_BYTES = _RANDOM_BITS // 8
_AHEAD = 400  # draws asked of the system at once: where its calls are slow, one a millisecond costs a fifth of a core

_lock = threading.Lock()
_last_ms = 0
_last_random = 0
_drawn = b""


def ulid() -> str:
    """Return 26 characters that sort after every ULID made before by this process."""
    return _spell(_next(1))


def _next(count: int) -> int:
    """Return the first of `count` values that follow each other and every value given before."""
    global _last_ms, _last_random, _drawn  # noqa: PLW0603 - monotonic within a millisecond needs a memory
    with _lock:
        ms = time.time_ns() // 1_000_000
        if ms <= _last_ms:
            ms = _last_ms
            first = _last_random + 1
        else:
            _last_ms = ms
            if not _drawn:
                _drawn = os.urandom(_RANDOM_BYTES * _AHEAD)
            # The top bit stays clear, so that counting up within a millisecond cannot overflow.
            first = int.from_bytes(_drawn[:_RANDOM_BYTES]) >> 1
            _drawn = _drawn[_RANDOM_BYTES:]
        _last_random = first + count - 1
    return (ms << _RANDOM_BITS) | first


def _forget_drawn() -> None:
    global _drawn  # noqa: PLW0603 - the child of a fork must not make its parent's ids
    _drawn = b""


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_drawn)


def new_id(prefix: str) -> str:
    """Return a new id `prefix_ULID`; wrap it in the NewType it stands for."""
    return f"{prefix}_{ulid()}"


def new_ids(prefix: str, count: int) -> list[str]:
    """Return `count` new ids in ascending order, for the routes that make thousands."""
    first = _next(count) if count else 0
    found, head, spelled = [], -1, ""
    for value in range(first, first + count):
        if value >> _TAIL_BITS != head:
            head = value >> _TAIL_BITS
            spelled = f"{prefix}_{_spell(value)[:-4]}"
        found.append(f"{spelled}{_PAIRS[(value >> 10) & 1023]}{_PAIRS[value & 1023]}")
    return found


def prefix_of(some_id: str) -> str:
    """Return what kind of thing an id names: `case` for `case_01J…`, "" where it names none."""
    prefix, mark, tail = some_id.rpartition("_")
    return prefix if mark and len(tail) == _ULID_LENGTH else ""


def _spell(value: int) -> str:
    # Ten bits a step through a table of pairs: thirteen steps instead of twenty-six.
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10)])
