"""Rules as rows."""

from collections.abc import Mapping
from datetime import date, datetime

from assize.kernel.ids import ClauseId, ReviewerId, RuleId
from assize.platform.db import Row, Tx
from assize.triage.models import RuleState, TriageRule
from assize.triage.store import SQL


def in_force(tx: Tx) -> tuple[tuple[str, int, str, str], ...]:
    """Return id, version, state and hash of the text of every rule that is run: a stamp of the set."""
    return tuple((row["id"], row["version"], row["state"], row["text"]) for row in tx.rows(SQL["rules_in_force"]))


def hold_policy_rules(tx: Tx) -> None:
    """Let one transaction at a time take over the rules of a policy."""
    tx.run(SQL["hold_policy_rules"])


def newest(tx: Tx) -> list[TriageRule]:
    """Return every rule as it stands."""
    return [_rule(row) for row in tx.rows(SQL["newest_rules"])]


def for_change(tx: Tx, rule_id: RuleId) -> TriageRule | None:
    """Return a rule that nobody else changes until the end of the transaction, or None."""
    row = tx.row(SQL["newest_rule"], {"id": rule_id})
    return None if row is None else _rule(row)


def versions(tx: Tx, rule_id: RuleId) -> list[TriageRule]:
    """Return all versions of a rule, the newest first."""
    return [_rule(row) for row in tx.rows(SQL["rule_versions"], {"id": rule_id})]


def insert(tx: Tx, rule: TriageRule, *, by: str) -> None:
    """Write a version of a rule and make it the newest."""
    tx.run(SQL["retire_rule_version"], {"id": rule.id})
    tx.run(
        SQL["insert_rule"],
        {
            "id": rule.id,
            "version": rule.version,
            "title": rule.title,
            "expression": rule.expression,
            "clause_id": rule.clause_id,
            "score": rule.score,
            "state": rule.state.value,
            "author": rule.author,
            "from_policy": rule.from_policy,
            "changed_by": by,
            "at": rule.changed_at,
        },
    )


def switch(tx: Tx, rule_id: RuleId, state: RuleState, *, by: str, at: datetime) -> None:
    """Give a rule another state and end its quarantine."""
    tx.run(SQL["switch_rule"], {"id": rule_id, "state": state.value, "changed_by": by, "at": at})


def quarantine(tx: Tx, rule_id: RuleId, version: int, *, failure: str, at: datetime) -> bool:
    """Leave a rule out from now on; return whether it was in."""
    given = {"id": rule_id, "version": version, "failure": failure, "at": at}
    return tx.run(SQL["quarantine_rule"], given) > 0


def stats(tx: Tx, *, since: date) -> Mapping[str, Row]:
    """Return hits, shadow_hits and failures of each rule since a day."""
    return {row["rule_id"]: row for row in tx.rows(SQL["rule_stats"], {"since": since})}


def days(tx: Tx, *, since: date) -> list[Row]:
    """Return rule_id, day, hits, shadow_hits and failures of each rule and day since a day."""
    return tx.rows(SQL["rule_days"], {"since": since})


def keep_trial(tx: Tx, trial: Row) -> None:
    """Keep what a rule did when it was tried."""
    tx.run(SQL["keep_trial"], trial)


def last_trial(tx: Tx, form: str) -> Row | None:
    """Return the trial on the most events of a rule in this form, or None."""
    return tx.row(SQL["last_trial"], {"form": form})


def _rule(row: Row) -> TriageRule:
    return TriageRule(
        id=RuleId(row["id"]),
        version=row["version"],
        title=row["title"],
        expression=row["expression"],
        clause_id=ClauseId(row["clause_id"]),
        score=row["score"],
        state=RuleState(row["state"]),
        author=None if row["author"] is None else ReviewerId(row["author"]),
        from_policy=row["from_policy"],
        changed_at=row["changed_at"],
        quarantined_at=row["quarantined_at"],
        failure=row["failure"],
    )
