"""Bodies of requests and answers."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class BookingIn(BaseModel):
    """A booking as a skipper asks for it."""

    vessel: str = Field(min_length=1, max_length=80)
    berth: int = Field(ge=1, le=400)
    arrives: date


class BookingOut(BookingIn):
    """A booking as the harbour office keeps it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
