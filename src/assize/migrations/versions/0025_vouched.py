"""Run 0025_vouched.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql("0025_vouched.sql")
