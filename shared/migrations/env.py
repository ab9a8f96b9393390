"""Alembic's entry: runs migrations on the connection that `belltower.db.migrate` hands over."""

from alembic import context

from belltower.db.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
