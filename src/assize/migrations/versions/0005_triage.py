"""Run 0005_triage.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql("0005_triage.sql")
