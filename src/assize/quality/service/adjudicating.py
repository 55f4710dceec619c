"""Ask for an expert's word where judgements differ, give it, and let comparisons count by it."""

from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import AdjudicationId, ComparisonId, GapId, LabelId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.quality.errors import BadRuling, NoSuchAdjudication, NotWaiting
from assize.quality.facts import AdjudicationAsked, AdjudicationGiven
from assize.quality.logic import Said, compare
from assize.quality.logic.adjudicating import GAP, due_in, settled, trigger_of
from assize.quality.models import Adjudication, Comparison, Criterion, Label, Mark
from assize.quality.models.adjudicating import AdjudicationView, Ruling, Word
from assize.quality.service.gaps import gap_for
from assize.quality.service.revealing import keep
from assize.quality.store import labels
from assize.quality.store.words import adjudications
from assize.quality.store.words.widening import measuring
from assize.review import service as review
from assize.review.models import Decision, Finding, Judgement, Locus, Verdict
from assize.workforce.models import SYSTEM, Principal, Right, SearchScope
from assize.workforce.service import require

OF = "adjudication"  # what labels of adjudications are `of`
LOOKS_BACK = timedelta(days=7)  # long enough that a worker at rest for a holiday misses nothing
PER_ROUND, SHOWN = 200, 100
MAX_TEXT = 4_000


def ask_due(database: Database, *, at: datetime) -> int:
    """Ask for an expert's word wherever judgements differ enough; return how often."""
    asked = 0
    with database.transaction(SYSTEM) as tx:
        for one in adjudications.unsettled(tx, since=at - LOOKS_BACK, gap=GAP, limit=PER_ROUND):
            trigger = trigger_of(one.voices)
            if trigger is None:
                continue
            new = AdjudicationId(new_id("adj"))
            due = at + due_in(one.severity)
            if adjudications.ask(tx, one, adjudication_id=new, trigger=trigger.value, at=at, due_at=due):
                fact = AdjudicationAsked(adjudication_id=new, case_id=one.row["case_id"], trigger=trigger.value)
                tx.record(fact, at=at)
                asked += 1
    return asked


def adjudications_waiting(tx: Tx, *, decided: bool = False) -> list[Adjudication]:
    """Return what waits for an expert's word, the next due first, or what had it; never of the actor's own judgements."""
    principal = require(tx, Right.QUALITY_ADJUDICATE)
    if not sees_all(principal):
        return []
    states = ("decided",) if decided else ("open", "claimed")
    with measuring(tx):
        return [one for one, _ in adjudications.found(tx, me=principal.id, states=states, limit=SHOWN)]


def adjudication(tx: Tx, *, adjudication_id: AdjudicationId) -> AdjudicationView:
    """Return one with the judgements that differ. Raises NoSuchAdjudication, also for whoever made one of them."""
    principal = require(tx, Right.QUALITY_ADJUDICATE, about=adjudication_id)
    with measuring(tx):
        return _view(tx, principal, adjudication_id)


def adjudicate(tx: Tx, *, adjudication_id: AdjudicationId, ruling: Ruling, at: datetime) -> AdjudicationView:
    """Give an expert's word: what is right, why, by which clause; or that the policy leaves it open, which blames nobody.

    Comparisons that rested on a label which differs are replaced; their history stays.
    Raises NoSuchAdjudication, also for whoever decided or audited, NotWaiting, BadRuling.
    """
    principal = require(tx, Right.QUALITY_ADJUDICATE, about=adjudication_id)
    with measuring(tx):
        view = _view(tx, principal, adjudication_id)
        if not adjudications.lock(tx, adjudication_id):
            raise NotWaiting
        label, adopted = _label(view, ruling, by=principal.id, at=at)
        labels.insert(tx, label)
        replaced = _settle(tx, view, label, actions=adopted, at=at)
        word = Word(
            ambiguous=ruling.ambiguous,
            label_id=label.id,
            cited_clause=ruling.clause,
            rationale=ruling.rationale.strip(),
            decided_by=ReviewerId(principal.id),
            decided_at=at,
            gap_id=_gap(tx, view.asked, ruling, at=at) if ruling.ambiguous else None,
        )
        adjudications.decide(tx, adjudication_id, word)
        fact = AdjudicationGiven(
            adjudication_id=adjudication_id,
            case_id=view.asked.case_id,
            outcome="policy_ambiguous" if ruling.ambiguous else "label",
            cited_clause=ruling.clause,
            replaced=replaced,
        )
        tx.record(fact, at=at)
        return replace(view, word=word)


def sees_all(principal: Principal) -> bool:
    """Whether somebody sees everybody's work: others have no part in judging it."""
    return not principal.vendor and principal.view.search_scope is SearchScope.ALL


def plain(principal: Principal, label: Label) -> Label:
    """Return a label without its reasons where words are masked from somebody. A step."""
    if "text" not in principal.view.masked_fields:
        return label
    return replace(label, judgement=replace(label.judgement, rationale="", highlights=(), lowering={}))


def _view(tx: Tx, principal: Principal, adjudication_id: AdjudicationId) -> AdjudicationView:
    found = adjudications.found(tx, me=principal.id, adjudication_id=adjudication_id)
    if not found or not sees_all(principal):
        raise NoSuchAdjudication
    asked, word = found[0]
    return AdjudicationView(
        asked=asked,
        decisions=tuple(review.decision(tx, one) for one in asked.decisions),
        labels=tuple(plain(principal, one) for one in labels.by_ids(tx, asked.labels)),
        word=word,
    )


def _label(view: AdjudicationView, ruling: Ruling, *, by: str, at: datetime) -> tuple[Label, bool]:
    """Return the expert's label, and whether it says what is to follow."""
    rationale = ruling.rationale.strip()
    _check(ruling, rationale)
    judgement, said, adopted = _said(view, ruling)
    asked, judgement = view.asked, replace(judgement, rationale=rationale)
    committed = {
        "adjudication_id": asked.id,
        "labeler_id": by,
        "dossier_id": asked.dossier_id,
        "policy_version_id": asked.policy_version_id,
        "judgement": review.canonical_judgement(judgement),
        "severity": None if said.severity is None else int(said.severity),
        "at": at,
    }
    label = Label(
        id=LabelId(new_id("lab")),
        of=OF,
        of_id=asked.id,
        labeler_id=ReviewerId(by),
        case_id=asked.case_id,
        subject_id=asked.subject_id,
        dossier_id=asked.dossier_id,
        policy_version_id=asked.policy_version_id,
        judgement=judgement,
        verdict=said.verdict,
        clause=said.clause,
        severity=asked.severity if said.severity is None else said.severity,
        blind=False,
        at=at,
        hash=review.sha256_of(committed),
        restriction=asked.restriction,
        region=asked.region,
        test=asked.test,
    )
    return label, adopted


def _check(ruling: Ruling, rationale: str) -> None:
    if not rationale or len(rationale) > MAX_TEXT or "\0" in rationale:
        raise BadRuling(field="rationale", problem=f"say why, in at most {MAX_TEXT} characters")
    if not ruling.clause.strip():
        raise BadRuling(field="clause", problem="cite the clause that decides it")
    if ruling.ambiguous and not ruling.gap.strip():
        raise BadRuling(field="gap", problem="say in a few words what the policy leaves open")


def _said(view: AdjudicationView, ruling: Ruling) -> tuple[Judgement, Said, bool]:
    if ruling.ambiguous:
        return _own(view, ruling, Verdict.AMBIGUOUS_POLICY)
    given: list[Decision | Label] = [*view.decisions, *view.labels]
    stands = next((one for one in given if one.id == ruling.stands), None)
    match stands:
        case Decision():
            said = Said(
                verdict=stands.verdict,
                clause=stands.primary_clause,
                severity=stands.assessed,
                dispositions=stands.dispositions,
            )
            return stands.judgement, said, True
        case Label():
            said = Said(
                verdict=stands.verdict,
                clause=stands.clause,
                severity=stands.severity,
                dispositions=stands.judgement.dispositions,
            )
            return stands.judgement, said, True
        case None:
            if (
                ruling.stands is not None
                or ruling.verdict in {None, Verdict.AMBIGUOUS_POLICY}
                or ruling.severity is None
            ):
                raise BadRuling(
                    field="stands", problem="say which judgement is right, or give your own with its severity"
                )
            return _own(view, ruling, ruling.verdict)


def _own(view: AdjudicationView, ruling: Ruling, verdict: Verdict | None) -> tuple[Judgement, Said, bool]:
    verdict = verdict or Verdict.AMBIGUOUS_POLICY
    led = [*view.decisions[0].findings[:1]] if view.decisions else []
    finding = Finding(
        clause_id=ruling.clause,
        verdict=verdict,
        locus=led[0].locus if led else Locus.USER,
        span=led[0].span if led else None,
        primary=True,
    )
    said = Said(verdict=verdict, clause=ruling.clause, severity=ruling.severity, dispositions=())
    return Judgement(findings=(finding,)), said, False


def _settle(tx: Tx, view: AdjudicationView, label: Label, *, actions: bool, at: datetime) -> int:
    """Replace what rested on a label that differs; return how many comparisons count anew."""
    counted = labels.comparisons(tx, decision_ids=list(view.asked.decisions))
    rests = [one for one in counted if one.current and one.label_id in view.asked.labels]
    by_id = {one.id: one for one in view.decisions}
    for before in rests:
        made = _settled(tx, before, by_id[before.decision_id], label, actions=actions)
        keep(
            tx,
            replace(
                made,
                id=ComparisonId(new_id("cmp")),
                label_id=label.id,
                labeler_id=label.labeler_id,
                replaces=before.id,
                why="policy-ambiguous" if label.verdict is Verdict.AMBIGUOUS_POLICY else "adjudicated",
            ),
            at=at,
        )
    return len(rests)


def _settled(tx: Tx, before: Comparison, decision: Decision, label: Label, *, actions: bool) -> Comparison:
    given = Said(
        verdict=decision.verdict,
        clause=decision.primary_clause,
        severity=decision.assessed,
        dispositions=decision.dispositions,
        escalated=adjudications.escalated(tx, decision.case_id, decided_at=decision.decided_at),
    )
    truth = Said(
        verdict=label.verdict,
        clause=label.clause,
        severity=label.severity,
        dispositions=label.judgement.dispositions,
    )
    compared = compare(given, truth)
    if not actions:
        # The expert said what it is and not what follows: that is not judged.
        compared = replace(compared, marks={**compared.marks, Criterion.ACTION: Mark.NA})
    return settled(before, compared, severity=label.severity, clause=label.clause)


def _gap(tx: Tx, asked: Adjudication, ruling: Ruling, *, at: datetime) -> GapId:
    return gap_for(
        tx,
        clause=ruling.clause,
        title=ruling.gap,
        case={
            "case_id": asked.case_id,
            "subject_id": asked.subject_id,
            "restriction": asked.restriction,
            "region": asked.region,
        },
        adjudication_id=asked.id,
        at=at,
    )
