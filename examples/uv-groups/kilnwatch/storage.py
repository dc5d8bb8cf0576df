"""Where firings are kept."""

import os

from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_engine(os.environ.get("KILNWATCH_DATABASE", "sqlite:///kilnwatch.db"))


class Base(DeclarativeBase):
    """Base of all tables."""


class Firing(Base):
    """A firing and what it was taken for."""

    __tablename__ = "firings"

    id: Mapped[int] = mapped_column(primary_key=True)
    kiln: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
