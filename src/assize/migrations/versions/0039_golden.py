"""Run 0039_golden.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    run_sql("0039_golden.sql")
