"""What the database is told: its settings, who may connect, and under which names.

The files lie beside the data, not in it, so that the database's account can't change them, and are written anew at
each start.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from assize.platform.postgres.account import Account
from assize.platform.postgres.cluster import ADMIN, APP, OWNER
from assize.platform.postgres.folders import Layout

MIB = 1024 * 1024

# Every value that differs from PostgreSQL's own carries its reason.
DEFAULTS: Mapping[str, str] = {
    "listen_addresses": "",  # the socket only: nothing to scan, nothing to guess
    "max_connections": "100",  # server, worker, a bench with 50 reviewers, and somebody who looks
    "superuser_reserved_connections": "3",
    "shared_buffers": "128MB",  # the whole product idle stays below 400 MB; a page is counted only once touched
    "huge_pages": "off",  # they would be taken at once
    "work_mem": "8MB",
    "maintenance_work_mem": "96MB",
    "random_page_cost": "1.1",  # solid-state disks
    "io_method": "sync",  # three reading processes fewer; the working set is in memory
    "max_worker_processes": "4",
    "max_logical_replication_workers": "0",  # none is offered; one process fewer
    "max_parallel_workers_per_gather": "0",  # claims come before a report's speed, and two cores are soon taken
    "jit": "off",  # short statements
    "synchronous_commit": "on",  # what was accepted is on disk
    "wal_level": "replica",  # so that a base backup can be taken
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "min_wal_size": "160MB",
    "checkpoint_timeout": "10min",
    "checkpoint_completion_target": "0.9",
    "autovacuum_naptime": "15s",  # queues die young: the claim index suffers from dead entries first
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.05",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",  # the supervisor owns the file
    "log_min_messages": "log",  # an error's message may quote a value, so that of statements is not written
    "log_error_verbosity": "terse",  # its detail quotes rows
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "update_process_title": "on",  # so that ps shows who waits
    "cluster_name": "assize",
}


def write_configuration(places: Layout, who: Account, settings: Mapping[str, str]) -> None:
    """Write settings, access and the map of names. `settings` override ours; PostgreSQL checks them at start."""
    access = places.root / "access.conf"
    names = places.root / "names.conf"
    told = {
        **DEFAULTS,
        "effective_cache_size": f"{max(256, _memory_bytes() // MIB // 2)}MB",
        **_of_this_system(),
        **settings,
        "data_directory": str(places.cluster.data),
        "hba_file": str(access),
        "ident_file": str(names),
        "unix_socket_directories": str(places.cluster.sockets),
        "unix_socket_permissions": "0700",
        "port": str(places.cluster.port),
    }
    _write(access, "local all all peer map=assize\n")
    client = _quoted(who.client, '"')
    _write(names, "".join(f"assize {client} {role}\n" for role in (ADMIN, OWNER, APP)))
    lines = [f"{name} = {_quoted(value, chr(39))}" for name, value in told.items()]
    _write(places.configuration, "\n".join(lines) + "\n")


def _of_this_system() -> dict[str, str]:
    # Ends the statement of a client that was killed; needs poll() to tell of a closed peer.
    return {"client_connection_check_interval": "2s"} if sys.platform == "linux" else {}


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _quoted(value: str, mark: str) -> str:
    return mark + value.replace(mark, mark + mark) + mark


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o644)  # the database's account reads it; nothing in it is secret
    fresh.replace(file)
