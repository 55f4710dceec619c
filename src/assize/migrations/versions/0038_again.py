"""Run 0038_again.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    run_sql("0038_again.sql")
