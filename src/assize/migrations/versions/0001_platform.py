"""Run 0001_platform.sql, then install the tables of job delivery: forward only."""

from assize.platform.migrate import run_job_schema, run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql("0001_platform.sql")
    run_job_schema()
