"""Run 0036_calm.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    run_sql("0036_calm.sql")
