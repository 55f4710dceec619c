"""Clause ids and the families they belong to."""

from collections.abc import Iterable


def covers(names: Iterable[str], clause_id: str) -> bool:
    """Whether a list of ids and families ("CSE-3", "CSE") covers a clause."""
    family = clause_id.partition("-")[0]
    return any(name in (clause_id, family) for name in names)


def covers_any(names: tuple[str, ...], clause_ids: Iterable[str]) -> bool:
    """Whether a list covers one of the clauses; an empty list covers everything, also no clause at all."""
    return not names or any(covers(names, clause_id) for clause_id in clause_ids)
