"""Run 0040_courses.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    run_sql("0040_courses.sql")
