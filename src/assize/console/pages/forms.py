"""The decision form as it was typed: kept as its fields, whatever they are, so that no draft loses a word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assize.review.models import (
    CaseView,
    DispositionKind,
    ExceptionStanding,
    Finding,
    Judgement,
    Locus,
    Span,
    TargetLevel,
    Verdict,
)

VERIFIED = ExceptionStanding.VERIFIED.value
MAX_FIELDS = 600  # a form of ours has some dozens
# What belongs to the page and not to what somebody wrote: never part of a draft.
_OF_THE_PAGE = frozenset({"csrf", "keep", "who", "do", "drop", "unmark", "confirm"})
_LOCUS_OF = {
    "user": Locus.USER,
    "assistant": Locus.MODEL_OUTPUT,
    "system": Locus.OPERATOR_PROMPT,
    "developer": Locus.OPERATOR_PROMPT,
    "tool": Locus.THIRD_PARTY,
}
# The level under which the form offers what it offers for one level only; which one is meant follows from the case.
_FORM_LEVELS = {
    DispositionKind.REQUEST_INFORMATION: TargetLevel.ACCOUNT,
    DispositionKind.WATCH: TargetLevel.ACCOUNT,
    DispositionKind.SAFEGUARD_DEFECT: TargetLevel.CONTENT,
}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What the form holds, field by field and in order."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str, otherwise: str = "") -> str:
        """Return the last value of a field."""
        return next((value for known, value in reversed(self.fields) if known == name), otherwise)

    def many(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, each once."""
        return tuple(dict.fromkeys(value for known, value in self.fields if known == name and value))

    def under(self, prefix: str) -> dict[str, str]:
        """Return the fields `prefix.x` by their x, those that are filled."""
        begins = f"{prefix}."
        return {name.removeprefix(begins): value for name, value in self.fields if name.startswith(begins) and value}

    @property
    def clause(self) -> str:
        """The clause of the finding in hand: a likely one, or another one chosen from the list."""
        chosen = self.one("clause")
        return self.one("other_clause") if chosen in {"", "other"} else chosen

    @property
    def verdict(self) -> str:
        """The verdict of the finding in hand."""
        return self.one("verdict")

    @property
    def exception(self) -> str:
        """The exception of the finding in hand, `id|standing`; empty where none is claimed.

        To except something is to say that the exception was verified; beside another verdict it may only be claimed.
        """
        chosen = self.one("exception_of")
        excepted = self.verdict == Verdict.EXCEPTED.value
        standing = VERIFIED if excepted else self.one("standing", ExceptionStanding.CLAIMED.value)
        return f"{chosen}|{standing}" if chosen else ""

    @property
    def rationale(self) -> str:
        """The reasons in prose."""
        return self.one("rationale")

    @property
    def rubric(self) -> dict[str, int]:
        """The answers, by dimension."""
        return {name: int(value) for name, value in self.under("rubric").items() if value.isdigit() and len(value) == 1}

    @property
    def written(self) -> bool:
        """Whether somebody wrote or chose anything that would be missed."""
        return bool(self.verdict or self.rationale.strip() or self.many("finding"))

    def changed(self, **given: str | Iterable[str]) -> "Typed":
        """Return the form with other values for some fields; an empty list takes a field away."""
        kept = [(name, value) for name, value in self.fields if name not in given]
        for name, value in given.items():
            kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return Typed(fields=tuple(kept))

    def draft(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {"fields": [[name, value] for name, value in self.fields if name not in _OF_THE_PAGE and value]}


def typed(fields: Iterable[tuple[str, Any]]) -> Typed:
    """Read what was sent."""
    found = [(name, value) for name, value in fields if isinstance(value, str)]
    return Typed(fields=tuple(found[:MAX_FIELDS]))


def begun(case: CaseView) -> Typed:
    """Return the form as it is first shown: with the first thing a user said as the evidence."""
    said = [(event.id, turn) for event in case.events for turn in event.turns]
    user = [(event_id, turn) for event_id, turn in said if turn.role == "user"] or said
    if not user:
        return Typed()
    event_id, turn = user[0]
    return Typed(fields=(("place", f"{event_id}#{turn.index}"), ("locus", locus_of(turn.role))))


def restored(case: CaseView) -> Typed | None:
    """Return the draft of a case as a form; None where there is none."""
    return None if case.draft is None else from_draft(case.draft)


def from_draft(body: Mapping[str, Any]) -> Typed:
    """Read a draft: of this form, or a judgement that was refused by the API."""
    listed = body.get("fields")
    if isinstance(listed, list):
        pairs = [tuple(one) for one in listed if isinstance(one, list) and len(one) == 2]  # noqa: PLR2004 - a pair
        return typed((str(name), value) for name, value in pairs)
    rationale = body.get("rationale")
    codes = body.get("reason_codes")
    fields = [("rationale", rationale)] if isinstance(rationale, str) else []
    fields += [("reason", str(one)) for one in codes] if isinstance(codes, list) else []
    return typed(fields)


def from_judgement(made: Judgement) -> Typed:
    """Return the form that a judgement was typed in, to be changed after it was taken back."""
    main = next((one for one in made.findings if one.primary), made.findings[0])
    fields = [("clause", str(main.clause_id)), ("verdict", main.verdict.value)]
    fields += [("place", place_of(main.span)), ("locus", main.locus.value)]
    if main.exception is not None:
        fields += [("exception_of", main.exception.exception_id), ("standing", main.exception.standing.value)]
    for one in made.findings:
        if one is not main:
            fields.append(("finding", kept(one)))
    for follows in made.dispositions:
        action = follows.action_id or ""
        level = _FORM_LEVELS.get(follows.kind, follows.target_level)
        fields.append(("disposition", f"{follows.kind.value}|{level.value}|{action}"))
        fields += [(f"param.{action}.{name}", str(value)) for name, value in follows.params.items()]
        fields += [("missing", follows.missing)] if follows.missing else []
        fields += [("interim", follows.interim)] if follows.interim else []
        fields += [("defect", follows.defect)] if follows.defect else []
        fields += [("until", follows.until.isoformat())] if follows.until else []
        fields += [("trigger", trigger) for trigger in follows.triggers]
    fields += [(f"rubric.{name.value}", str(score)) for name, score in made.rubric.items()]
    fields += [(f"lowering.{name.value}", why) for name, why in made.lowering.items()]
    fields += [("reason", code) for code in made.reason_codes]
    fields += [("highlight", place_of(one)) for one in made.highlights]
    fields += [("rationale", made.rationale), ("touched", "yes")]
    return Typed(fields=tuple(fields))


def kept(one: Finding) -> str:
    """Return a further finding as the form keeps it."""
    claim = one.exception
    claimed = "" if claim is None else f"{claim.exception_id}|{claim.standing.value}"
    return "|".join((one.clause_id, one.verdict.value, place_of(one.span), one.locus.value, claimed))


def locus_of(role: str) -> str:
    """Return whose words a turn of this role is."""
    return _LOCUS_OF.get(role, Locus.THIRD_PARTY).value


def place_of(span: Span | None) -> str:
    """Return a place as the form writes it: `event#turn#start-end`."""
    if span is None:
        return ""
    turn = "" if span.turn is None else f"#{span.turn}"
    passage = "" if span.start is None else f"#{span.start}-{span.end}"
    return f"{span.event_id}{turn}{passage}"
