"""Signals, precedents and history in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.platform.pages import shown
from assize.policy.models import PolicyVersion
from assize.review.models import CaseView, HistoryEntry, Precedent, SimilarCase
from assize.triage.models import Hit

FIELDS = {
    "terms": "words of the lists",
    "patterns": "patterns",
    "urls.listed": "addresses on the lists",
    "media.known": "known media of the banks",
    "near_duplicates": "nearly equal texts within a day",
    "account.age_days": "age of the account in days",
    "account.kind": "kind of account",
    "account.strikes_30d": "strikes within 30 days",
    "subject.minor_likely": "the platform thinks it is a minor",
    "report.category": "reported as",
    "report.reporter_kind": "reported by",
    "report.reporter_accuracy": "how often the reporter was right",
    "event.model_outcome": "what the model did",
    "event.kind": "kind of event",
    "event.turn_count": "turns",
    "event.text_length": "characters",
}
SPANS = {"1h": "within an hour", "24h": "within a day", "30d": "within 30 days"}
FILTERS = (("", "Everything"), ("decisions", "Decisions"), ("actions", "Actions"))
ACTIONS = (
    "Enforcement", "Effect", "Approval", "Strike", "Appeal", "Support", "Notice", "Contain", "Escalat", "Watch", "Safeguard",
    "Page",
)  # fmt: skip
DECISIONS = ("Decision", "Judgement", "SecondLook", "Severity", "Lowering", "CaseDecided", "CaseReopened", "Precedent")
MOST_HITS = 40
MOST_HISTORY = 120


@dataclass(frozen=True, kw_only=True)
class RuleHit:
    """A rule that was true, with what it saw, in words. times: of how many events."""

    rule_id: str
    version: int
    title: str
    clause_id: str
    values: tuple[tuple[str, str], ...]
    times: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A precedent ready to be shown."""

    precedent: Precedent
    binding: bool
    why: str
    verdict: str
    compare: str


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A similar decided case ready to be shown."""

    similar: SimilarCase
    title: str
    how: str
    compare: str


def hits_in_words(hits: Sequence[Hit], version: PolicyVersion) -> tuple[RuleHit, ...]:
    """Return rules that were true, each once for each set of values it saw."""
    known = {str(one.id): one for one in version.rules}
    grouped: dict[tuple[str, int, tuple[tuple[str, str], ...]], list[Hit]] = {}
    for hit in hits:
        values = tuple((field_in_words(name), value_in_words(value)) for name, value in sorted(hit.values.items()))
        grouped.setdefault((hit.rule_id, hit.rule_version, values), []).append(hit)
    return tuple(
        RuleHit(
            rule_id=rule_id,
            version=number,
            title=known[rule_id].title if rule_id in known else "",
            clause_id=known[rule_id].clause if rule_id in known else "",
            values=values,
            times=len(some),
            at=max(one.at for one in some),
        )
        for (rule_id, number, values), some in list(grouped.items())[:MOST_HITS]
    )


def field_in_words(name: str) -> str:
    """Return what a field of a rule is, for a reader."""
    if name in FIELDS:
        return FIELDS[name]
    bare, _, span = name.rpartition("_")
    if span in SPANS:
        return f"{bare.rpartition('.')[2].replace('_', ' ')} of the account {SPANS[span]}"
    if name.startswith("score."):
        return f"score for {name.removeprefix('score.').replace('_', ' ')}"
    return name.replace("_", " ").replace(".", ": ")


def value_in_words(value: object) -> str:
    """Return a value as a rule saw it, for a reader."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.2f}"
        case list() | tuple():
            return ", ".join(shown(one) for one in value) or "none"
        case _:
            return shown(value)


def guides(case: CaseView) -> tuple[Guide, ...]:
    """Return the precedents of a case, those that bind first."""
    made = [
        Guide(
            precedent=one,
            binding=one.binding,
            why=_why(one),
            verdict=one.verdict.value.replace("_", " "),
            compare=f"/cases/{case.id}/compare/{one.case_id}",
        )
        for one in case.precedents
        if one.case_id != case.id
    ]
    return tuple(sorted(made, key=lambda one: not one.binding))[:20]


def alike(case: CaseView, titles: Mapping[str, str]) -> tuple[Alike, ...]:
    """Return the similar cases."""
    return tuple(
        Alike(
            similar=one,
            title=f"{_clause(one.primary_clause, titles)}: {one.verdict.value.replace('_', ' ')}",
            how="nearly the same text" if one.how.value == "near_duplicate" else "similar words",
            compare=f"/cases/{case.id}/compare/{one.case_id}",
        )
        for one in case.similar
        if one.case_id != case.id
    )


def filtered(history: Sequence[HistoryEntry], wanted: str) -> tuple[HistoryEntry, ...]:
    """Return the entries of a kind, the latest first, as many as a page holds."""
    starts = {"decisions": DECISIONS, "actions": ACTIONS}.get(wanted)
    kept = [one for one in history if starts is None or one.kind.startswith(starts)]
    return tuple(reversed(kept[-MOST_HISTORY:]))


def _why(one: Precedent) -> str:
    if one.binding:
        return "Binding: the clause's words are still those it was endorsed under."
    if any(each.treatment.value == "overruled" for each in one.treatments):
        return "Not binding: it was overruled."
    return "Not binding: the clause's words have changed since."


def _clause(clause_id: str | None, titles: Mapping[str, str]) -> str:
    if clause_id is None:
        return "No clause"
    return f"{clause_id} {titles.get(clause_id, '')}".strip()
