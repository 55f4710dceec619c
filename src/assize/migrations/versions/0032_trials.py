"""Run 0032_trials.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_sql("0032_trials.sql")
