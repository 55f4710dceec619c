"""The embedded database: PostgreSQL's binaries from a wheel, behind a small supervisor of our own.

    with open_cluster(home) as supervisor:
        dsn = supervisor.cluster.dsn(role=APP, database=DATABASE)

What it promises, and what it leaves alone: `docs/decisions/0006-embedded-database.md`.
"""

from assize.platform.postgres.cluster import ADMIN, APP, DATABASE, OWNER, Cluster
from assize.platform.postgres.supervisor import Supervisor, open_cluster

__all__ = ["ADMIN", "APP", "DATABASE", "OWNER", "Cluster", "Supervisor", "open_cluster"]
