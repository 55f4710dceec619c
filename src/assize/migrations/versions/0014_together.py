"""Run 0014_together.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql("0014_together.sql")
