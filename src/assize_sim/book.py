"""The book of truths: what was sent, what is true of it, and what became of it. Measured against, never shown."""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from assize_sim.truth import BENIGN, Lane, Remedy, Sent, Truth, Verdict

# Which of several truths about one case leads: the gravest remedy first, ordinary traffic last.
_LEADS = (Verdict.VIOLATION, Verdict.EXCEPTED, Verdict.NO_VIOLATION)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One decision of a simulated reviewer beside the truth."""

    case_id: str
    reviewer: str
    lane: Lane
    true: Verdict
    said: Verdict
    clause_id: str | None
    sent_at: datetime | None = None


@dataclass(kw_only=True)
class Book:
    """Everything that was sent, by conversation and by actor. Used by several threads."""

    sent: int = 0
    accepted: dict[str, str] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    sent_at: dict[str, datetime] = field(default_factory=dict)
    _by_conversation: dict[str, Truth] = field(default_factory=dict)
    _by_actor: dict[tuple[str, str], list[Truth]] = field(default_factory=dict)
    _lanes: dict[Lane, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, items: Iterable[Sent], *, at: datetime) -> None:
        """Write down what is about to be sent."""
        with self._lock:
            for item in items:
                self.sent += 1
                self._lanes[item.truth.lane] = self._lanes.get(item.truth.lane, 0) + 1
                if item.truth.lane is Lane.BENIGN:
                    continue  # ordinary traffic is what is not in the book
                conversation = str(item.body["subject"]["conversation"])
                self._by_conversation[conversation] = item.truth
                self.sent_at[conversation] = at
                for actor in item.subject.items():
                    self._by_actor.setdefault(actor, []).append(item.truth)

    def note_accepted(self, ids: Mapping[str, str]) -> None:
        """Write down what was acknowledged: the platform's id -> Assize's."""
        with self._lock:
            self.accepted.update(ids)

    def note_judged(self, judged: Judged) -> None:
        """Write down one decision."""
        with self._lock:
            self.judged.append(judged)

    def of_case(self, *, conversations: Iterable[str], actors: Iterable[tuple[str, str]], whole: bool) -> Truth:
        """Return the truth that leads a case: of its conversations, else of whom it is about.

        whole: the case is about everything the actor did (an actor review), not about single conversations.
        """
        with self._lock:
            found = [self._by_conversation[one] for one in conversations if one in self._by_conversation]
            if whole or not found:
                found += [truth for actor in actors for truth in self._by_actor.get(actor, ())]
        return min(found, key=lambda one: _LEADS.index(one.verdict), default=BENIGN)

    def deserves(self, level: str, ref: str, remedy: Remedy) -> bool:
        """Whether anything this subject sent calls for a remedy."""
        with self._lock:
            return any(truth.remedy is remedy for truth in self._by_actor.get((level, ref), ()))

    def first_sent(self, conversations: Iterable[str]) -> datetime | None:
        """Return when the earliest of these conversations was sent."""
        with self._lock:
            return min((self.sent_at[one] for one in conversations if one in self.sent_at), default=None)

    def lanes(self) -> dict[str, int]:
        """Return how many of each lane were sent."""
        with self._lock:
            return {lane.value: count for lane, count in sorted(self._lanes.items())}

    def write(self, path: Path) -> None:
        """Write the truths and the decisions as JSON lines, for whoever measures."""
        with self._lock, path.open("w", encoding="utf-8") as file:
            for conversation, truth in self._by_conversation.items():
                file.write(json.dumps({"conversation": conversation, "truth": asdict(truth)}) + "\n")
            for judged in self.judged:
                file.write(json.dumps({"judged": asdict(judged)}, default=str) + "\n")
