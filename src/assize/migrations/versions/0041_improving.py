"""Run 0041_improving.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    run_sql("0041_improving.sql")
