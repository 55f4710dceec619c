"""Run 0012_care.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql("0012_care.sql")
