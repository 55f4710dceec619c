"""A ledger to try things on: facts recorded, settings with a home of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assize.kernel.actor import Scope
from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, SubjectId
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right, Role, ViewProfile

AT = datetime(2026, 5, 3, 8, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class StoneTurned(Fact):
    """A fact of no slice, for tests of the ledger."""

    case_id: CaseId | None = None
    subject_id: SubjectId | None = None
    stone: int = 0


def a_home(folder: Path) -> Settings:
    """Settings of an installation that keeps its keys and checkpoints under `folder`."""
    return Settings(home=folder)


def turn_stones(database: Database, count: int, *, first: int = 0) -> None:
    """Record `count` facts in one transaction."""
    stones = [StoneTurned(case_id=CaseId("case_1"), stone=first + at) for at in range(count)]
    with database.transaction(SYSTEM) as tx:
        tx.record_many(stones, at=AT)


def an_auditor(
    *,
    masked: frozenset[str] = frozenset(),
    recused: frozenset[str] = frozenset(),
    rights: frozenset[Right] | None = None,
) -> Principal:
    """Somebody who may read the ledger and export it, limited as asked."""
    return Principal(
        id="rev_auditor",
        scope=Scope(recused=recused),
        name="Ada Auditor",
        kind=PrincipalKind.PERSON,
        roles=frozenset({Role.AUDITOR}),
        rights=frozenset({Right.AUDIT_READ, Right.EXPORT}) if rights is None else rights,
        view=ViewProfile(masked_fields=masked, may_export=True),
    )
