"""Book a berth, list the bookings."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.schemas import BookingIn, BookingOut
from database.models import Booking
from database.session import SessionLocal

router = APIRouter(prefix="/bookings", tags=["bookings"])


def open_session() -> Iterator[Session]:
    """Yield a database session and close it after the request."""
    with SessionLocal() as session:
        yield session


DatabaseSession = Annotated[Session, Depends(open_session)]


@router.get("", response_model=list[BookingOut])
def list_bookings(session: DatabaseSession) -> list[Booking]:
    """All bookings, the earliest arrival first."""
    return list(session.scalars(select(Booking).order_by(Booking.arrives)))


@router.post("", response_model=BookingOut, status_code=201)
def book(wanted: BookingIn, session: DatabaseSession) -> Booking:
    """Store a booking."""
    booking = Booking(**wanted.model_dump())
    session.add(booking)
    session.commit()
    return booking
