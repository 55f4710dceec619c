"""Run 0023_key_changes.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql("0023_key_changes.sql")
