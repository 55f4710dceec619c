"""Run 0010_need_to_know.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql("0010_need_to_know.sql")
