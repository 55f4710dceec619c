"""Run 0015_remediation.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql("0015_remediation.sql")
