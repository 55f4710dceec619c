"""Run 0037_announcements.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    run_sql("0037_announcements.sql")
