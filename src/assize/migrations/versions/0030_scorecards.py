"""Run 0030_scorecards.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    run_sql("0030_scorecards.sql")
