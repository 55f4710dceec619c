"""Run 0002_workforce.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql("0002_workforce.sql")
