"""How many people judge independently before a decision stands, and which cases wait for another."""

from collections.abc import Mapping
from datetime import datetime

from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.platform.sql import queries
from assize.policy.models import Severity

SQL = queries("assize.review")


def reviews(tx: Tx) -> dict[Severity, int]:
    """Return how many reviews a decision takes, by severity; what is not there takes one."""
    return {Severity(row["severity"]): row["reviews"] for row in tx.rows(SQL["independence"])}


def keep(tx: Tx, wanted: Mapping[Severity, int], *, me: str, at: datetime) -> None:
    """Say how many reviews a decision takes."""
    tx.many(
        SQL["set_independence"],
        [{"severity": int(one), "reviews": count, "me": me, "at": at} for one, count in wanted.items()],
    )


def asked_again(tx: Tx, *, me: str) -> list[CaseId]:
    """Return the cases that wait for another independent look and that somebody has no part in."""
    return [row["case_id"] for row in tx.rows(SQL["cases_asked_again"], {"me": me})]
