"""Runs the migrations against the database that the settings name."""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine

from app.settings import settings
from database.models import Base

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name)


def run() -> None:
    """Migrate over a connection of our own."""
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
