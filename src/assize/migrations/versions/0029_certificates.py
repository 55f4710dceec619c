"""Run 0029_certificates.sql: forward only."""

from assize.platform.migrate import run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    run_sql("0029_certificates.sql")
