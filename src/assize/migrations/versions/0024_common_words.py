"""Run 0024_common_words.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql("0024_common_words.sql")
