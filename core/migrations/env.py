"""Alembic's entry: runs on the connection and inside the transaction that it is handed."""

from __future__ import annotations

from alembic import context

from core.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
