"""Run 0007_enforcement.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql("0007_enforcement.sql")
