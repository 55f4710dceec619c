"""Run 0027_interim.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    run_sql("0027_interim.sql")
