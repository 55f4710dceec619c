"""Which of several clauses leads, where a case goes, and what usually follows."""

from collections.abc import Iterable, Sequence

from assize.kernel.ids import ClauseId, QueueName
from assize.policy.logic.families import covers_any
from assize.policy.models import DefaultDisposition, Pack, ResponseMode, Route, Severity


def primary(clause_ids: Iterable[ClauseId], precedence: Sequence[ClauseId]) -> ClauseId | None:
    """Return the clause that leads: the first in the declared precedence. None where there is none.

    Total, and independent of the order given: clauses the precedence doesn't name come last, by id.
    """
    rank = {clause_id: number for number, clause_id in enumerate(precedence)}
    return min(set(clause_ids), key=lambda one: (rank.get(one, len(rank)), one), default=None)


def route(
    routing: Sequence[Route],
    *,
    clause_id: ClauseId | None,
    severity: Severity,
    mode: ResponseMode,
    language: str | None = None,
) -> QueueName:
    """Return the queue of a case by its leading clause: of the routes the first that fits.

    The last route of a pack that was checked fits everything. Raises LookupError for one that wasn't.
    """
    ids = [] if clause_id is None else [clause_id]
    for one in routing:
        fits = (
            covers_any(one.clauses, ids)
            and (not one.severities or severity in one.severities)
            and (not one.modes or mode in one.modes)
            and (not one.languages or (language or "") in one.languages)
        )
        if fits:
            return one.queue
    raise LookupError("no route fits, and none catches the rest")


def recommended(pack: Pack, clause_ids: Iterable[ClauseId]) -> tuple[DefaultDisposition, ...]:
    """Return what usually follows when these clauses are found, by precedence, each once.

    Where the leading clause puts support first, nothing is enforced by default: whoever seeks help isn't punished for
    what the same conversation shows. A reviewer who finds an offender besides says so.
    """
    known = [one for one in sorted(set(clause_ids)) if pack.clause(one) is not None]
    leading = pack.clause(primary(known, pack.precedence) or "")
    if leading is None:
        return ()
    if leading.support_first:
        return leading.default_dispositions
    found: list[DefaultDisposition] = []
    rank = {clause_id: number for number, clause_id in enumerate(pack.precedence)}
    for clause_id in sorted(known, key=lambda one: (rank.get(one, len(rank)), one)):
        clause = pack.clause(clause_id)
        found += [one for one in clause.default_dispositions if one not in found] if clause else []
    return tuple(found)
