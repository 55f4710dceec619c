"""Run 0013_drafts_and_trials.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql("0013_drafts_and_trials.sql")
