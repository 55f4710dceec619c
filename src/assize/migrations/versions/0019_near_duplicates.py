"""Run 0019_near_duplicates.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql("0019_near_duplicates.sql")
