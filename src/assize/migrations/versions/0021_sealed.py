"""Run 0021_sealed.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql("0021_sealed.sql")
