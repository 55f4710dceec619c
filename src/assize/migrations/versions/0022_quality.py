"""Run 0022_quality.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql("0022_quality.sql")
