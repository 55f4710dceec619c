"""Run 0004_intake.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql("0004_intake.sql")
