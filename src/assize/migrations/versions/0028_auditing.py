"""Run 0028_auditing.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    run_sql("0028_auditing.sql")
