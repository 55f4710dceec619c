"""Alembic's entry: runs what is missing on the connection that `platform.migrate` opened, in its one transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="public")
with context.begin_transaction():
    context.run_migrations()
