"""Run 0009_audit.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql("0009_audit.sql")
