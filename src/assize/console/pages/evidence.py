"""The evidence of a case as every page shows it: one function that puts it together, whoever asks and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.console.pages.evidence_subject import SubjectPanel, subject_panel
from assize.console.pages.evidence_turns import EventShown, conversation
from assize.console.pages.evidence_words import (
    FILTERS,
    Alike,
    Guide,
    RuleHit,
    alike,
    filtered,
    guides,
    hits_in_words,
)
from assize.kernel.ids import EventId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import CaseView, HistoryEntry, Note, Translation
from assize.triage import service as triage
from assize.triage.models import FeatureRecord
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar", "fa", "ru", "uk", "hi", "zh", "ja", "ko")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the macros of `console/evidence.html` show. page: the address this is shown at, for what comes back to it.

    history: already filtered by history_wanted. folded: whether text on the page is shut until it is asked for;
    exposure: how hard the likely content is. translates: whether an endpoint is configured. later: as given.
    """

    case: CaseView
    at: datetime
    page: str
    titles: Mapping[str, str]
    conversation: tuple[EventShown, ...]
    more_events: int
    subject: SubjectPanel
    hits: tuple[RuleHit, ...]
    guides: tuple[Guide, ...]
    alike: tuple[Alike, ...]
    notes: tuple[Note, ...]
    history: tuple[HistoryEntry, ...]
    history_wanted: str
    names: Mapping[str, str]
    filters: tuple[tuple[str, str], ...] = FILTERS
    folded: bool = False
    exposure: str = ""
    translates: bool = False
    languages: tuple[str, ...] = LANGUAGES
    later: str = ""


def evidence_view(
    tx: Tx,
    case: CaseView,
    *,
    at: datetime,
    page: str | None = None,
    history: str = "",
    translates: bool = False,
    later: str = "",
) -> Evidence:
    """Return the evidence of a case ready to be shown. case: as review shows it; what that withholds stays withheld.

    page: where it is shown, `/cases/{id}` where nothing else is said. history: "", "decisions" or "actions".
    later: where precedents and similar cases are fetched once the page is shown; "" where they came with the case.
    """
    principal: Principal = workforce.require(tx, Right.CASES_READ, about=case.id)
    version = policy.current(tx)
    titles = {str(one.id): one.title for one in version.clauses}
    shown = conversation(case, marks_of(tx, case), translations_of(tx, case))
    people = [*(one.actor for one in case.history), *(one.author for one in case.notes)]
    people += [one.reviewer_id for one in case.decisions]
    return Evidence(
        case=case,
        at=at,
        page=page or f"/cases/{case.id}",
        titles=titles,
        conversation=tuple(one for one in shown if one.turns or not one.more_turns),
        more_events=sum(1 for one in shown if one.more_turns and not one.turns),
        subject=subject_panel(tx, principal, case, at=at),
        hits=hits_in_words(triage.hits(tx, case_id=case.id, limit=200), version),
        guides=guides(case),
        alike=alike(case, titles),
        notes=tuple(one for one in case.notes if one.subject_id is None),
        history=filtered(case.history, history),
        names=workforce.names(tx, people),
        history_wanted=history,
        folded=any(one.folded for one in shown if any(turn.pieces is not None for turn in one.turns)),
        exposure=case.veil.exposure.name.lower() if case.veil.exposure else "",
        translates=translates and Right.CONTENT_OPEN in principal.rights,
        later=later,
    )


def precedents(case: CaseView, version: PolicyVersion) -> dict[str, Any]:
    """Return the precedents and similar cases of a case ready to be shown, where they are fetched by themselves."""
    titles = {str(one.id): one.title for one in version.clauses}
    return {"guides": guides(case), "alike": alike(case, titles)}


def marks_of(tx: Tx, case: CaseView) -> Mapping[EventId, FeatureRecord]:
    """Return what signals found in the events whose text is shown; nothing of the others, for places tell of words."""
    opened = [one.id for one in case.events if any(turn.text is not None for turn in one.turns)]
    return triage.feature_records(tx, event_ids=opened[:100]) if opened else {}


def translations_of(tx: Tx, case: CaseView) -> Mapping[tuple[EventId, int], tuple[Translation, ...]]:
    """Return the machine translations of the turns that are shown."""
    return review.translations_of(tx, case)
