"""Run 0017_evidence.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql("0017_evidence.sql")
