"""A cluster as its clients see it: where its data lies, where its socket is, who may connect."""

from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

ADMIN = "postgres"  # the superuser: creates roles and databases, used by the supervisor and by tests only
OWNER = "assize_owner"  # owns the database, runs migrations
APP = "assize_app"  # what server and worker connect as: can't change or remove facts
DATABASE = "assize"
PORT = 5432  # nothing listens on it: it only ends the socket's file name
SOCKET_NAME = f".s.PGSQL.{PORT}"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One data directory and the socket that leads to it."""

    data: Path
    sockets: Path
    port: int = PORT

    def dsn(self, *, role: str, database: str) -> str:
        """Return the connection string of a role: over the socket, by peer authentication, without a password."""
        return make_conninfo(host=str(self.sockets), port=self.port, user=role, dbname=database)
