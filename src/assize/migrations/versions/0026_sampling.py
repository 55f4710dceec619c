"""Run 0026_sampling.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    run_sql("0026_sampling.sql")
