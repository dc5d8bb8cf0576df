"""Tables."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class Booking(Base):
    """A vessel in a berth."""

    __tablename__ = "bookings"

    id: Mapped[int] = mapped_column(primary_key=True)
    vessel: Mapped[str] = mapped_column(String(80))
    berth: Mapped[int]
    arrives: Mapped[date]
