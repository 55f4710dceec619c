"""A case as a simulated reviewer sees it: what the API shows after opening, reduced to what a judgement needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MARKER = re.compile(r"sim-([a-z]{3}-\d)\b")


@dataclass(frozen=True, kw_only=True)
class SeenTurn:
    """One turn. text: "" where it is withheld."""

    event_id: str
    index: int
    role: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A case in hand. clauses: likely ones, first the likeliest. subjects: level -> (id, the platform's own id)."""

    task_id: str
    case_id: str
    kind: str
    actor_review: bool
    clauses: tuple[str, ...]
    severity: int
    rubric: Mapping[str, int]
    events: tuple[str, ...]
    turns: tuple[SeenTurn, ...]
    subjects: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)

    @property
    def conversations(self) -> tuple[str, ...]:
        """The platform's ids of the conversations it is about."""
        ref = self.subjects.get("conversation", ("", None))[1]
        return () if ref is None else (ref,)

    @property
    def actors(self) -> tuple[tuple[str, str], ...]:
        """Level and the platform's id of everybody it is about, the lowest first."""
        levels = ("end_user", "account", "api_key")
        return tuple((level, ref) for level in levels if (ref := self.subjects.get(level, ("", None))[1]))

    @property
    def marked(self) -> tuple[str, SeenTurn] | None:
        """The first clause that a marker in the text names, and the turn it stands in."""
        for turn in self.turns:
            found = _MARKER.search(turn.text.lower())
            if found is not None:
                return found.group(1).upper(), turn
        return None


def seen(task: Mapping[str, Any], case: Mapping[str, Any]) -> Seen:
    """Return what a task and its case, as the API shows them, come down to."""
    events: Sequence[Mapping[str, Any]] = case.get("events", ())
    return Seen(
        task_id=str(task["id"]),
        case_id=str(case["id"]),
        kind=str(task.get("kind", "first_look")),
        actor_review=case.get("kind") == "actor_review",
        clauses=tuple(_clause(one) for one in case.get("likely") or task.get("clauses") or ()),
        severity=int(case.get("severity", 4)),
        rubric={str(name): int(score) for name, score in (case.get("rubric") or {}).items()},
        events=tuple(str(one["id"]) for one in events),
        turns=tuple(
            SeenTurn(
                event_id=str(event["id"]),
                index=int(turn.get("index", n)),
                role=str(turn.get("role", "user")),
                text=turn.get("text") or "",
            )
            for event in events
            for n, turn in enumerate(event.get("turns") or ())
        ),
        subjects={str(one["level"]): (str(one["id"]), one.get("ref")) for one in case.get("subjects", ())},
    )


def _clause(likely: object) -> str:
    if isinstance(likely, Mapping):
        return str(likely["clause_id"])
    return str(likely[0]) if isinstance(likely, list | tuple) else str(likely)
