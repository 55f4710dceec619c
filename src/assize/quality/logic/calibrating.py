"""Who sees which labels of a round, how far its participants agree, and its minutes."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.agreement import raw_agreement
from assize.quality.logic.estimators.alpha import krippendorff_alpha
from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.estimate import Estimate
from assize.quality.logic.estimators.ratings import Ratings
from assize.quality.models import Label
from assize.quality.models.calibrating import Agreement, Form, Round, RoundView, Stage
from assize.review.models import Verdict

ALONE, TALKED = 1, 2  # which time somebody labels the same case
SEED = 1
_MARKS = re.compile(r"([\\`*_{}\[\]()#+.!|<>~-])")


def shown(given: Sequence[Label], of: Round, *, me: str) -> tuple[Label, ...]:
    """Return the labels of one case that somebody may see: all once they are discussed, before that by the round's form."""
    if of.state is not Stage.ALONE:
        return tuple(given)
    mine = tuple(one for one in given if one.labeler_id == me)
    facilitates = of.facilitator_id == me
    if (of.form is Form.GROUP and (mine or facilitates)) or (of.form is Form.BLIND and facilitates):
        return tuple(given)
    return mine


def agreement(labels: Sequence[Label], *, time: int) -> Agreement:
    """Return how far participants agree on whether there is a violation, the first or the second time.

    Raw agreement beside alpha: where violations are rare, alpha falls although all agree.
    """
    rows = [
        (one.of_id, one.labeler_id, "violation" if one.verdict is Verdict.VIOLATION else "none")
        for one in labels
        if one.round == time
    ]
    if not rows:
        return Agreement(raw=None, alpha=None)
    ratings = Ratings.of(rows)
    return Agreement(
        raw=_interval(raw_agreement(ratings, rng=np.random.default_rng(SEED))),
        alpha=_interval(krippendorff_alpha(ratings, level=Level.NOMINAL, rng=np.random.default_rng(SEED))),
    )


def _interval(one: Estimate) -> Interval | None:
    return one if isinstance(one, Interval) else None


def minutes(view: RoundView, names: Mapping[str, str]) -> str:
    """Return the minutes of a round as Markdown: no content of any case; what people typed can't become markup."""
    of = view.round
    lines = [
        f"# {_plain(of.name)}",
        "",
        f"- Form: {of.form.value.replace('_', ' ')}",
        f"- Facilitator: {_named(names, of.facilitator_id)}",
        f"- Participants: {', '.join(_named(names, one) for one in view.members)}",
        f"- Opened: {of.opened_at:%Y-%m-%d}, state: {of.state.value}, re-test: {of.retest_at:%Y-%m-%d}",
        "",
        "## Agreement on whether there is a violation",
        "",
        "| | Raw | Krippendorff's alpha |",
        "|---|---|---|",
        f"| Alone | {_cells(view.before)} |",
        f"| After the discussion | {_cells(view.after)} |",
        "",
        "Intervals at 95 %.",
        "",
        "## Cases",
    ]
    for one in view.items:
        outcome = one.item.outcome.value.replace("_", " ") if one.item.outcome else "not discussed"
        lines += ["", f"### {one.item.ordinal}. {one.item.case_id}: {outcome}", ""]
        lines += [f"{_plain(one.item.note)}", ""] if one.item.note else []
        lines += [
            f"- {_named(names, each.labeler_id)}, {'alone' if each.round == ALONE else 'after'}: "
            f"{each.verdict.value.replace('_', ' ')}, {each.clause or 'no clause'}, SEV{int(each.severity)}"
            for each in one.labels
        ]
    lines += ["", "## To do", ""]
    lines += [
        f"- [{'x' if one.done_at else ' '}] {_plain(one.text)} ({_named(names, one.owner_id)}, by {one.due_at:%Y-%m-%d})"
        for one in view.actions
    ] or ["Nothing."]
    return "\n".join(lines) + "\n"


def _cells(one: Agreement | None) -> str:
    return "not yet | not yet" if one is None else f"{_cell(one.raw)} | {_cell(one.alpha)}"


def _cell(one: Interval | None) -> str:
    return "too little to tell" if one is None else f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f}), n = {one.n}"


def _named(names: Mapping[str, str], who: str) -> str:
    return _plain(names.get(who, who))


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
