"""Run 0011_operations.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql("0011_operations.sql")
