"""Run 0035_independence.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    run_sql("0035_independence.sql")
