"""What was typed, as the judgement it means."""

from datetime import date, datetime, timedelta

from assize.console.pages.forms import Typed
from assize.enforcement import ports as enforcement
from assize.enforcement.errors import UnknownAction
from assize.intake.models import ModelOutcome
from assize.kernel.ids import ActionId, ClauseId, EventId
from assize.platform.pages import shown_each
from assize.policy.models import Dimension
from assize.review.models import (
    CaseView,
    Disposition,
    DispositionKind,
    ExceptionClaim,
    ExceptionStanding,
    Finding,
    Judgement,
    Locus,
    Span,
    TargetLevel,
    Verdict,
)

# Beside these an exception says something: it holds, it was claimed in vain, or the policy doesn't tell whether it holds.
CLAIMABLE = frozenset({Verdict.EXCEPTED, Verdict.VIOLATION, Verdict.AMBIGUOUS_POLICY})
INFORMATION_DAYS = 3
WATCH_DAYS = 30
TRIGGERS = ("new_event", "new_case")


def judgement(given: Typed, case: CaseView, *, owner: str, at: datetime) -> Judgement:
    """Return the judgement that was typed. Raises ValueError for a value that no form of ours offers."""
    findings = tuple(_kept(one, case) for one in given.many("finding"))
    if given.clause or given.verdict or not findings:
        findings = (_in_hand(given, case), *findings)
    dimensions = {one.value: one for one in Dimension}
    lowering = {name: why for name, why in given.under("lowering").items() if why.strip()}
    return Judgement(
        findings=findings,
        dispositions=tuple(
            _disposition(one, given, findings, case, owner=owner, at=at) for one in given.many("disposition")
        ),
        rubric={dimensions[name]: score for name, score in given.rubric.items() if name in dimensions},
        lowering={dimensions[name]: why for name, why in lowering.items() if name in dimensions},
        reason_codes=given.many("reason"),
        rationale=given.rationale,
        highlights=tuple(found for one in given.many("highlight") if (found := span(one, case)) is not None),
    )


def span(place: str, case: CaseView) -> Span | None:
    """Read a place: `event`, `event#turn` or `event#turn#start-end`. Raises ValueError.

    `event#turn#~start-end` counts characters as they are shown, where one that would reorder text is told by its
    number: what a browser can tell of a selection. It is turned into characters of the text itself.
    """
    if not place:
        return None
    event_id, _, rest = place.partition("#")
    turn, _, passage = rest.partition("#")
    if not passage:
        return Span(event_id=EventId(event_id), turn=int(turn) if turn else None)
    start, end = (int(one) for one in passage.removeprefix("~").split("-"))
    if passage.startswith("~"):
        start, end = _in_the_text(_text(case, event_id, int(turn)), start, end)
    return Span(event_id=EventId(event_id), turn=int(turn), start=start, end=end)


def level_of(level: str, case: CaseView) -> str:
    """Return the level that stands for one: a platform that names no account names an end user, key or organisation."""
    if level != "account" or any(one.level == "account" for one in case.subjects):
        return level
    actors = [one.level for one in case.subjects if one.level != "conversation"]
    return actors[-1] if actors else "conversation"


def has_level(level: str, case: CaseView) -> bool:
    """Whether a case has somebody, or something, of this level that a disposition can bear on."""
    return level == TargetLevel.CONTENT.value or any(one.level == level for one in case.subjects)


def target_of(level: str, case: CaseView, findings: tuple[Finding, ...] = ()) -> str:
    """Return whom a disposition of a level bears on: the event of the evidence, or the subject of that level."""
    if level == "content":
        marked = next((one.span.event_id for one in findings if one.span is not None), None)
        return str(marked or (case.events[0].id if case.events else case.id))
    wanted = level_of(level, case)
    return next((str(one.id) for one in case.subjects if one.level == wanted), str(case.id))


def _in_hand(given: Typed, case: CaseView) -> Finding:
    return _finding(given.clause, given.verdict, given.one("place"), given.one("locus"), given.exception, case)


def _kept(value: str, case: CaseView) -> Finding:
    clause, verdict, place, locus, *exception = value.split("|")
    return _finding(clause, verdict, place, locus, "|".join(exception), case)


def _finding(clause: str, verdict: str, place: str, locus: str, exception: str, case: CaseView) -> Finding:
    exception_id, _, standing = exception.partition("|")
    where = span(place, case)
    said = Verdict(verdict)
    return Finding(
        clause_id=ClauseId(clause),
        verdict=said,
        locus=Locus(locus or Locus.USER.value),
        span=where,
        model_outcome=_outcome(case, where),
        exception=ExceptionClaim(exception_id=exception_id, standing=ExceptionStanding(standing or "verified"))
        if exception_id and said in CLAIMABLE
        else None,
    )


def _outcome(case: CaseView, where: Span | None) -> ModelOutcome | None:
    return next((one.model_outcome for one in case.events if where is not None and one.id == where.event_id), None)


def _disposition(
    value: str, given: Typed, findings: tuple[Finding, ...], case: CaseView, *, owner: str, at: datetime
) -> Disposition:
    kind, _, rest = value.partition("|")
    level, _, action = rest.partition("|")
    level = given.one(f"target.{action}", level)
    chosen = DispositionKind(kind)
    watches, asks = chosen is DispositionKind.WATCH, chosen is DispositionKind.REQUEST_INFORMATION
    return Disposition(
        kind=chosen,
        target_level=TargetLevel(level_of(level, case)),
        target_id=target_of(level, case, findings),
        action_id=ActionId(action) if action and chosen is DispositionKind.ENFORCE else None,
        params=_params(given, action) if chosen is DispositionKind.ENFORCE else {},
        until=_until(given, at) if watches else None,
        triggers=(given.many("trigger") or TRIGGERS) if watches else (),
        missing=given.one("missing") if asks else None,
        interim=ActionId(given.one("interim")) if asks and given.one("interim") else None,
        owner=owner if asks else None,
        due_at=at + timedelta(days=_days(given.one("due_days"), INFORMATION_DAYS)) if asks else None,
        defect=given.one("defect") if chosen is DispositionKind.SAFEGUARD_DEFECT else None,
    )


def _params(given: Typed, action: str) -> dict[str, str | int]:
    filled = given.under(f"param.{action}")
    try:
        declared = {one.name: one for one in enforcement.parameters_of(action)}
    except UnknownAction:
        declared = {}
    return {
        name: int(value) if declared[name].most is not None and value.strip().isdigit() else value
        for name, value in filled.items()
        if name in declared
    }


def _until(given: Typed, at: datetime) -> date:
    text = given.one("until")
    return date.fromisoformat(text) if text else (at + timedelta(days=WATCH_DAYS)).date()


def _days(text: str, otherwise: int) -> int:
    return min(int(text), 365) if text.isdigit() and text != "0" else otherwise


def _text(case: CaseView, event_id: str, turn: int) -> str:
    said = next((one.turns for one in case.events if one.id == event_id), ())
    return next((one.text or "" for one in said if one.index == turn), "")


def _in_the_text(text: str, start: int, end: int) -> tuple[int, int]:
    edges = [0]
    for one in shown_each(text):
        edges.append(edges[-1] + len(one))
    first = next((number for number, edge in enumerate(edges[1:]) if edge > start), len(text))
    last = next((number for number, edge in enumerate(edges) if edge >= end), len(text))
    return first, last
