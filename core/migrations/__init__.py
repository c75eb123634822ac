"""Alembic migrations, run by :meth:`core.database.Database.migrate` at every start."""
