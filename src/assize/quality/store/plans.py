"""Sampling plans and their strata."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from assize.kernel.ids import PlanId, StratumId
from assize.platform.db import Row, Tx, named_constraint
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.errors import PlanTaken
from assize.quality.models import Kind, Plan, PlanState, Stratum
from assize.review.models import Verdict

SQL = queries("assize.quality")
_SETS = ("queues", "clauses", "reviewers", "teams", "languages", "policy_versions")


def insert(tx: Tx, plan: Plan) -> None:
    """Propose a version of a plan. Raises PlanTaken where the same version was proposed in the same moment."""
    values = {
        "id": plan.id,
        "name": plan.name,
        "version": plan.version,
        "note": plan.note,
        "gravest_by_record": plan.gravest_by_record,
        "repeat_share": plan.repeat_share,
        "repeat_after_days": plan.repeat_after.days,
        "proposed_by": plan.proposed_by,
        "proposed_at": plan.proposed_at,
    }
    with named_constraint({"plan_version_once": PlanTaken}):
        tx.run(SQL["insert_plan"], values)
    rows = [stratum_row(number, one) for number, one in enumerate(plan.strata)]
    tx.run(SQL["insert_strata"], {"plan_id": plan.id, "rows": Jsonb(rows)})


def last_version(tx: Tx, name: str) -> int:
    """Return the latest version of this name; 0 where there is none."""
    return int(tx.value(SQL["last_version"], {"name": name}))


def plans(
    tx: Tx, *, ids: Sequence[PlanId] | None = None, states: Collection[PlanState] | None = None, limit: int = 200
) -> list[Plan]:
    """Return versions of plans, those in force first."""
    wanted = {
        "ids": None if ids is None else list(ids),
        "states": None if states is None else [one.value for one in states],
        "limit": limit,
    }
    return _whole(tx, tx.rows(SQL["plans"], wanted))


def in_force_at(tx: Tx, at: datetime) -> list[Plan]:
    """Return the plans that were in force at a moment."""
    return _whole(tx, tx.rows(SQL["plans_in_force_at"], {"at": at}))


def since(tx: Tx, at: datetime) -> list[Plan]:
    """Return the plans that were in force at any moment since one."""
    return _whole(tx, tx.rows(SQL["plans_since"], {"since": at}))


def lock(tx: Tx, plan_id: PlanId) -> Plan | None:
    """Return a version of a plan that nobody else changes, or None."""
    return next(iter(_whole(tx, tx.rows(SQL["lock_plan"], {"id": plan_id}))), None)


def lock_in_force(tx: Tx, name: str) -> Plan | None:
    """Return the version of a plan that is in force, that nobody else changes; None where there is none."""
    return next(iter(_whole(tx, tx.rows(SQL["lock_plan_in_force"], {"name": name}))), None)


def put_in_force(tx: Tx, plan_id: PlanId, *, key_id: str, by: str, at: datetime) -> None:
    """Let a plan draw."""
    tx.run(SQL["put_in_force"], {"id": plan_id, "key_id": key_id, "by": by, "at": at})


def end(tx: Tx, plan_id: PlanId, *, state: PlanState, by: str, at: datetime) -> None:
    """Let a plan draw no more."""
    tx.run(SQL["end_plan"], {"id": plan_id, "state": state.value, "by": by, "at": at})


def stratum_row(ordinal: int, one: Stratum) -> dict[str, Any]:
    """Return a stratum as its row."""
    row: dict[str, Any] = {
        "id": one.id,
        "ordinal": ordinal,
        "name": one.name,
        "kind": one.kind.value,
        "rate": one.rate,
        "floor": one.floor,
        "weights": {str(int(severity)): weight for severity, weight in one.weights.items()},
        "severities": None if one.severities is None else sorted(map(int, one.severities)),
        "verdicts": None if one.verdicts is None else sorted(one.verdicts),
        "vendor": one.vendor,
        "by": one.by,
    }
    return row | {name: _listed(getattr(one, name)) for name in _SETS}


def _listed(given: Iterable[str] | None) -> list[str] | None:
    return None if given is None else sorted(given)


def _whole(tx: Tx, rows: Sequence[Row]) -> list[Plan]:
    strata: dict[str, list[Stratum]] = {row["id"]: [] for row in rows}
    for row in tx.rows(SQL["strata_of"], {"ids": list(strata)}) if rows else ():
        strata[row["plan_id"]].append(_stratum(row))
    return [_plan(row, strata[row["id"]]) for row in rows]


def _plan(row: Row, strata: Sequence[Stratum]) -> Plan:
    return Plan(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        state=PlanState(row["state"]),
        note=row["note"],
        strata=tuple(strata),
        gravest_by_record=row["gravest_by_record"],
        repeat_share=row["repeat_share"],
        repeat_after=timedelta(days=row["repeat_after_days"]),
        key_id=row["key_id"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        in_force_by=row["in_force_by"],
        in_force_at=row["in_force_at"],
        ended_by=row["ended_by"],
        ended_at=row["ended_at"],
    )


def _stratum(row: Row) -> Stratum:
    return Stratum(
        id=StratumId(row["id"]),
        name=row["name"],
        kind=Kind(row["kind"]),
        rate=row["rate"],
        floor=row["floor"],
        weights={Severity(int(severity)): weight for severity, weight in row["weights"].items()},
        severities=None if row["severities"] is None else frozenset(map(Severity, row["severities"])),
        verdicts=None if row["verdicts"] is None else frozenset(map(Verdict, row["verdicts"])),
        vendor=row["vendor"],
        by=row["by"],
        **{name: None if row[name] is None else frozenset(row[name]) for name in _SETS},
    )
