"""Run 0034_sparing.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    run_sql("0034_sparing.sql")
