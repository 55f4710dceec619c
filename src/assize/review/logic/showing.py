"""What of a case is shown to whom: one pure function, applied wherever a case or a decision leaves the service."""

from dataclasses import replace

from assize.review.models import (
    CaseView,
    Decision,
    Disposition,
    DispositionKind,
    EventView,
    Judgement,
    Note,
    SubjectView,
    Task,
    View,
)
from assize.workforce.models import ViewProfile

MASK = "•••"
NOT_OPENED = "Open the content to read it. What you open is recorded with its purpose."
MASKED = "Text is masked for you."
RATIONALE_MASKED = "•••"


def shown(view: ViewProfile, task: Task | None, case: CaseView, *, blind: bool = False) -> CaseView:
    """Return a case as it may be shown to somebody of this view, for this task. blind: they judge it blind elsewhere.

    masked fields: `subject` (the platform's own ids), `text` (turns, media, and words that quote them), `region`,
    `reporter`. A blind task hides what others decided, noted and assessed. Content that was not opened has no text.
    Whoever is shown less is never told more by another call: this is the only place that says what goes out.
    """
    masked = view.masked_fields
    blind = blind or (task is not None and task.view is View.BLIND)
    one = replace(
        case,
        blind=blind,
        masked=masked,
        subjects=tuple(_subject(each, masked) for each in case.subjects),
        events=tuple(_event(each, masked, opened=case.opened) for each in case.events),
        decisions=tuple(shown_decision(view, each) for each in case.decisions),
        notes=tuple(_note(each, masked) for each in case.notes),
    )
    if "region" in masked:
        one = replace(one, region=MASK if one.region else None)
    if one.task is not None:
        one = replace(one, task=shown_task(view, one.task))
    if "text" in masked and one.draft is not None:
        one = replace(one, draft=None)
    return hide_decisions(one) if blind else one


def hide_decisions(case: CaseView) -> CaseView:
    """Return the case without what anybody decided, noted or assessed: the evidence as a first reviewer saw it."""
    return replace(
        case,
        assessed=None,
        veil=replace(case.veil, severity=case.severity),
        state="open",
        decisions=(),
        notes=(),
        similar=(),
        precedents=tuple(one for one in case.precedents if one.case_id != case.id),
        history=tuple(one for one in case.history if not one.about_decision),
        task=None if case.task is None else replace(case.task, about=None, reason="", excluded=frozenset()),
    )


def shown_task(view: ViewProfile, task: Task) -> Task:
    """Return a task as it may be shown: what somebody typed who asked for it may quote the content.

    Who may not take it is told to nobody: it would say who judged the case before, or that it is a known one.
    """
    hidden = replace(task, excluded=frozenset())
    one = replace(hidden, region=MASK) if "region" in view.masked_fields and task.region else hidden
    return replace(one, reason=MASK) if "text" in view.masked_fields and task.reason else one


def shown_decision(view: ViewProfile, decision: Decision) -> Decision:
    """Return a decision as it may be shown: words that could quote the content are masked where text is."""
    if "text" not in view.masked_fields:
        return replace(decision, region=MASK) if "region" in view.masked_fields and decision.region else decision
    return replace(
        decision,
        region=MASK if "region" in view.masked_fields and decision.region else decision.region,
        judgement=shown_judgement(view, decision.judgement),
    )


def shown_judgement(view: ViewProfile, judgement: Judgement) -> Judgement:
    """Return a judgement as it may be shown: words that could quote the content are masked where text is."""
    if "text" not in view.masked_fields:
        return judgement
    return replace(
        judgement,
        rationale=RATIONALE_MASKED if judgement.rationale else "",
        lowering=dict.fromkeys(judgement.lowering, RATIONALE_MASKED),
        dispositions=tuple(_without_words(judgement)),
    )


def _without_words(judgement: Judgement) -> list[Disposition]:
    return [
        replace(
            one,
            missing=MASK if one.missing else None,
            defect=MASK if one.defect else None,
            triggers=tuple(MASK for _ in one.triggers),
            params={} if one.kind is DispositionKind.ENFORCE else one.params,
        )
        for one in judgement.dispositions
    ]


def _subject(one: SubjectView, masked: frozenset[str]) -> SubjectView:
    return replace(one, ref=MASK if one.ref else None) if "subject" in masked else one


def _note(one: Note, masked: frozenset[str]) -> Note:
    return replace(one, body=MASK) if "text" in masked else one


def _event(one: EventView, masked: frozenset[str], *, opened: bool) -> EventView:
    event = one
    if "region" in masked:
        event = replace(event, region=MASK if event.region else None)
    if "reporter" in masked:
        event = replace(event, reporter=None, report_reason=None)
    if "text" in masked:
        return _withheld(event, MASKED)
    return event if opened else _withheld(event, event.withheld or NOT_OPENED)


def _withheld(event: EventView, why: str) -> EventView:
    return replace(
        event,
        turns=tuple(replace(turn, text=None) for turn in event.turns),
        media=tuple(replace(one, pointer=None) for one in event.media),
        report_reason=None,
        withheld=why,
    )
