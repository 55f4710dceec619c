"""`assize doctor`: what is wrong with an installation, in plain words. It looks, and changes nothing."""

from collections.abc import Sequence

from assize.platform.doctor import machine
from assize.platform.doctor.database import Check, database_findings
from assize.platform.doctor.findings import Finding, Level, broken, doubtful, well
from assize.platform.errors import EmbeddedDatabaseFailed
from assize.platform.postgres import APP, DATABASE, OWNER, open_cluster
from assize.platform.settings import Settings

__all__ = ["Check", "Finding", "Level", "broken", "doubtful", "examine", "well"]


def examine(settings: Settings, *, more: Sequence[Check] = ()) -> list[Finding]:
    """Look at everything that can be looked at, and return a sentence about each.

    more: what higher slices want looked at in the database. One that does not run is told of, never started.
    """
    found = [machine.python_version(), machine.data_folder(settings.home), machine.disk_space(settings.home)]
    found.append(machine.keys_folder(settings.keys))
    if settings.database_url is not None:
        found += database_findings(settings.database_url, settings.database_owner_url, more=more)
    else:
        found += _embedded(settings, more)
    return found


def _embedded(settings: Settings, more: Sequence[Check]) -> list[Finding]:
    found = [machine.database_programs(), machine.accounts(), machine.socket_path(settings.home)]
    try:
        supervisor = open_cluster(settings.home)
    except EmbeddedDatabaseFailed:
        return found  # `accounts` has said why
    cluster = supervisor.cluster
    if supervisor.is_running():
        app, owner = (cluster.dsn(role=role, database=DATABASE) for role in (APP, OWNER))
        return [*found, *database_findings(app, owner, more=more)]
    return [*found, machine.stopped_database(cluster.data)]
