"""The engine and its sessions."""

import psycopg2
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.settings import settings

# A driver that cannot load should stop the service at once, not at the first query.
DRIVER = psycopg2.__version__

engine = create_engine(settings.database_url)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
