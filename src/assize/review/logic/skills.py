"""Who may be given a task, in the form the claiming statement takes."""

from collections.abc import Iterable
from dataclasses import dataclass

from assize.kernel.ids import ClauseId
from assize.workforce.models import Skills


@dataclass(frozen=True, kw_only=True)
class ClaimSkills:
    """Skills as lists for the database. None means no limit. clauses: clause ids and families."""

    clauses: list[str] | None
    languages: list[str] | None
    exposure: int


def claim_skills(skills: Skills) -> ClaimSkills:
    """Return skills as the claiming statement takes them."""
    return ClaimSkills(
        clauses=None if skills.clauses is None else sorted(skills.clauses),
        languages=None if skills.languages is None else sorted(skills.languages),
        exposure=int(skills.exposure),
    )


def clause_keys(clauses: Iterable[ClauseId]) -> list[str]:
    """Return the clauses with their families: whoever knows `CSE` may be given a case of `CSE-2`."""
    ids = list(clauses)
    return sorted({*ids, *(one.partition("-")[0] for one in ids)})
