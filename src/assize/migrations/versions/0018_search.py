"""Run 0018_search.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql("0018_search.sql")
