"""Run 0031_proposed.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql("0031_proposed.sql")
