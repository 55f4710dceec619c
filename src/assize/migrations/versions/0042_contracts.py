"""Run 0042_contracts.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    run_sql("0042_contracts.sql")
