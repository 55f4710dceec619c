"""Run 0020_left.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql("0020_left.sql")
