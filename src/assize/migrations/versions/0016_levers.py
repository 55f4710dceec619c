"""Run 0016_levers.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql("0016_levers.sql")
