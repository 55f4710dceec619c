"""Run 0033_adjudication.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    run_sql("0033_adjudication.sql")
