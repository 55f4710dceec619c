"""What triage reads and writes: every statement lies in `queries.sql`."""

from assize.platform.sql import queries

SQL = queries("assize.triage")
