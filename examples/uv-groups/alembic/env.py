"""Runs the migrations over the application's own engine."""

from alembic import context

from kilnwatch.storage import Base, engine

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
