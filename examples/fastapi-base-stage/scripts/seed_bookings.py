"""Fill a development database with a week of bookings."""

from datetime import date, timedelta

from database.models import Base, Booking
from database.session import SessionLocal, engine

VESSELS = ("Curlew", "Dunlin", "Avocet", "Plover", "Godwit", "Knot", "Whimbrel")

Base.metadata.create_all(engine)
with SessionLocal() as session:
    for day, vessel in enumerate(VESSELS):
        arrives = date.today() + timedelta(days=day)
        session.add(Booking(vessel=vessel, berth=day + 1, arrives=arrives))
    session.commit()
